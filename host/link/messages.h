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

// Everything that host and runner say to each other. Records never cross the link. A message with a
// `Reply` type is a request, answered once by that or by Failed; the others are told and not
// answered.
namespace host::link {

// Bumped when a message changes its meaning; host and runner of different numbers refuse each
// other.
inline constexpr std::int32_t kProtocol = 1;

// The connector object itself, where a message may concern it or one of its tasks.
inline constexpr std::int32_t kConnectorItself = -1;

// The replies, defined below.
struct Done;
struct Welcome;
struct OffsetsRead;
struct Inspected;
struct Validated;
struct OffsetsAltered;
struct TaskConfigList;

// ---- runner → host --------------------------------------------------------------------------

// First frame of a runner. A host that refuses it answers Failed and closes.
struct Hello {
  static constexpr std::string_view kType = "hello";
  using Reply = Welcome;
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

// Refused with Conflict when the incarnation is not the task's present one: the fence.
struct CommitOffsets {
  static constexpr std::string_view kType = "commit_offsets";
  using Reply = Done;
  TaskId task;
  Incarnation incarnation;
  std::vector<OffsetRecord> entries;
};

// Answered with one value per key, in order.
struct ReadOffsets {
  static constexpr std::string_view kType = "read_offsets";
  using Reply = OffsetsRead;
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

// Served by plugin runners.
struct Inspect {
  static constexpr std::string_view kType = "inspect";
  using Reply = Inspected;
  std::string plugin_path;
};

// Served by plugin runners.
struct Validate {
  static constexpr std::string_view kType = "validate";
  using Reply = Validated;
  std::string plugin_path;
  std::string class_name;
  StringMap config; // resolved
};

// Served by plugin runners: what the connector class says of a change of its offsets, and does for
// it where it keeps positions elsewhere.
struct AlterOffsets {
  static constexpr std::string_view kType = "alter_offsets";
  using Reply = OffsetsAltered;
  std::string plugin_path;
  std::string class_name;
  StringMap config; // resolved
  std::vector<std::string> secrets;
  std::vector<OffsetChange> changes;
};

// Answered when the object has reached its target: for Started, when the plugin's `start` has
// returned. Failed carries Connect's "Failed to transition …"; the cause was told by Status.
struct StartConnector {
  static constexpr std::string_view kType = "start_connector";
  using Reply = Done;
  std::string connector;
  Incarnation incarnation;
  std::string plugin_path;
  std::string class_name;
  StringMap config; // resolved
  std::vector<std::string> secrets;
  TargetState target = TargetState::Started;
};

// Only for a connector object that is started; else Conflict.
struct TaskConfigs {
  static constexpr std::string_view kType = "task_configs";
  using Reply = TaskConfigList;
  std::string connector;
  std::int32_t max_tasks = 1;
};

// Answered when the task's thread exists; what becomes of the task is told by Status. Failed when
// there is no thread (the plugin cannot be loaded …): then no Status follows, the reply has the
// trace.
struct StartTask {
  static constexpr std::string_view kType = "start_task";
  using Reply = Done;
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

// On the connector object (task == kConnectorItself) or on one task. For a task: Pause and Resume
// are answered when they are noted, Stop when its thread has ended, or with Timeout; the task is
// then still there. For the object they are target states, answered when reached; a stopped object
// stays and can be resumed. Stop of a task that is not there is Done, the others are NotFound.
struct Pause {
  static constexpr std::string_view kType = "pause";
  using Reply = Done;
  TaskId task;
};
struct Resume {
  static constexpr std::string_view kType = "resume";
  using Reply = Done;
  TaskId task;
};
struct Stop {
  static constexpr std::string_view kType = "stop";
  using Reply = Done;
  TaskId task;
  std::int64_t timeout_ms = 0; // the task's share of task.shutdown.graceful.timeout.ms
};

// Stops the connector object if it is started, tells Unassigned and forgets it. Timeout when plugin
// code does not return: it was cancelled, and says nothing any more.
struct RemoveConnector {
  static constexpr std::string_view kType = "remove_connector";
  using Reply = Done;
  std::string connector;
  std::int64_t timeout_ms = 0;
};

// How long this worker may go on writing (design 3): a runner that gets no later one by then is
// dead, whoever of the two is stopped or hangs.
struct Lease {
  static constexpr std::string_view kType = "lease";
  std::int64_t until_boottime_ms = 0;
};

struct SetLogLevel {
  static constexpr std::string_view kType = "set_log_level";
  std::string prefix; // empty: all loggers
  std::string level;
};

// Ends the runner: stops what still runs within `timeout_ms`, answers Done or Timeout, and then the
// process exits.
struct Shutdown {
  static constexpr std::string_view kType = "shutdown";
  using Reply = Done;
  std::int64_t timeout_ms = 0;
};

// ---- replies --------------------------------------------------------------------------------

struct Done {
  static constexpr std::string_view kType = "done";
  static constexpr bool kIsReply = true;
};
struct Failed {
  static constexpr std::string_view kType = "failed";
  static constexpr bool kIsReply = true;
  std::uint8_t code = static_cast<std::uint8_t>(Code::Fatal);
  std::string exception;
  std::string message;
  std::string trace;
};
// What a runner must know before anything else.
struct Welcome {
  static constexpr std::string_view kType = "welcome";
  static constexpr bool kIsReply = true;
  std::int32_t protocol = kProtocol;
  StringMap worker_config; // resolved worker properties
  std::vector<std::string> secrets;
  StringMap log_levels; // prefix → level
  // The first Lease; zero where the runner needs none: standalone, or in the host's own process.
  std::int64_t lease_until_boottime_ms = 0;
};
struct OffsetsRead {
  static constexpr std::string_view kType = "offsets_read";
  static constexpr bool kIsReply = true;
  std::vector<std::optional<std::string>> values;
};
struct Inspected {
  static constexpr std::string_view kType = "inspected";
  static constexpr bool kIsReply = true;
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
  static constexpr bool kIsReply = true;
  std::vector<ValidatedKey> keys;
};
struct OffsetsAltered {
  static constexpr std::string_view kType = "offsets_altered";
  static constexpr bool kIsReply = true;
  bool complete = false; // nothing is left for the user to change elsewhere
};
struct TaskConfigList {
  static constexpr std::string_view kType = "task_config_list";
  static constexpr bool kIsReply = true;
  std::vector<StringMap> configs;
};

using Message = std::variant<Hello, Status, CommitOffsets, ReadOffsets, TopicActive,
                             ConnectorFailed, RequestReconfigure, Inspect, Validate, AlterOffsets,
                             StartConnector, TaskConfigs, StartTask, Pause, Resume, Stop,
                             RemoveConnector, Lease, SetLogLevel, Shutdown, Done, Failed, Welcome,
                             OffsetsRead, Inspected, Validated, OffsetsAltered, TaskConfigList>;

// One frame. `id` is zero exactly for what is told; a reply has the id of its request.
struct Frame {
  std::uint64_t id = 0;
  Message message;
};

std::string_view type_of(const Message &message); // kType
bool is_request(const Message &message);
bool is_reply(const Message &message);

// The JSON text of a frame, and back, byte for byte whatever the strings hold. Decoding treats its
// input as foreign: any fault is a Data error that names the member.
std::string encode(const Frame &frame);
Result<Frame> decode(std::string_view text);

// An Error and its causes over the link; the text of its trace survives.
Failed failed_from(const Error &error);
Error error_from(const Failed &failed);

// What both sides must share: version and a fingerprint of what crosses between them.
std::string_view build_id();

} // namespace host::link
