#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "host/base/error.h"
#include "host/base/ids.h"
#include "host/base/offset_record.h"
#include "host/base/state.h"
#include "host/base/strings.h"

// Everything that host and runner say to each other. Records never cross the link. Messages of the
// requests are answered by a Reply with the same id; the others are told and not answered.
namespace host::link {

// Bumped when a message changes its meaning; host and runner of different numbers refuse each
// other.
inline constexpr std::int32_t kProtocol = 1;

// The connector object itself, where a message may concern it or one of its tasks.
inline constexpr std::int32_t kConnectorItself = -1;

// ---- runner → host --------------------------------------------------------------------------

// First frame of a runner; answered by Welcome.
struct Hello {
  static constexpr std::string_view kType = "hello";
  std::int32_t protocol = kProtocol;
  std::string build_id;
  std::int64_t pid = 0;
};

// State of the connector object (task == kConnectorItself) or of a task, when it changes.
struct Status {
  static constexpr std::string_view kType = "status";
  TaskId task;
  Incarnation incarnation;
  State state = State::Unassigned;
  std::string trace; // empty: none
};

// Request. Refused with Conflict when the incarnation is not the task's present one: the fence.
struct CommitOffsets {
  static constexpr std::string_view kType = "commit_offsets";
  TaskId task;
  Incarnation incarnation;
  std::vector<OffsetRecord> entries;
};

// Request; answered by OffsetsRead with one value per key, in order.
struct ReadOffsets {
  static constexpr std::string_view kType = "read_offsets";
  std::string connector;
  std::vector<std::string> keys;
};

struct TopicActive {
  static constexpr std::string_view kType = "topic_active";
  TaskId task;
  std::string topic;
};

// The connector object raised an error from one of its own threads.
struct ConnectorFailed {
  static constexpr std::string_view kType = "connector_failed";
  std::string connector;
  Incarnation incarnation;
  std::string trace;
};

// The connector object asks for its task configs to be made again.
struct RequestReconfigure {
  static constexpr std::string_view kType = "request_reconfigure";
  std::string connector;
  Incarnation incarnation;
};

// ---- host → runner --------------------------------------------------------------------------

// Request; answered by Inspected. Served by plugin runners.
struct Inspect {
  static constexpr std::string_view kType = "inspect";
  std::string plugin_path;
};

// Request; answered by Validated. Served by plugin runners.
struct Validate {
  static constexpr std::string_view kType = "validate";
  std::string plugin_path;
  std::string class_name;
  StringMap config; // resolved
};

// Request; answered when the plugin's `start` has returned.
struct StartConnector {
  static constexpr std::string_view kType = "start_connector";
  std::string connector;
  Incarnation incarnation;
  std::string plugin_path;
  std::string class_name;
  StringMap config; // resolved
  std::vector<std::string> secrets;
  TargetState target = TargetState::Started;
};

// Request; answered by TaskConfigList. Only for a connector object that is started.
struct TaskConfigs {
  static constexpr std::string_view kType = "task_configs";
  std::string connector;
  std::int32_t max_tasks = 1;
};

// Request; answered when the task's thread exists. What becomes of the task is told by Status.
struct StartTask {
  static constexpr std::string_view kType = "start_task";
  TaskId task;
  Incarnation incarnation;
  std::uint32_t slot = 0; // of the shared page
  std::string plugin_path;
  std::string class_name;     // the connector's class
  StringMap connector_config; // resolved
  StringMap task_config;      // resolved
  std::vector<std::string> secrets;
  TargetState target = TargetState::Started;
};

// Requests on the connector object (task == kConnectorItself) or on one task. Answered when done:
// for a task's Stop when its thread has ended, for Pause and Resume when they are noted.
struct Pause {
  static constexpr std::string_view kType = "pause";
  TaskId task;
};
struct Resume {
  static constexpr std::string_view kType = "resume";
  TaskId task;
};
struct Stop {
  static constexpr std::string_view kType = "stop";
  TaskId task;
  std::int64_t timeout_ms = 0; // the task's share of task.shutdown.graceful.timeout.ms
};

struct SetLogLevel {
  static constexpr std::string_view kType = "set_log_level";
  std::string prefix; // empty: all loggers
  std::string level;
};

// Ends the runner: stops what still runs within `timeout_ms`, then the process exits.
struct Shutdown {
  static constexpr std::string_view kType = "shutdown";
  std::int64_t timeout_ms = 0;
};

// ---- replies --------------------------------------------------------------------------------

struct Done {
  static constexpr std::string_view kType = "done";
};
struct Failed {
  static constexpr std::string_view kType = "failed";
  std::uint8_t code = static_cast<std::uint8_t>(Code::Fatal);
  std::string exception;
  std::string message;
  std::string trace;
};
// What a runner must know before anything else.
struct Welcome {
  static constexpr std::string_view kType = "welcome";
  std::int32_t protocol = kProtocol;
  StringMap worker_config; // resolved worker properties
  std::vector<std::string> secrets;
  StringMap log_levels; // prefix → level
};
struct OffsetsRead {
  static constexpr std::string_view kType = "offsets_read";
  std::vector<std::optional<std::string>> values;
};
struct Inspected {
  static constexpr std::string_view kType = "inspected";
  std::string descriptors; // JSON text of host/plugin's descriptor form
};
// One key of a plugin's own validation (contract 10.6).
struct ValidatedKey {
  std::string name;
  std::optional<std::string> value;
  std::vector<std::string> recommended;
  std::vector<std::string> errors;
  bool visible = true;
};
struct Validated {
  static constexpr std::string_view kType = "validated";
  std::vector<ValidatedKey> keys;
};
struct TaskConfigList {
  static constexpr std::string_view kType = "task_config_list";
  std::vector<StringMap> configs;
};

using Message =
    std::variant<Hello, Status, CommitOffsets, ReadOffsets, TopicActive, ConnectorFailed,
                 RequestReconfigure, Inspect, Validate, StartConnector, TaskConfigs, StartTask,
                 Pause, Resume, Stop, SetLogLevel, Shutdown, Done, Failed, Welcome, OffsetsRead,
                 Inspected, Validated, TaskConfigList>;

// One frame: `id` is zero for what is told; a request's id is answered once, with `reply` set.
struct Frame {
  std::uint64_t id = 0;
  bool reply = false;
  Message message;
};

// The JSON text of a frame, and back. Decoding treats its input as foreign: any fault is a Data
// error that names the member.
std::string encode(const Frame &frame);
Result<Frame> decode(std::string_view text);

Failed failed_from(const Error &error);
Error error_from(const Failed &failed);

} // namespace host::link
