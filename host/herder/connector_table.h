#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/ids.h"
#include "host/base/state.h"
#include "host/base/strings.h"
#include "host/config/config_resolver.h"
#include "host/herder/snapshot.h"
#include "host/plugin/catalog.h"

namespace host::herder {

// All that a standalone worker knows of one connector.
struct Connector {
  std::string name;
  StringMap config; // raw
  // The config with the values of config providers, as of the last start of its object or of one of
  // its tasks.
  config::Resolved resolved;
  TargetState target = TargetState::Started;
  std::optional<plugin::CatalogEntry> plugin; // none: the class is not there
  // Counts configs and restarts: what an older sequence learns about this connector is void.
  std::uint64_t epoch = 0;
  bool running = false;       // the plugin's start has returned and no stop was asked for since
  bool in_transition = false; // the supervisor was asked to start it and has not answered

  std::vector<StringMap> task_configs; // raw
  StringMap applied_config;            // resolved, when its tasks were started
  std::uint32_t reconfigure_failures = 0;
  bool reconfiguring = false;
  bool reconfigure_again = false;

  std::optional<PartStatus> status;
  std::map<std::int32_t, PartStatus> tasks;

  std::vector<TaskId> task_ids() const;
};

// The connectors of a standalone worker and what the world sees of them. The herder's thread alone
// changes it, and publishes; snapshot() is for any thread.
class ConnectorTable {
public:
  explicit ConnectorTable(bool topic_tracking);

  Connector *find(std::string_view name);
  const Connector *find(std::string_view name) const;
  // The same, if nothing has replaced it since.
  Connector *find(std::string_view name, std::uint64_t epoch);
  Connector &add(std::string name);
  // A new epoch: what is under way for this connector becomes void.
  void renew(Connector &connector);
  void erase(const std::string &name);
  std::vector<std::string> names() const;

  // To be called after each change of a connector, before publish().
  void touch(const Connector &connector) { touched_.insert(connector.name); }
  void add_topic(const std::string &connector, const std::string &topic);
  void reset_topics(const std::string &connector);
  void set_cluster_id(std::string id);

  // Makes all changes visible at once; costs nothing when there are none.
  void publish();
  std::shared_ptr<const Snapshot> snapshot() const;

private:
  std::map<std::string, Connector, std::less<>> connectors_;
  std::map<std::string, std::shared_ptr<const ConnectorView>, std::less<>> views_;
  std::vector<std::string> order_; // of the names, as shown; empty: to be made again
  std::map<std::string, std::vector<std::string>, std::less<>> topics_;
  const bool topic_tracking_;
  std::string cluster_id_;
  std::set<std::string, std::less<>> touched_;
  bool changed_ = false;
  std::uint64_t last_epoch_ = 0;

  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_; // guarded by mutex_
};

} // namespace host::herder
