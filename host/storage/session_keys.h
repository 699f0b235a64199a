#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "host/base/error.h"
#include "host/storage/config_records.h"

namespace host::storage {

// How workers sign requests to each other (contract 2.6, 3.2): the inter.worker.* keys.
struct SessionKeySettings {
  std::string algorithm = "HmacSHA256";  // inter.worker.key.generation.algorithm
  std::optional<std::int32_t> size_bits; // inter.worker.key.size
  std::int64_t ttl_ms = 3'600'000;       // inter.worker.key.ttl.ms; 0: a key lasts for ever
};

// A new key of random bytes, as long as Java makes them if no size is set. Config error: an
// algorithm that is none of HmacMD5, HmacSHA1, HmacSHA224, -256, -384, -512, or a size below 40.
Result<SessionKey> generate_session_key(const SessionKeySettings &settings, std::int64_t now_ms);

// When the leader has to make a new key, in milliseconds since the epoch: at once (0) if there is
// none or it is not as the settings want it; never (none) if a key lasts for ever.
std::optional<std::int64_t> session_key_expiry(const std::optional<SessionKey> &key,
                                               const SessionKeySettings &settings);

} // namespace host::storage
