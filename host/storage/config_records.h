#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/base/error.h"
#include "host/base/ids.h"
#include "host/base/state.h"
#include "host/base/strings.h"
#include "host/json/value.h"

// The records of the config topic, byte for byte as Connect writes them (contract 3.2).
namespace host::storage {

// The key that workers sign their requests to each other with (contract 2.6).
struct SessionKey {
  std::string secret;             // raw bytes; never shown
  std::string algorithm;          // `HmacSHA256`
  std::int64_t created_at_ms = 0; // since the epoch
  friend bool operator==(const SessionKey &, const SessionKey &) = default;
};

// Asks every worker to restart what it runs of a connector (contract 3.2, KIP-745).
struct RestartRequest {
  std::string connector;
  bool include_tasks = false;
  bool only_failed = false;
  friend bool operator==(const RestartRequest &, const RestartRequest &) = default;

  // A request that waits is replaced only by one that restarts more.
  int impact() const { return (only_failed ? 0 : 2) + (include_tasks ? 1 : 0); }
};

struct ConfigKey {
  enum class Kind : std::uint8_t {
    TargetState = 1,
    Connector,
    Task,
    Commit,
    Restart,
    TaskCount,
    SessionKey,
    LoggerLevel
  };
  Kind kind;
  std::string name; // connector, or namespace of loggers
  std::int32_t task = 0;
  friend bool operator==(const ConfigKey &, const ConfigKey &) = default;

  static Result<ConfigKey> parse(std::string_view text);
  std::string text() const;
};

std::string encode_properties(const StringMap &properties);
std::string encode_task_commit(std::int32_t tasks);
std::string encode_target_state(TargetState state);
std::string encode_task_count(std::int32_t tasks);
std::string encode_session_key(const SessionKey &key);
std::string encode_restart(const RestartRequest &request);
std::string encode_logger_level(std::string_view level);

// What a value says, or what is wrong with it. Messages never quote values: they may be secret.
Result<StringMap> decode_properties(const json::Value &value); // a null entry is left out
Result<std::int32_t> decode_task_commit(const json::Value &value);
Result<TargetState> decode_target_state(const json::Value &value);
Result<std::int32_t> decode_task_count(const json::Value &value);
Result<SessionKey> decode_session_key(const json::Value &value);
Result<RestartRequest> decode_restart(std::string connector, const json::Value &value);
Result<std::string> decode_logger_level(const json::Value &value);

// The value of a record, parsed as Connect's converter does. Empty: a tombstone, which a blank text
// and `null` are as well.
Result<std::optional<json::Value>> parse_store_value(std::optional<std::string_view> value);

} // namespace host::storage
