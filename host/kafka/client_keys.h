#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "host/base/error.h"
#include "host/config/types.h"

namespace host::kafka {

// What becomes of a Java client key here.
enum class KeyFate : std::uint8_t {
  Passed = 1,  // to the librdkafka key named, its number kept within that key's range
  Translated,  // its value means something else in librdkafka
  Handled,     // Sluice itself does what the key asks for
  Ignored,     // has no meaning outside Java, or a fixed value here; said nowhere but in the table
  Unsupported, // would change what happens, and cannot: warned about by name
};

// Which clients define the key, as a set of bits.
inline constexpr std::uint8_t kProducerKey = 1;
inline constexpr std::uint8_t kConsumerKey = 2;
inline constexpr std::uint8_t kAdminKey = 4;
inline constexpr std::uint8_t kAllClients = kProducerKey | kConsumerKey | kAdminKey;

struct ClientKey {
  std::string_view java;
  config::Type type;
  std::uint8_t clients;
  KeyFate fate;
  // Java's validator: `0..`, `0..3600`, `-1|1..9`, `in a, b`, `case a, b` (any case), `filled`,
  // `reset`.
  std::string_view valid = {};
  std::string_view native = {}; // librdkafka's name
  std::int64_t lowest = 0;      // librdkafka's range of a number; no range if both are 0
  std::int64_t highest = 0;
  std::string_view note = {};
};

// Every key of Apache Kafka 4.3's ProducerConfig, ConsumerConfig and AdminClientConfig, sorted;
// docs/reference/client-keys.md is made of these rows.
std::span<const ClientKey> client_keys();
const ClientKey *find_client_key(std::string_view java);

// The value as Java's client would take it, or its message: `Invalid value x for configuration
// linger.ms: Not a number of type LONG`. Class names are taken as they are: no classes are here.
Result<config::Value> parse_client_value(const ClientKey &key, std::string_view value);

} // namespace host::kafka
