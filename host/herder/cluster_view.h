#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "host/herder/plugins.h"
#include "host/herder/snapshot.h"
#include "host/storage/config_state.h"
#include "host/storage/status_state.h"

namespace host::herder {

// A cluster as REST shows it, made of what the config and status topics say. Made when it is asked
// for, and then only what has changed since: whoever reads waits for other readers at most, never
// for the herder. Any thread.
class ClusterView {
public:
  ClusterView(const Plugins &plugins, bool topic_tracking)
      : plugins_(plugins), topic_tracking_(topic_tracking) {}

  void set_cluster_id(std::string id);
  std::shared_ptr<const Snapshot> of(std::shared_ptr<const storage::ConfigState> configs,
                                     std::shared_ptr<const storage::StatusState> statuses);

private:
  using Config = std::shared_ptr<const storage::ConnectorConfig>;
  using Statuses = std::shared_ptr<const storage::ConnectorStatuses>;
  struct Entry {
    Config config;
    Statuses statuses;
    std::shared_ptr<const ConnectorView> view;
  };

  std::shared_ptr<const ConnectorView> view_of(const std::string &name,
                                               const storage::ConnectorConfig &config,
                                               const storage::ConnectorStatuses *statuses) const;
  void make(const storage::ConfigState &configs, const storage::StatusState &statuses);

  const Plugins &plugins_;
  const bool topic_tracking_;
  std::mutex mutex_; // guards all below
  std::string cluster_id_;
  std::shared_ptr<const storage::ConfigState> configs_; // of snapshot_
  std::shared_ptr<const storage::StatusState> statuses_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::shared_ptr<const Snapshot> snapshot_; // null: made of something older
};

} // namespace host::herder
