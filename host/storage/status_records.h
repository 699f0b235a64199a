#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "host/base/error.h"
#include "host/base/ids.h"
#include "host/base/state.h"
#include "host/json/value.h"

// The records of the status topic, byte for byte as Connect writes them (contract 3.4).
namespace host::storage {

// What a worker says of a connector object or of a task.
struct WorkerStatus {
  State state = State::Unassigned;
  std::optional<std::string> trace = {};
  std::string worker_id;                   // `host:8083`
  std::int32_t generation = -1;            // of the group when the worker said so
  std::optional<std::string> version = {}; // of the plugin
  friend bool operator==(const WorkerStatus &, const WorkerStatus &) = default;
};

// That a task of a connector has used a topic, and when this was first seen.
struct TopicStatus {
  std::string topic;
  std::string connector;
  std::int32_t task = 0;
  std::int64_t discovered_at_ms = 0; // since the epoch
  friend bool operator==(const TopicStatus &, const TopicStatus &) = default;
};

// What a record is of: a connector, a task, or a topic that a connector uses.
struct TopicUse {
  std::string topic;
  std::string connector;
  friend auto operator<=>(const TopicUse &, const TopicUse &) = default;
};
using StatusSubject = std::variant<std::string, TaskId, TopicUse>;

Result<StatusSubject> parse_status_key(std::string_view key);
std::string status_key(const StatusSubject &subject);

std::string encode_status(const WorkerStatus &status);
std::string encode_topic_status(const TopicStatus &status);
Result<WorkerStatus> decode_status(const json::Value &value);
Result<TopicStatus> decode_topic_status(const json::Value &value);

} // namespace host::storage
