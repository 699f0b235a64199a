#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>

#include "host/base/error.h"

namespace host::wire {

// TLS of a client. Files are read at each connection, so that a renewed certificate is used by the
// next one. Empty: not set.
struct TlsSettings {
  std::string ca_location; // PEM; without it and `ca_pem` the system's
  std::string ca_pem;
  std::string certificate_location; // PEM, with the chain
  std::string certificate_pem;
  std::string key_location;
  std::string key_pem;
  std::string key_password;
  std::string keystore_location; // PKCS12
  std::string keystore_password;
  std::string cipher_suites; // OpenSSL's names
  bool check_host = true;
  friend bool operator==(const TlsSettings &, const TlsSettings &) = default;
};

enum class SaslMechanism : std::uint8_t { Plain = 1, ScramSha256, ScramSha512, OauthBearer };
std::string_view name_of(SaslMechanism mechanism); // Kafka's name

struct SaslSettings {
  SaslMechanism mechanism = SaslMechanism::Plain;
  std::string user;
  std::string password;
  std::string oauth_config; // librdkafka's sasl.oauthbearer.config: unsecured tokens
  friend bool operator==(const SaslSettings &, const SaslSettings &) = default;
};

// How a client reaches its brokers (security.protocol); neither: PLAINTEXT.
struct Security {
  std::optional<TlsSettings> tls;
  std::optional<SaslSettings> sasl;
  friend bool operator==(const Security &, const Security &) = default;
};

// From the settings of a librdkafka client (kafka::ClientConfig), which were made from Java's keys;
// so that whoever configures one configures the other. Config or Unsupported errors name Java's
// key.
Result<Security> read_security(std::span<const std::pair<std::string, std::string>> native);

} // namespace host::wire
