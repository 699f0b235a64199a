#include "host/herder/cluster_view.h"

#include <utility>
#include <vector>

#include "host/herder/java_map.h"
#include "host/herder/passwords.h"

namespace host::herder {
namespace {

PartStatus shown(const storage::WorkerStatus &status) {
  return {status.state, status.worker_id, status.version, status.trace.value_or("")};
}

} // namespace

void ClusterView::set_cluster_id(std::string id) {
  const std::lock_guard lock(mutex_);
  cluster_id_ = std::move(id);
  snapshot_ = nullptr;
}

std::shared_ptr<const Snapshot>
ClusterView::of(std::shared_ptr<const storage::ConfigState> configs,
                std::shared_ptr<const storage::StatusState> statuses) {
  const std::lock_guard lock(mutex_);
  if (snapshot_ == nullptr || configs != configs_ || statuses != statuses_) {
    make(*configs, *statuses);
    configs_ = std::move(configs);
    statuses_ = std::move(statuses);
  }
  return snapshot_;
}

void ClusterView::make(const storage::ConfigState &configs, const storage::StatusState &statuses) {
  std::erase_if(entries_, [&](const auto &entry) { return !configs.find(entry.first); });
  std::vector<std::string> names;
  for (const auto &[name, config] : configs.connectors) {
    const auto said = statuses.connectors.find(name);
    const Statuses known = said == statuses.connectors.end() ? nullptr : said->second;
    Entry &entry = entries_[name];
    if (entry.view == nullptr || entry.config != config || entry.statuses != known)
      entry = {config, known, view_of(name, *config, known.get())};
    names.push_back(name);
  }
  auto next = std::make_shared<Snapshot>();
  for (const std::string &name : in_hash_order_of_copy(names))
    next->connectors.push_back(entries_.find(name)->second.view);
  for (const auto &[name, said] : statuses.connectors)
    for (const auto &[topic, use] : said->topics)
      next->active_topics[name].push_back(topic);
  next->topic_tracking = topic_tracking_;
  next->kafka_cluster_id = cluster_id_;
  snapshot_ = std::move(next);
}

std::shared_ptr<const ConnectorView>
ClusterView::view_of(const std::string &name, const storage::ConnectorConfig &config,
                     const storage::ConnectorStatuses *statuses) const {
  auto view = std::make_shared<ConnectorView>();
  const auto plugin = plugins_.connector(config.config.get("connector.class"),
                                         config.config.find("connector.plugin.version"));
  const plugin::Descriptor *descriptor = plugin ? &plugin->descriptor : nullptr;
  view->name = name;
  view->config = hash_map(without_passwords(config.config, descriptor));
  if (descriptor != nullptr)
    view->kind = descriptor->kind;
  for (const StringMap &task : config.tasks)
    view->task_configs.push_back(hash_map(without_passwords(task, descriptor)));
  if (statuses == nullptr)
    return view;
  if (statuses->connector)
    view->status = shown(*statuses->connector);
  for (const auto &[number, status] : statuses->tasks)
    view->tasks[number] = shown(status);
  return view;
}

} // namespace host::herder
