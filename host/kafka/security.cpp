#include "host/kafka/security.h"

#include <algorithm>
#include <cctype>
#include <fstream>

#include <fmt/format.h>

#include "host/config/parse.h"
#include "host/kafka/jaas.h"

namespace host::kafka {
namespace {

enum class StoreFormat : std::uint8_t { Pem = 1, Pkcs12, Jks, Unreadable };

tl::unexpected<Error> bad(std::string_view key, std::string_view value, std::string_view why) {
  return fail(Code::Config, exception::kConfig, config::invalid(key, value, why));
}

std::string upper(std::string text) {
  for (char &c : text)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// Java takes a missing type for JKS, but its JKS reader takes PKCS12 as well; so the file decides.
StoreFormat format_of(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  unsigned char head[4] = {};
  if (!file.read(reinterpret_cast<char *>(head), sizeof head))
    return StoreFormat::Unreadable;
  if (head[0] == 0xFE && head[1] == 0xED && head[2] == 0xFE && head[3] == 0xED)
    return StoreFormat::Jks;
  return head[0] == 0x30 ? StoreFormat::Pkcs12 : StoreFormat::Pem;
}

Result<StoreFormat> store_format(const JavaConfig &java, const std::string &store) {
  const std::string location = "ssl." + store + ".location";
  const std::string path = java.text(location);
  const StoreFormat found = format_of(path);
  if (found == StoreFormat::Unreadable)
    return bad(location, path, "the file cannot be read");
  if (found == StoreFormat::Jks)
    return bad(location, path,
               fmt::format("JKS stores can only be read by Java; convert it with `keytool "
                           "-importkeystore -srckeystore {} -destkeystore {}.p12 -deststoretype "
                           "PKCS12`, and a trust store on to PEM with `openssl pkcs12 -nokeys`",
                           path, path));
  const std::string type = upper(java.text("ssl." + store + ".type"));
  if ((type == "PEM" && found != StoreFormat::Pem) ||
      (type == "PKCS12" && found != StoreFormat::Pkcs12))
    return bad(location, path, fmt::format("the file is not of the type {} that is set", type));
  return found;
}

Status translate_stores(const JavaConfig &java, ClientConfig &config) {
  if (const std::string path = java.text("ssl.truststore.location"); !path.empty()) {
    HOST_ASSIGN(const StoreFormat format, store_format(java, "truststore"));
    if (format != StoreFormat::Pem)
      return bad("ssl.truststore.location", path,
                 fmt::format("a trust store must be a PEM file here; convert it with `openssl "
                             "pkcs12 -in {} -nokeys -out ca.pem`",
                             path));
    config.set("ssl.ca.location", path);
  }
  if (const std::string path = java.text("ssl.keystore.location"); !path.empty()) {
    HOST_ASSIGN(const StoreFormat format, store_format(java, "keystore"));
    if (format == StoreFormat::Pkcs12) {
      config.set("ssl.keystore.location", path);
    } else {
      config.set("ssl.key.location", path);
      config.set("ssl.certificate.location", path);
    }
  }
  if (java.contains("ssl.endpoint.identification.algorithm")) {
    const std::string algorithm = java.text("ssl.endpoint.identification.algorithm");
    config.set("ssl.endpoint.identification.algorithm", algorithm.empty() ? "none" : algorithm);
  }
  std::string suites;
  for (const std::string &suite : config::parse_list(java.text("ssl.cipher.suites")))
    suites += (suites.empty() ? "" : ":") + suite;
  if (!suites.empty())
    config.set("ssl.cipher.suites", suites);
  return {};
}

// Java's unsecured tokens (`alg` none), as librdkafka makes them: a principal, scopes, a lifetime.
Status translate_oauth(const JaasEntry &entry, ClientConfig &config) {
  constexpr std::string_view kPrefix = "unsecuredLogin", kStringClaim = "StringClaim_",
                             kScope = "ListClaim_", kExtension = "Extension_";
  const std::string claim = entry.options.get("unsecuredLoginPrincipalClaimName", "sub");
  const std::string scope = entry.options.get("unsecuredLoginScopeClaimName", "scope");
  StringMap items;
  for (const auto &[option, value] : entry.options) {
    std::string_view name = option;
    if (!name.starts_with(kPrefix))
      return bad("sasl.jaas.config", "[hidden]",
                 fmt::format("OAuthBearerLoginModule makes unsecured tokens only, of options "
                             "`unsecuredLogin…`; `{}` is of another kind",
                             option));
    name.remove_prefix(kPrefix.size());
    if (name == fmt::format("{}{}", kStringClaim, claim)) {
      items.set("principal", value);
    } else if (name == fmt::format("{}{}", kScope, scope) && !value.empty()) {
      std::string list = value.substr(1); // the first character parts the others
      std::ranges::replace(list, value[0], ',');
      items.set("scope", list);
    } else if (name == "LifetimeSeconds") {
      items.set("lifeSeconds", value);
    } else if (name == "PrincipalClaimName") {
      items.set("principalClaimName", value);
    } else if (name == "ScopeClaimName") {
      items.set("scopeClaimName", value);
    } else if (name.starts_with(kExtension)) {
      items.set(fmt::format("extension_{}", name.substr(kExtension.size())), value);
    } else {
      return bad(
          "sasl.jaas.config", "[hidden]",
          fmt::format("the claim of `{}` is not supported; principal and scope are", option));
    }
  }
  if (!items.contains("principal"))
    return bad("sasl.jaas.config", "[hidden]",
               fmt::format("OAuthBearerLoginModule needs `unsecuredLoginStringClaim_{}`", claim));
  std::string text;
  for (const auto &[name, value] : items)
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value);
  config.set("enable.sasl.oauthbearer.unsecure.jwt", "true");
  config.set("sasl.oauthbearer.config", text);
  return {};
}

Status translate_jaas(const std::string &text, ClientConfig &config) {
  HOST_ASSIGN(const JaasEntry entry, parse_jaas(text));
  const auto &[module, options] = entry;
  if (module == "org.apache.kafka.common.security.plain.PlainLoginModule" ||
      module == "org.apache.kafka.common.security.scram.ScramLoginModule") {
    if (options.get("tokenauth") == "true")
      return bad("sasl.jaas.config", "[hidden]", "delegation tokens are not supported");
    if (!options.contains("username") || !options.contains("password"))
      return bad("sasl.jaas.config", "[hidden]",
                 fmt::format("{} needs `username` and `password`", module));
    config.set("sasl.username", options.get("username"));
    config.set("sasl.password", options.get("password"));
    return {};
  }
  if (module == "com.sun.security.auth.module.Krb5LoginModule") {
    if (const std::string *table = options.find("keyTab"))
      config.set("sasl.kerberos.keytab", table->starts_with("file:") ? table->substr(5) : *table);
    if (const std::string *principal = options.find("principal"))
      config.set("sasl.kerberos.principal", *principal);
    if (const std::string *service = options.find("serviceName");
        service && !config.find("sasl.kerberos.service.name"))
      config.set("sasl.kerberos.service.name", *service);
    return {};
  }
  if (module == "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule")
    return translate_oauth(entry, config);
  return bad("sasl.jaas.config", "[hidden]",
             fmt::format("login module {} is Java code that is not known here; PlainLoginModule, "
                         "ScramLoginModule, OAuthBearerLoginModule and Krb5LoginModule are",
                         module));
}

} // namespace

Status translate_security(const JavaConfig &java, ClientConfig &config) {
  HOST_TRY(translate_stores(java, config));
  if (!upper(java.text("security.protocol")).starts_with("SASL_"))
    return {};
  const std::string mechanism = upper(java.text("sasl.mechanism", "GSSAPI"));
  if (mechanism != "PLAIN" && mechanism != "SCRAM-SHA-256" && mechanism != "SCRAM-SHA-512" &&
      mechanism != "OAUTHBEARER" && mechanism != "GSSAPI")
    return bad("sasl.mechanism", java.text("sasl.mechanism"),
               "supported are PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER and GSSAPI");
  config.set("sasl.mechanism", mechanism);
  if (java.contains("sasl.jaas.config"))
    return translate_jaas(java.text("sasl.jaas.config"), config);
  if (mechanism != "GSSAPI")
    return fail(Code::Config, exception::kConfig,
                fmt::format("sasl.mechanism={} needs sasl.jaas.config with a user name and a "
                            "password; no system-wide JAAS file is read here",
                            mechanism));
  return {};
}

} // namespace host::kafka
