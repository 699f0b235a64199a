#include "host/storage/config_records.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "host/data/base64.h"
#include "host/json/parse.h"
#include "host/json/writer.h"
#include "host/storage/task_key.h"

namespace host::storage {
namespace {

using Kind = ConfigKey::Kind;

// In the order in which Connect looks for them.
constexpr std::array<std::pair<Kind, std::string_view>, 8> kPrefixes{{
    {Kind::TargetState, "target-state-"},
    {Kind::Connector, "connector-"},
    {Kind::Task, "task-"},
    {Kind::Commit, "commit-"},
    {Kind::Restart, "restart-connector-"},
    {Kind::TaskCount, "tasks-fencing-"},
    {Kind::SessionKey, "session-key"}, // the whole key
    {Kind::LoggerLevel, "logger-cluster-"},
}};

template <class T> std::string one_field(std::string_view name, const T &value) {
  std::string text;
  json::Writer(text).begin_object().field(name, value).end_object();
  return text;
}

Result<std::int32_t> count_of(const json::Value &value, std::string_view field) {
  HOST_ASSIGN(const std::int64_t count, value.integer_of(field));
  if (count < 0 || count > std::numeric_limits<std::int32_t>::max())
    return fail(Code::Data, fmt::format("'{}' is {}, which is no number of tasks", field, count));
  return static_cast<std::int32_t>(count);
}

// Connect takes what is no boolean for false.
bool flag_of(const json::Value &value, std::string_view field) {
  return value.boolean_of(field).value_or(false);
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

} // namespace

Result<ConfigKey> ConfigKey::parse(std::string_view text) {
  const auto found =
      std::ranges::find_if(kPrefixes, [&](const auto &p) { return text.starts_with(p.second); });
  if (found == kPrefixes.end() || (found->first == Kind::SessionKey && text != found->second))
    return fail(Code::Data, "its key is none of Connect's");
  const std::string_view rest = text.substr(found->second.size());
  if (found->first != Kind::Task)
    return ConfigKey{found->first, std::string(rest)};
  HOST_ASSIGN(TaskId task, parse_task(rest));
  return ConfigKey{Kind::Task, std::move(task.connector), task.number};
}

std::string ConfigKey::text() const {
  const auto prefix = std::ranges::find(kPrefixes, kind, &decltype(kPrefixes)::value_type::first);
  std::string text = std::string(prefix->second) + name;
  if (kind == Kind::Task)
    text += "-" + std::to_string(task);
  return text;
}

std::string encode_properties(const StringMap &properties) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object().field("properties", properties).end_object();
  return text;
}

std::string encode_task_commit(std::int32_t tasks) { return one_field("tasks", tasks); }

// Workers before 3.5 read the first field only, and do not know STOPPED.
std::string encode_target_state(TargetState state) {
  const TargetState old = state == TargetState::Stopped ? TargetState::Paused : state;
  std::string text;
  json::Writer(text)
      .begin_object()
      .field("state", name_of(old))
      .field("state.v2", name_of(state))
      .end_object();
  return text;
}

std::string encode_task_count(std::int32_t tasks) { return one_field("task-count", tasks); }

std::string encode_session_key(const SessionKey &key) {
  std::string secret;
  data::append_base64(secret, key.secret);
  std::string text;
  json::Writer(text)
      .begin_object()
      .field("key", secret)
      .field("algorithm", key.algorithm)
      .field("creation-timestamp", key.created_at_ms)
      .end_object();
  return text;
}

std::string encode_restart(const RestartRequest &request) {
  std::string text;
  json::Writer(text)
      .begin_object()
      .field("include-tasks", request.include_tasks)
      .field("only-failed", request.only_failed)
      .end_object();
  return text;
}

std::string encode_logger_level(std::string_view level) { return one_field("level", level); }

Result<StringMap> decode_properties(const json::Value &value) {
  HOST_ASSIGN(const json::Value *properties, value.member("properties"));
  if (!properties->is_object())
    return fail(Code::Data, "'properties' is no object");
  StringMap map;
  for (const json::Member &entry : properties->members()) {
    if (entry.value.is_null())
      continue;
    if (!entry.value.is_string())
      return fail(Code::Data, fmt::format("property '{}' is no text", entry.key));
    map.append(entry.key, std::string(entry.value.text()));
  }
  return map;
}

Result<std::int32_t> decode_task_commit(const json::Value &value) {
  return count_of(value, "tasks");
}

Result<TargetState> decode_target_state(const json::Value &value) {
  const json::Value *newer = value.find("state.v2");
  HOST_ASSIGN(const std::string name,
              value.string_of(newer != nullptr && newer->is_string() ? "state.v2" : "state"));
  for (const auto state : {TargetState::Started, TargetState::Paused, TargetState::Stopped})
    if (name == name_of(state))
      return state;
  return fail(Code::Data, fmt::format("'{}' is no target state", name));
}

Result<std::int32_t> decode_task_count(const json::Value &value) {
  return count_of(value, "task-count");
}

Result<SessionKey> decode_session_key(const json::Value &value) {
  SessionKey key;
  HOST_ASSIGN(const std::string secret, value.string_of("key"));
  HOST_ASSIGN(key.algorithm, value.string_of("algorithm"));
  HOST_ASSIGN(key.created_at_ms, value.integer_of("creation-timestamp"));
  if (!data::decode_base64(secret, key.secret))
    return fail(Code::Data, "'key' is no base64");
  return key;
}

Result<RestartRequest> decode_restart(std::string connector, const json::Value &value) {
  if (!value.is_object())
    return fail(Code::Data, "it is no object");
  return RestartRequest{std::move(connector), flag_of(value, "include-tasks"),
                        flag_of(value, "only-failed")};
}

Result<std::string> decode_logger_level(const json::Value &value) {
  return value.string_of("level");
}

Result<std::optional<json::Value>> parse_store_value(std::optional<std::string_view> value) {
  if (!value || is_blank(*value))
    return std::optional<json::Value>();
  auto parsed = json::parse(*value, json::Trailing::Ignore);
  if (!parsed)
    return fail(Code::Data, "its value is no JSON");
  if (parsed->is_null())
    return std::optional<json::Value>();
  return std::optional(*std::move(parsed));
}

} // namespace host::storage
