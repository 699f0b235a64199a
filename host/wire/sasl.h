#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "host/base/error.h"
#include "host/wire/security.h"

namespace host::wire {

// The client's side of one SASL authentication: pure, no I/O. What the broker says is foreign.
class SaslClient {
public:
  virtual ~SaslClient() = default;
  virtual Result<std::string> first() = 0;
  // The next token for the broker's challenge; nothing when there is nothing more to say.
  virtual Result<std::optional<std::string>> answer(std::string_view challenge) = 0;
};

// `nonce` is for SCRAM and empty outside of tests: a random one is made.
std::unique_ptr<SaslClient> make_sasl_client(const SaslSettings &settings, std::string nonce = {});

// Which key to look at when the broker refuses what the settings say.
std::string_view key_to_look_at(SaslMechanism mechanism);

} // namespace host::wire
