#include "host/wire/security.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <fmt/format.h>

namespace host::wire {
namespace {

using Settings = std::span<const std::pair<std::string, std::string>>;

std::string text(Settings native, std::string_view key) {
  for (const auto &[name, value] : native)
    if (name == key)
      return value;
  return {};
}

std::string upper(std::string text) {
  for (char &c : text)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

TlsSettings read_tls(Settings native) {
  TlsSettings tls;
  tls.ca_location = text(native, "ssl.ca.location");
  tls.ca_pem = text(native, "ssl.ca.pem");
  tls.certificate_location = text(native, "ssl.certificate.location");
  tls.certificate_pem = text(native, "ssl.certificate.pem");
  tls.key_location = text(native, "ssl.key.location");
  tls.key_pem = text(native, "ssl.key.pem");
  tls.key_password = text(native, "ssl.key.password");
  tls.keystore_location = text(native, "ssl.keystore.location");
  tls.keystore_password = text(native, "ssl.keystore.password");
  tls.cipher_suites = text(native, "ssl.cipher.suites");
  tls.check_host = text(native, "ssl.endpoint.identification.algorithm") != "none";
  return tls;
}

Result<SaslSettings> read_sasl(Settings native) {
  constexpr SaslMechanism kKnown[] = {SaslMechanism::Plain, SaslMechanism::ScramSha256,
                                      SaslMechanism::ScramSha512, SaslMechanism::OauthBearer};
  const std::string name = upper(text(native, "sasl.mechanism"));
  const auto *known = std::ranges::find(kKnown, name, name_of);
  if (known == std::end(kKnown))
    return fail(Code::Unsupported, exception::kConfig,
                fmt::format("sasl.mechanism={} is not supported for group requests; PLAIN, "
                            "SCRAM-SHA-256, SCRAM-SHA-512 and OAUTHBEARER are",
                            name.empty() ? "GSSAPI" : name));
  SaslSettings sasl;
  sasl.mechanism = *known;
  sasl.user = text(native, "sasl.username");
  sasl.password = text(native, "sasl.password");
  sasl.oauth_config = text(native, "sasl.oauthbearer.config");
  return sasl;
}

} // namespace

std::string_view name_of(SaslMechanism mechanism) {
  switch (mechanism) {
  case SaslMechanism::Plain:
    return "PLAIN";
  case SaslMechanism::ScramSha256:
    return "SCRAM-SHA-256";
  case SaslMechanism::ScramSha512:
    return "SCRAM-SHA-512";
  case SaslMechanism::OauthBearer:
    return "OAUTHBEARER";
  }
  return {};
}

Result<Security> read_security(Settings native) {
  const std::string protocol = upper(text(native, "security.protocol"));
  Security security;
  if (protocol == "SSL" || protocol == "SASL_SSL")
    security.tls = read_tls(native);
  if (protocol.starts_with("SASL_")) {
    HOST_ASSIGN(security.sasl, read_sasl(native));
  }
  return security;
}

} // namespace host::wire
