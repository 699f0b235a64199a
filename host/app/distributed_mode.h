#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/app/worker_mode.h"
#include "host/base/strings.h"
#include "host/cluster/membership.h"
#include "host/cluster/tether.h"
#include "host/config/worker_config.h"
#include "host/herder/distributed_herder.h"
#include "host/rest/forwarder.h"
#include "host/storage/config_store.h"
#include "host/storage/status_store.h"

namespace host::app {

// A worker of a cluster: its group, its topics, its hold on the other workers. The stores are read
// first, then the worker joins. At the end its tasks stop, then it leaves the group, and only then
// the REST API may close: the leader takes a worker for dead whose port closes while it is a
// member.
class DistributedMode final : public WorkerMode {
public:
  struct Parts {
    herder::WorkerOptions worker;
    herder::ClusterOptions cluster; // all but `calls`
    const plugin::Catalog &catalog;
    storage::OffsetStore &offsets;
    herder::GroupCalls groups;
    rest::Forwarder &forwarder;
    const Clock &clock;
  };
  // Config errors name the key.
  static Result<std::unique_ptr<DistributedMode>> create(const config::WorkerConfig &config,
                                                         Parts parts);
  ~DistributedMode() override;

  herder::WorkerHerder &herder() override { return *herder_; }
  void start(supervisor::Supervisor &supervisor, Done ready) override;
  void open(std::string kafka_cluster_id, Done started) override;
  void leave() override;
  void stop() override;
  std::string waiting_for() const override;

private:
  DistributedMode(const config::Values &values, rest::Forwarder &forwarder, cluster::TetherTls tls);
  herder::ClusterCalls cluster_calls();
  void send_tasks(const std::string &leader_url, const std::string &connector,
                  const std::vector<StringMap> &tasks, std::function<void(Status)> done);

  const std::string signature_algorithm_;
  const bool is_tethered_;
  rest::Forwarder &forwarder_;
  std::unique_ptr<storage::ConfigStore> configs_;
  std::unique_ptr<storage::StatusStore> statuses_;
  std::unique_ptr<herder::DistributedHerder> herder_;
  std::unique_ptr<cluster::Membership> membership_;
  cluster::Tether tether_;
};

} // namespace host::app
