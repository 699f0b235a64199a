#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/config/config_def.h"
#include "host/json/value.h"
#include "host/transform/record.h"

namespace host::app::dry_run {

// What Kafka has: bytes, or null.
using Raw = std::optional<std::string>;

struct RawHeader {
  std::string key;
  Raw value;
};

// A record as it lies in a topic, or as it would be sent there.
struct RawRecord {
  std::string topic;
  std::optional<std::int32_t> partition;
  std::int64_t offset = 0;
  std::optional<std::int64_t> timestamp_ms;
  Raw key;
  Raw value;
  std::vector<RawHeader> headers;
};

// A connector's flat configuration, values that were null apart.
struct Config {
  StringMap entries;
  std::set<std::string, std::less<>> nulls;
  config::Submitted submitted() const { return {entries, nulls}; }
};

// One line of a case file. Plain data.
struct Case {
  json::Value id;
  Config config;
  transform::Direction direction = transform::Direction::Sink;
  RawRecord record;
};

// The parts of a case from its JSON; errors name the member that is wrong.
Result<Config> read_config(const json::Value &from);
Result<transform::Direction> read_direction(std::string_view from);

// How a key, a value or a header's value may stand in JSON.
enum class Bytes : std::uint8_t {
  Exact = 1, // text, {"b64"} or null
  Loose,     // also anything else, which stands for its JSON text
};
Result<RawRecord> read_record(const json::Value &from, Bytes bytes);

// Appends bytes as such JSON: a string if they are UTF-8, else {"b64"}; null.
void append_raw(std::string &out, const Raw &raw);
// `{"topic","partition","timestamp","key","value","headers"}`
void append_record(std::string &out, const RawRecord &record);

} // namespace host::app::dry_run
