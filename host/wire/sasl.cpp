#include "host/wire/sasl.h"

#include <chrono>

#include "host/wire/oauth_token.h"
#include "host/wire/scram.h"

namespace host::wire {
namespace {

// RFC 4616.
class PlainClient final : public SaslClient {
public:
  explicit PlainClient(const SaslSettings &settings) : settings_(settings) {}
  Result<std::string> first() override {
    return std::string(1, '\0') + settings_.user + '\0' + settings_.password;
  }
  Result<std::optional<std::string>> answer(std::string_view) override { return std::nullopt; }

private:
  const SaslSettings &settings_;
};

// RFC 7628. A challenge is the broker's refusal, which it only says when it has been acknowledged.
class OauthClient final : public SaslClient {
public:
  explicit OauthClient(const SaslSettings &settings) : settings_(settings) {}
  Result<std::string> first() override {
    HOST_ASSIGN(const OauthToken token,
                make_unsecured_token(settings_.oauth_config, std::chrono::system_clock::now()));
    std::string text = "n,,\x01"
                       "auth=Bearer " +
                       token.text + '\x01';
    for (const auto &[name, value] : token.extensions)
      text += name + '=' + value + '\x01';
    return text + '\x01';
  }
  Result<std::optional<std::string>> answer(std::string_view challenge) override {
    if (challenge.empty())
      return std::nullopt;
    return std::string(1, '\x01');
  }

private:
  const SaslSettings &settings_;
};

} // namespace

std::unique_ptr<SaslClient> make_sasl_client(const SaslSettings &settings, std::string nonce) {
  switch (settings.mechanism) {
  case SaslMechanism::Plain:
    break;
  case SaslMechanism::ScramSha256:
    return make_scram_client(ScramHash::Sha256, settings.user, settings.password, std::move(nonce));
  case SaslMechanism::ScramSha512:
    return make_scram_client(ScramHash::Sha512, settings.user, settings.password, std::move(nonce));
  case SaslMechanism::OauthBearer:
    return std::make_unique<OauthClient>(settings);
  }
  return std::make_unique<PlainClient>(settings);
}

std::string_view key_to_look_at(SaslMechanism mechanism) {
  return mechanism == SaslMechanism::OauthBearer
             ? "sasl.jaas.config (claims of the token)"
             : "sasl.jaas.config (user name and password) and sasl.mechanism";
}

} // namespace host::wire
