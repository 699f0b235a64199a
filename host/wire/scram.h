#pragma once

#include <memory>
#include <string>

#include "host/wire/sasl.h"

namespace host::wire {

enum class ScramHash : std::uint8_t { Sha256 = 1, Sha512 };

// RFC 5802 and 7677 without channel binding. Proves itself to the broker and checks the broker's
// own proof. An empty nonce: a random one.
std::unique_ptr<SaslClient> make_scram_client(ScramHash hash, std::string user,
                                              std::string password, std::string nonce);

} // namespace host::wire
