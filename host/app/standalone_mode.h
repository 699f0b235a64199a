#pragma once

#include <string>
#include <vector>

#include "host/app/worker_mode.h"
#include "host/herder/standalone_herder.h"

namespace host::app {

// A worker of its own: configs and statuses in memory, connectors from the command line.
class StandaloneMode final : public WorkerMode {
public:
  StandaloneMode(herder::WorkerOptions options, std::vector<herder::CreateRequest> connectors,
                 const plugin::Catalog &catalog, storage::OffsetStore &offsets,
                 herder::GroupCalls groups, const Clock &clock)
      : herder_(std::move(options), catalog, offsets, std::move(groups), clock),
        connectors_(std::move(connectors)) {}

  herder::WorkerHerder &herder() override { return herder_; }
  void start(supervisor::Supervisor &supervisor, Done ready) override {
    herder_.start(supervisor);
    ready({});
  }
  void open(std::string kafka_cluster_id, Done started) override {
    herder_.open(std::move(kafka_cluster_id), std::move(connectors_), std::move(started));
  }
  void leave() override {}
  void stop() override { herder_.stop(); }
  std::string waiting_for() const override { return {}; }

private:
  herder::StandaloneHerder herder_;
  std::vector<herder::CreateRequest> connectors_;
};

} // namespace host::app
