#include "host/rest/tls.h"

#include <algorithm>
#include <string>

#include "host/base/java_text.h"
#include "host/wire/tls_context.h"

namespace host::rest {
namespace {

namespace ssl = boost::asio::ssl;

constexpr std::string_view kHttpsPrefix = "listeners.https.";

// The keys that count, without their prefix.
StringMap keys_of(const StringMap &worker, std::string_view prefix) {
  StringMap own = worker.with_prefix(prefix);
  if (own.begin() != own.end())
    return own;
  StringMap common;
  for (const auto &[key, value] : worker)
    if (key.starts_with("ssl."))
      common.set(key, value);
  return common;
}

bool is_pem(const StringMap &keys, std::string_view which) {
  return java::trim(keys.get("ssl." + std::string(which) + ".type", "JKS")) == "PEM";
}

Result<wire::TlsSettings> settings_of(const StringMap &keys, std::string_view prefix) {
  wire::TlsSettings settings;
  const std::string store = keys.get("ssl.keystore.location");
  if (is_pem(keys, "keystore"))
    settings.certificate_location = settings.key_location = store;
  else
    settings.keystore_location = store; // a JKS store of today is a PKCS12 store
  settings.keystore_password = keys.get("ssl.keystore.password");
  settings.key_password = keys.get("ssl.key.password");
  settings.certificate_pem = keys.get("ssl.keystore.certificate.chain");
  settings.key_pem = keys.get("ssl.keystore.key");
  settings.ca_location = keys.get("ssl.truststore.location");
  settings.ca_pem = keys.get("ssl.truststore.certificates");
  settings.cipher_suites = keys.get("ssl.cipher.suites");
  if (!settings.ca_location.empty() && !is_pem(keys, "truststore"))
    return fail(Code::Config, std::string(prefix) +
                                  "ssl.truststore.type: authorities are read from PEM "
                                  "files; set it to PEM and ssl.truststore.location to one");
  return settings;
}

Status set_versions(const StringMap &keys, SSL_CTX *context) {
  const std::string versions = keys.get("ssl.enabled.protocols", "TLSv1.2,TLSv1.3");
  const bool v12 = versions.find("TLSv1.2") != std::string::npos;
  const bool v13 = versions.find("TLSv1.3") != std::string::npos;
  if (!v12 && !v13)
    return fail(Code::Config, "ssl.enabled.protocols: there are TLSv1.2 and TLSv1.3");
  SSL_CTX_set_min_proto_version(context, v12 ? TLS1_2_VERSION : TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(context, v13 ? TLS1_3_VERSION : TLS1_2_VERSION);
  return {};
}

Status set_client_auth(const StringMap &keys, ssl::context &context) {
  const std::string wanted(java::trim(keys.get("ssl.client.auth", "none")));
  if (wanted == "required")
    context.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  else if (wanted == "requested")
    context.set_verify_mode(ssl::verify_peer);
  else if (wanted != "none")
    return fail(Code::Config,
                "ssl.client.auth: " + wanted + " is none of required, requested and none");
  return {};
}

} // namespace

Result<std::shared_ptr<ssl::context>> make_tls(const StringMap &worker, std::string_view prefix) {
  const StringMap keys = keys_of(worker, prefix);
  HOST_ASSIGN(const auto settings, settings_of(keys, prefix));
  if (keys.get("ssl.keystore.location").empty() && settings.certificate_pem.empty())
    return fail(Code::Config, std::string(prefix) +
                                  "ssl.keystore.location: an https listener needs a certificate "
                                  "and its key: a PKCS12 store, or with "
                                  "ssl.keystore.type=PEM a file with both");
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  HOST_TRY(wire::set_up_context(context->native_handle(), settings));
  // Without a name of their own, sessions of clients with certificates cannot be resumed.
  constexpr unsigned char kSessions[] = "sluice-rest";
  SSL_CTX_set_session_id_context(context->native_handle(), kSessions, sizeof kSessions - 1);
  HOST_TRY(set_versions(keys, context->native_handle()));
  HOST_TRY(set_client_auth(keys, *context));
  return context;
}

Result<std::optional<http::TlsOptions>> make_client_tls(const StringMap &worker) {
  const StringMap keys = keys_of(worker, kHttpsPrefix);
  const bool says_anything = std::any_of(
      keys.begin(), keys.end(), [](const auto &one) { return one.first.starts_with("ssl."); });
  if (!says_anything)
    return std::optional<http::TlsOptions>();
  HOST_ASSIGN(const auto settings, settings_of(keys, kHttpsPrefix));
  http::TlsOptions options;
  options.check_host = java::trim(keys.get("ssl.endpoint.identification.algorithm", "https")) != "";
  options.set_up = [settings, keys](ssl_ctx_st *context) -> Status {
    HOST_TRY(wire::set_up_context(context, settings));
    return set_versions(keys, context);
  };
  // What is wrong with a file shows at start, not with the first request.
  HOST_TRY(options.set_up(ssl::context(ssl::context::tls_client).native_handle()));
  return std::optional(std::move(options));
}

} // namespace host::rest
