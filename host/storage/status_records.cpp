#include "host/storage/status_records.h"

#include <fmt/format.h>

#include "host/json/writer.h"
#include "host/storage/task_key.h"

namespace host::storage {
namespace {

constexpr std::string_view kConnector = "status-connector-";
constexpr std::string_view kTask = "status-task-";
constexpr std::string_view kTopic = "status-topic-";
constexpr std::string_view kOfConnector = ":connector-";

struct KeyOf {
  std::string operator()(const std::string &connector) const {
    return std::string(kConnector) + connector;
  }
  std::string operator()(const TaskId &task) const { return std::string(kTask) + task.text(); }
  std::string operator()(const TopicUse &use) const {
    return fmt::format("{}{}{}{}", kTopic, use.topic, kOfConnector, use.connector);
  }
};

Result<State> state_named(std::string_view name) {
  for (const auto state : {State::Unassigned, State::Running, State::Paused, State::Failed,
                           State::Restarting, State::Stopped})
    if (name == name_of(state))
      return state;
  return fail(Code::Data, fmt::format("'{}' is no state", name));
}

// Absent, null or a text.
Result<std::optional<std::string>> optional_text(const json::Value &value, std::string_view key) {
  const json::Value *found = value.find(key);
  if (found == nullptr || found->is_null())
    return std::optional<std::string>();
  HOST_ASSIGN(std::string text, value.string_of(key));
  return std::optional(std::move(text));
}

Result<std::int32_t> number_of(const json::Value &value, std::string_view key) {
  HOST_ASSIGN(const std::int64_t number, value.integer_of(key));
  return static_cast<std::int32_t>(number); // as Java: the low bits
}

void write_text(json::Writer &writer, std::string_view key,
                const std::optional<std::string> &text) {
  writer.key(key);
  if (text)
    writer.value(*text);
  else
    writer.null();
}

} // namespace

Result<StatusSubject> parse_status_key(std::string_view key) {
  if (key.starts_with(kConnector))
    return StatusSubject(std::string(key.substr(kConnector.size())));
  if (key.starts_with(kTask)) {
    HOST_ASSIGN(TaskId task, parse_task(key.substr(kTask.size())));
    return StatusSubject(std::move(task));
  }
  if (key.starts_with(kTopic)) {
    const std::string_view rest = key.substr(kTopic.size());
    // A topic's name has no colon; a connector's may have.
    const std::size_t colon = rest.find(':');
    if (colon != std::string_view::npos && rest.substr(colon).starts_with(kOfConnector))
      return StatusSubject(TopicUse{std::string(rest.substr(0, colon)),
                                    std::string(rest.substr(colon + kOfConnector.size()))});
  }
  return fail(Code::Data, "its key is none of Connect's");
}

std::string status_key(const StatusSubject &subject) { return std::visit(KeyOf(), subject); }

std::string encode_status(const WorkerStatus &status) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object().field("state", name_of(status.state));
  write_text(writer, "trace", status.trace);
  writer.field("worker_id", status.worker_id).field("generation", status.generation);
  write_text(writer, "version", status.version);
  writer.end_object();
  return text;
}

std::string encode_topic_status(const TopicStatus &status) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object().key("topic").begin_object();
  writer.field("name", status.topic)
      .field("connector", status.connector)
      .field("task", status.task)
      .field("discoverTimestamp", status.discovered_at_ms);
  writer.end_object().end_object();
  return text;
}

Result<WorkerStatus> decode_status(const json::Value &value) {
  WorkerStatus status;
  HOST_ASSIGN(const std::string state, value.string_of("state"));
  HOST_ASSIGN(status.state, state_named(state));
  HOST_ASSIGN(status.trace, optional_text(value, "trace"));
  HOST_ASSIGN(status.worker_id, value.string_of("worker_id"));
  HOST_ASSIGN(status.generation, number_of(value, "generation"));
  HOST_ASSIGN(status.version, optional_text(value, "version"));
  return status;
}

Result<TopicStatus> decode_topic_status(const json::Value &value) {
  HOST_ASSIGN(const json::Value *topic, value.member("topic"));
  TopicStatus status;
  HOST_ASSIGN(status.topic, topic->string_of("name"));
  HOST_ASSIGN(status.connector, topic->string_of("connector"));
  HOST_ASSIGN(status.task, number_of(*topic, "task"));
  HOST_ASSIGN(status.discovered_at_ms, topic->integer_of("discoverTimestamp"));
  return status;
}

} // namespace host::storage
