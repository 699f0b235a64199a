#pragma once

#include <cstdint>
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
  // What runs here.
  struct Program {
    std::string version;
    std::string connect_version; // that it is like
    std::string commit;          // as REST tells it
  };

  // When the worker begins: nothing has happened before.
  MetricsReport(const Clock &clock, Program program);

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
  // Of something that happens again and again and takes some time.
  struct Pace {
    metrics::Window count, time;
    void sample(TimePoint now, const metrics::MeasureReading &reading) {
      count.sample(now, reading.count);
      time.sample(now, reading.sum, reading.count);
    }
  };
  struct MemberWindows {
    Pace heartbeats, joins, syncs, rebalances;
    metrics::Window failures;
    metrics::Window opened, closed, requests, responses, exchanges;
    metrics::Window bytes_out; // by requests
    metrics::Window bytes_in;
  };
  struct Here {
    std::size_t connectors = 0;
    std::size_t tasks = 0;
  };

  static void add_connector(metrics::Exposition &out, const ConnectorView &connector,
                            const WorkerFigures &figures, Here &here);
  void add_program(metrics::Exposition &out, const std::string &worker_id) const;
  void add_worker(metrics::Exposition &out, const Snapshot &snapshot, const WorkerFigures &figures);
  void add_starts(metrics::Exposition &out, const std::string &what, const StartCounts &counts,
                  StartWindows &windows) const;
  void add_rebalances(metrics::Exposition &out, const RebalanceCounts &counts);
  void add_member(metrics::Exposition &out, const MemberCounts &counts);
  void add_traffic(metrics::Exposition &out, const cluster::MembershipFigures &figures);
  void add_ticks(metrics::Exposition &out, const metrics::MeasureReading &times_us);
  static void add_moving(metrics::Exposition &out, const metrics::Labels &labels,
                         const link::SlotReading &slot, const Windows &windows, plugin::Kind kind);
  static void add_sink(metrics::Exposition &out, const metrics::Labels &labels,
                       const link::SlotReading &slot, const Windows &windows);
  void add_task(metrics::Exposition &out, const supervisor::TaskCounts &counts,
                std::optional<plugin::Kind> kind);

  const Clock &clock_;
  const Program program_;
  const std::int64_t began_wall_ms_;
  std::map<TaskId, Windows> windows_;
  StartWindows connector_starts_, task_starts_;
  metrics::Window rebalances_;
  MemberWindows member_;
  metrics::Window ticks_;
};

} // namespace host::herder
