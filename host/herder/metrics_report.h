#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/base/clock.h"
#include "host/base/ids.h"
#include "host/herder/snapshot.h"
#include "host/herder/worker_figures.h"
#include "host/metrics/exposition.h"
#include "host/metrics/window.h"
#include "host/supervisor/supervisor.h"

namespace host::herder {

// The worker's figures as Prometheus' text: those of contract 12 that there are, under the names
// that the JMX exporter gives them (`kafka_connect_<group>_<attribute>`), and our own behind
// `sluice_`. Keeps samples of counters from one call to the next, for rates. One thread at a time.
class MetricsReport {
public:
  MetricsReport(const Clock &clock, std::string version, std::string connect_version)
      : clock_(clock), version_(std::move(version)), connect_version_(std::move(connect_version)) {}

  std::string text(const Snapshot &snapshot, const std::vector<supervisor::RunnerCounts> &runners,
                   const WorkerFigures &figures = {});

private:
  struct Windows {
    metrics::Window in;     // records, by batches
    metrics::Window out;    // records
    metrics::Window commit; // successful ones, by all
    metrics::Window done;   // commits
    metrics::Window active, transfer, commit_time;
    metrics::Window skipped; // commits of a sink
    bool seen = false;
  };

  struct StartWindows {
    metrics::Window successes, failures;
  };
  struct Here {
    std::size_t connectors = 0;
    std::size_t tasks = 0;
  };

  static void add_connector(metrics::Exposition &out, const ConnectorView &connector,
                            const WorkerFigures &figures, Here &here);
  void add_worker(metrics::Exposition &out, const Snapshot &snapshot, const WorkerFigures &figures);
  void add_starts(metrics::Exposition &out, const std::string &what, const StartCounts &counts,
                  StartWindows &windows) const;
  void add_rebalances(metrics::Exposition &out, const RebalanceCounts &counts);
  static void add_sink(metrics::Exposition &out, const metrics::Labels &labels,
                       const link::SlotReading &slot, const Windows &windows);
  static void add_source(metrics::Exposition &out, const metrics::Labels &labels,
                         const link::SlotReading &slot, const Windows &windows);
  void add_task(metrics::Exposition &out, const supervisor::TaskCounts &counts,
                std::optional<plugin::Kind> kind);

  const Clock &clock_;
  const std::string version_;
  const std::string connect_version_;
  std::map<TaskId, Windows> windows_;
  StartWindows connector_starts_, task_starts_;
  metrics::Window rebalances_;
};

} // namespace host::herder
