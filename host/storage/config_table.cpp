#include "host/storage/config_table.h"

#include <utility>

namespace host::storage {
namespace {

using Kind = ConfigKey::Kind;
using Outcome = Result<std::optional<ConfigEvent>>;

tl::unexpected<Error> no_value() { return fail(Code::Data, "it has no value"); }

Outcome nothing() { return std::optional<ConfigEvent>(); }
template <class Event> Outcome event(Event event) {
  return std::optional<ConfigEvent>(std::move(event));
}

} // namespace

Outcome ConfigTable::apply(std::int64_t offset, std::string_view key,
                           std::optional<std::string_view> value) {
  // What cannot be decoded does not count: an offset that Java workers do not report would keep
  // the group rebalancing for ever.
  HOST_ASSIGN(const Value parsed, parse_store_value(value));
  offset_ = offset + 1;
  snapshot_.reset();
  HOST_ASSIGN(const ConfigKey parsed_key, ConfigKey::parse(key));
  return apply(parsed_key, parsed);
}

Outcome ConfigTable::apply(const ConfigKey &key, const Value &value) {
  switch (key.kind) {
  case Kind::Connector:
    return apply_connector(key.name, value);
  case Kind::Task:
    return apply_task(key, value);
  case Kind::Commit:
    return apply_commit(key.name, value);
  case Kind::TargetState:
    return apply_target(key.name, value);
  case Kind::TaskCount:
    return apply_task_count(key.name, value);
  case Kind::SessionKey:
    return apply_session_key(value);
  case Kind::Restart: {
    if (!value)
      return nothing();
    HOST_ASSIGN(RestartRequest request, decode_restart(key.name, *value));
    return event(std::move(request));
  }
  case Kind::LoggerLevel: {
    if (!value)
      return nothing();
    HOST_ASSIGN(std::string level, decode_logger_level(*value));
    return event(LoggerLevelChanged{key.name, std::move(level)});
  }
  }
  return nothing();
}

ConfigTable::Entry &ConfigTable::changed(const std::string &name) {
  Entry &entry = entries_[name];
  entry.published.reset();
  return entry;
}

// A deleted connector keeps its target state, which has a tombstone of its own, and what fencing
// needs when a connector of that name comes again.
void ConfigTable::forget(Entry &entry) {
  entry.configured = false;
  entry.state.config = {};
  entry.state.tasks.clear();
  entry.state.applied.reset();
  entry.pending.clear();
  entry.has_pending = false;
}

Outcome ConfigTable::apply_connector(const std::string &name, const Value &value) {
  if (!value) {
    Entry &entry = changed(name);
    const bool was_there = entry.configured;
    forget(entry);
    return was_there ? event(ConnectorRemoved{name}) : nothing();
  }
  HOST_ASSIGN(StringMap config, decode_properties(*value));
  Entry &entry = changed(name);
  entry.state.config = std::move(config);
  entry.has_target_state = true; // STARTED, if none was given
  const bool is_new = !std::exchange(entry.configured, true);
  return event(ConnectorConfigured{name, is_new});
}

Outcome ConfigTable::apply_task(const ConfigKey &key, const Value &value) {
  if (!value)
    return no_value();
  HOST_ASSIGN(StringMap config, decode_properties(*value));
  Entry &entry = entries_[key.name];
  entry.pending.insert_or_assign(key.task, std::move(config));
  entry.has_pending = true;
  return nothing();
}

Outcome ConfigTable::apply_commit(const std::string &name, const Value &value) {
  Entry &entry = changed(name);
  // Compaction may have taken the tombstone of a deleted connector, and left this.
  if (!entry.configured) {
    forget(entry);
    return nothing();
  }
  if (!value)
    return no_value();
  HOST_ASSIGN(const std::int32_t tasks, decode_task_commit(*value));
  std::vector<StringMap> configs;
  for (auto next = entry.pending.begin();
       next != entry.pending.end() && std::cmp_less(configs.size(), tasks) &&
       std::cmp_equal(next->first, configs.size());
       ++next)
    configs.push_back(std::move(next->second));
  ConnectorConfig &state = entry.state;
  state.inconsistent = std::cmp_not_equal(configs.size(), tasks);
  if (state.inconsistent) {
    state.tasks.clear();
  } else {
    state.tasks = std::move(configs);
    state.applied = state.config;
    if (entry.has_pending)
      state.task_generation = state.task_generation ? *state.task_generation + 1 : 0;
  }
  entry.pending.clear();
  state.pending_fencing = true;
  return event(TasksCommitted{name});
}

Outcome ConfigTable::apply_target(const std::string &name, const Value &value) {
  if (!value) {
    Entry &entry = changed(name);
    entry.state.target_state = TargetState::Started;
    entry.has_target_state = entry.configured;
    return nothing();
  }
  HOST_ASSIGN(const TargetState target, decode_target_state(*value));
  Entry &entry = changed(name);
  const TargetState before = std::exchange(entry.state.target_state, target);
  const bool is_change = !std::exchange(entry.has_target_state, true) || before != target;
  return is_change && entry.configured ? event(TargetStateChanged{name}) : nothing();
}

Outcome ConfigTable::apply_task_count(const std::string &name, const Value &value) {
  if (!value)
    return no_value();
  HOST_ASSIGN(const std::int32_t tasks, decode_task_count(*value));
  Entry &entry = changed(name);
  entry.state.task_count_record = tasks;
  entry.state.pending_fencing = false;
  return nothing();
}

Outcome ConfigTable::apply_session_key(const Value &value) {
  if (!value)
    return no_value();
  HOST_ASSIGN(session_key_, decode_session_key(*value));
  return event(SessionKeyChanged{*session_key_});
}

std::shared_ptr<const ConfigState> ConfigTable::snapshot() {
  if (snapshot_)
    return snapshot_;
  auto state = std::make_shared<ConfigState>();
  state->offset = offset_;
  state->session_key = session_key_;
  for (auto &[name, entry] : entries_) {
    if (!entry.configured)
      continue;
    if (!entry.published)
      entry.published = std::make_shared<const ConnectorConfig>(entry.state);
    state->connectors.emplace_hint(state->connectors.end(), name, entry.published);
  }
  snapshot_ = std::move(state);
  return snapshot_;
}

} // namespace host::storage
