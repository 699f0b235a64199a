#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/base/clock.h"
#include "host/base/ids.h"
#include "host/herder/snapshot.h"
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

  std::string text(const Snapshot &snapshot, const std::vector<supervisor::RunnerCounts> &runners);

private:
  struct Windows {
    metrics::Window in;     // records, by batches
    metrics::Window out;    // records
    metrics::Window commit; // successful ones, by all
    metrics::Window done;   // commits
    bool seen = false;
  };

  void add_connector(metrics::Exposition &out, const ConnectorView &connector) const;
  void add_worker(metrics::Exposition &out, const Snapshot &snapshot) const;
  void add_task(metrics::Exposition &out, const supervisor::TaskCounts &counts,
                std::optional<plugin::Kind> kind);

  const Clock &clock_;
  const std::string version_;
  const std::string connect_version_;
  std::map<TaskId, Windows> windows_;
};

} // namespace host::herder
