#include "host/herder/connector_table.h"

#include <algorithm>
#include <utility>

#include "host/herder/java_map.h"
#include "host/herder/passwords.h"

namespace host::herder {
namespace {

std::shared_ptr<const ConnectorView> view_of(const Connector &connector) {
  auto view = std::make_shared<ConnectorView>();
  view->name = connector.name;
  const plugin::Descriptor *plugin = connector.plugin ? &connector.plugin->descriptor : nullptr;
  view->config = without_passwords(connector.config, plugin);
  if (plugin != nullptr)
    view->kind = plugin->kind;
  for (const StringMap &config : connector.task_configs)
    view->task_configs.push_back(without_passwords(config, plugin));
  view->status = connector.status;
  view->tasks = connector.tasks;
  return view;
}

} // namespace

std::vector<TaskId> Connector::task_ids() const {
  std::vector<TaskId> ids;
  for (std::size_t i = 0; i < task_configs.size(); ++i)
    ids.push_back({name, static_cast<std::int32_t>(i)});
  return ids;
}

ConnectorTable::ConnectorTable(bool topic_tracking) : topic_tracking_(topic_tracking) {
  changed_ = true;
  publish();
}

Connector *ConnectorTable::find(std::string_view name) {
  const auto found = connectors_.find(name);
  return found == connectors_.end() ? nullptr : &found->second;
}

const Connector *ConnectorTable::find(std::string_view name) const {
  const auto found = connectors_.find(name);
  return found == connectors_.end() ? nullptr : &found->second;
}

Connector *ConnectorTable::find(std::string_view name, std::uint64_t epoch) {
  Connector *connector = find(name);
  return connector != nullptr && connector->epoch == epoch ? connector : nullptr;
}

Connector &ConnectorTable::add(std::string name) {
  Connector &connector = connectors_[name];
  connector.name = std::move(name);
  renew(connector);
  order_.clear();
  touch(connector);
  return connector;
}

void ConnectorTable::renew(Connector &connector) {
  connector.epoch = ++last_epoch_;
  connector.running = false;
  connector.in_transition = false;
  connector.reconfiguring = false;
  connector.reconfigure_again = false;
  connector.reconfigure_failures = 0;
}

void ConnectorTable::erase(const std::string &name) {
  connectors_.erase(name);
  views_.erase(name);
  touched_.erase(name);
  order_.clear();
  changed_ = true;
}

std::vector<std::string> ConnectorTable::names() const {
  std::vector<std::string> names;
  for (const auto &[name, connector] : connectors_)
    names.push_back(name);
  return names;
}

void ConnectorTable::add_topic(const std::string &connector, const std::string &topic) {
  std::vector<std::string> &topics = topics_[connector];
  const auto at = std::lower_bound(topics.begin(), topics.end(), topic);
  if (at != topics.end() && *at == topic)
    return;
  topics.insert(at, topic);
  changed_ = true;
}

void ConnectorTable::reset_topics(const std::string &connector) {
  changed_ |= topics_.erase(connector) > 0;
}

void ConnectorTable::set_cluster_id(std::string id) {
  cluster_id_ = std::move(id);
  changed_ = true;
}

void ConnectorTable::publish() {
  if (!changed_ && touched_.empty())
    return;
  for (const std::string &name : touched_)
    views_[name] = view_of(connectors_.find(name)->second);
  touched_.clear();
  changed_ = false;
  if (order_.size() != connectors_.size())
    order_ = in_hash_order(names());
  auto next = std::make_shared<Snapshot>();
  next->connectors.reserve(order_.size());
  for (const std::string &name : order_)
    next->connectors.push_back(views_.find(name)->second);
  next->active_topics = topics_;
  next->topic_tracking = topic_tracking_;
  next->kafka_cluster_id = cluster_id_;
  const std::lock_guard lock(mutex_);
  snapshot_ = std::move(next);
}

std::shared_ptr<const Snapshot> ConnectorTable::snapshot() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

} // namespace host::herder
