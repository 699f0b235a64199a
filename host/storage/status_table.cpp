#include "host/storage/status_table.h"

#include <utility>

#include "host/storage/config_records.h"

namespace host::storage {
namespace {

const std::string &connector_of(const StatusSubject &subject) {
  if (const auto *task = std::get_if<TaskId>(&subject))
    return task->connector;
  if (const auto *use = std::get_if<TopicUse>(&subject))
    return use->connector;
  return std::get<std::string>(subject);
}

// A worker that comes late to say that it gave a task up; another one runs it by now.
bool is_late(const WorkerStatus *known, const WorkerStatus &said) {
  return known != nullptr && said.state == State::Unassigned && known->state == State::Running &&
         known->generation >= said.generation;
}

} // namespace

StatusTable::Entry &StatusTable::changed(const std::string &connector) {
  Entry &entry = entries_[connector];
  entry.published.reset();
  snapshot_.reset();
  return entry;
}

void StatusTable::remove(const StatusSubject &subject) {
  const std::string &connector = connector_of(subject);
  if (!entries_.contains(connector))
    return;
  ConnectorStatuses &state = changed(connector).state;
  if (const auto *task = std::get_if<TaskId>(&subject)) {
    state.tasks.erase(task->number);
  } else if (const auto *use = std::get_if<TopicUse>(&subject)) {
    state.topics.erase(use->topic);
  } else { // nothing is told of the tasks of a connector that is gone
    state.connector.reset();
    state.tasks.clear();
  }
  if (state.empty())
    entries_.erase(connector);
}

Status StatusTable::apply(std::string_view key, std::optional<std::string_view> value) {
  HOST_ASSIGN(const StatusSubject subject, parse_status_key(key));
  if (connector_of(subject).empty())
    return fail(Code::Data, "its key names no connector");
  if (!value) {
    remove(subject);
    return {};
  }
  HOST_ASSIGN(const std::optional<json::Value> parsed, parse_store_value(value));
  if (!parsed) // `null` is no tombstone here
    return fail(Code::Data, "its value says nothing");
  if (const auto *use = std::get_if<TopicUse>(&subject)) {
    HOST_ASSIGN(TopicStatus status, decode_topic_status(*parsed));
    changed(use->connector).state.topics.insert_or_assign(use->topic, std::move(status));
    return {};
  }
  HOST_ASSIGN(WorkerStatus status, decode_status(*parsed));
  if (const auto *task = std::get_if<TaskId>(&subject)) {
    if (!is_late(find(subject), status))
      changed(task->connector).state.tasks.insert_or_assign(task->number, std::move(status));
  } else {
    changed(std::get<std::string>(subject)).state.connector = std::move(status);
  }
  return {};
}

const WorkerStatus *StatusTable::find(const StatusSubject &subject) const {
  const auto entry = entries_.find(connector_of(subject));
  if (entry == entries_.end())
    return nullptr;
  const ConnectorStatuses &state = entry->second.state;
  if (const auto *task = std::get_if<TaskId>(&subject)) {
    const auto found = state.tasks.find(task->number);
    return found != state.tasks.end() ? &found->second : nullptr;
  }
  return state.connector && std::holds_alternative<std::string>(subject) ? &*state.connector
                                                                         : nullptr;
}

bool StatusTable::may_write_safely(const StatusSubject &subject, const WorkerStatus &status) const {
  const WorkerStatus *known = find(subject);
  return known == nullptr || known->worker_id == status.worker_id ||
         known->generation <= status.generation;
}

std::shared_ptr<const StatusState> StatusTable::snapshot() {
  if (snapshot_)
    return snapshot_;
  auto state = std::make_shared<StatusState>();
  for (auto &[name, entry] : entries_) {
    if (!entry.published)
      entry.published = std::make_shared<const ConnectorStatuses>(entry.state);
    state->connectors.emplace_hint(state->connectors.end(), name, entry.published);
  }
  snapshot_ = std::move(state);
  return snapshot_;
}

} // namespace host::storage
