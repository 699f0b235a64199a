#pragma once

#include "host/link/messages.h"

// The members of every message, in the order of the wire: written once, used by both directions.
// `field(name, member)` is called for each.
namespace host::link {

template <class F> void fields(F &field, Hello &m) {
  field("protocol", m.protocol);
  field("build_id", m.build_id);
  field("pid", m.pid);
}
template <class F> void fields(F &field, TaskId &m) {
  field("connector", m.connector);
  field("number", m.number);
}
template <class F> void fields(F &field, Status &m) {
  field("task", m.task);
  field("incarnation", m.incarnation);
  field("state", m.state);
  field("trace", m.trace);
}
template <class F> void fields(F &field, OffsetRecord &m) {
  field("key", m.key);
  field("value", m.value);
}
template <class F> void fields(F &field, CommitOffsets &m) {
  field("task", m.task);
  field("incarnation", m.incarnation);
  field("entries", m.entries);
}
template <class F> void fields(F &field, ReadOffsets &m) {
  field("connector", m.connector);
  field("keys", m.keys);
}
template <class F> void fields(F &field, TopicActive &m) {
  field("task", m.task);
  field("topic", m.topic);
}
template <class F> void fields(F &field, ConnectorFailed &m) {
  field("connector", m.connector);
  field("incarnation", m.incarnation);
  field("trace", m.trace);
}
template <class F> void fields(F &field, RequestReconfigure &m) {
  field("connector", m.connector);
  field("incarnation", m.incarnation);
}
template <class F> void fields(F &field, Inspect &m) { field("plugin_path", m.plugin_path); }
template <class F> void fields(F &field, Validate &m) {
  field("plugin_path", m.plugin_path);
  field("class_name", m.class_name);
  field("config", m.config);
}
template <class F> void fields(F &field, OffsetChange &m) {
  field("partition", m.partition);
  field("offset", m.offset);
}
template <class F> void fields(F &field, AlterOffsets &m) {
  field("plugin_path", m.plugin_path);
  field("class_name", m.class_name);
  field("config", m.config);
  field("secrets", m.secrets);
  field("changes", m.changes);
}
template <class F> void fields(F &field, StartConnector &m) {
  field("connector", m.connector);
  field("incarnation", m.incarnation);
  field("plugin_path", m.plugin_path);
  field("class_name", m.class_name);
  field("config", m.config);
  field("secrets", m.secrets);
  field("target", m.target);
}
template <class F> void fields(F &field, TaskConfigs &m) {
  field("connector", m.connector);
  field("max_tasks", m.max_tasks);
}
template <class F> void fields(F &field, StartTask &m) {
  field("task", m.task);
  field("incarnation", m.incarnation);
  field("slot", m.slot);
  field("plugin_path", m.plugin_path);
  field("class_name", m.class_name);
  field("connector_config", m.connector_config);
  field("task_config", m.task_config);
  field("secrets", m.secrets);
  field("target", m.target);
}
template <class F> void fields(F &field, Pause &m) { field("task", m.task); }
template <class F> void fields(F &field, Resume &m) { field("task", m.task); }
template <class F> void fields(F &field, Stop &m) {
  field("task", m.task);
  field("timeout_ms", m.timeout_ms);
}
template <class F> void fields(F &field, RemoveConnector &m) {
  field("connector", m.connector);
  field("timeout_ms", m.timeout_ms);
}
template <class F> void fields(F &field, Lease &m) {
  field("until_boottime_ms", m.until_boottime_ms);
}
template <class F> void fields(F &field, SetLogLevel &m) {
  field("prefix", m.prefix);
  field("level", m.level);
}
template <class F> void fields(F &field, Shutdown &m) { field("timeout_ms", m.timeout_ms); }
template <class F> void fields(F &, Done &) {}
template <class F> void fields(F &field, Failed &m) {
  field("code", m.code);
  field("exception", m.exception);
  field("message", m.message);
  field("trace", m.trace);
}
template <class F> void fields(F &field, Welcome &m) {
  field("protocol", m.protocol);
  field("worker_config", m.worker_config);
  field("secrets", m.secrets);
  field("log_levels", m.log_levels);
  field("lease_until_boottime_ms", m.lease_until_boottime_ms);
}
template <class F> void fields(F &field, OffsetsRead &m) { field("values", m.values); }
template <class F> void fields(F &field, Inspected &m) { field("descriptors", m.descriptors); }
template <class F> void fields(F &field, ValidatedKey &m) {
  field("name", m.name);
  field("value", m.value);
  field("recommended", m.recommended);
  field("errors", m.errors);
  field("visible", m.visible);
}
template <class F> void fields(F &field, Validated &m) { field("keys", m.keys); }
template <class F> void fields(F &field, OffsetsAltered &m) { field("complete", m.complete); }
template <class F> void fields(F &field, TaskConfigList &m) { field("configs", m.configs); }

} // namespace host::link
