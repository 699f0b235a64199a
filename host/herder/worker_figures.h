#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "host/base/clock.h"
#include "host/cluster/membership_figures.h"
#include "host/metrics/measure.h"

namespace host::herder {

// How often parts were started, and with what success (contract 12.6).
struct StartCounts {
  std::uint64_t attempts = 0;
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;
};

// A worker's part in the rebalances of its group (contract 12.7).
struct RebalanceCounts {
  std::string protocol; // `sessioned`; empty before the first
  std::string leader_url;
  std::int32_t epoch = 0; // the generation
  bool rebalancing = true;
  metrics::MeasureReading time_ms; // from what is assigned to the start of it, of all completed
  std::optional<Duration> since_last;
};

// A worker as a member of its group (contract 12.9).
struct MemberCounts {
  cluster::MembershipFigures group;
  std::size_t connectors = 0; // assigned to it
  std::size_t tasks = 0;
};

// What a herder counts, for metrics.
struct WorkerFigures {
  std::string worker_id;
  StartCounts connectors, tasks;
  metrics::MeasureReading tick_us;           // for how long the control thread was kept, each time
  std::optional<RebalanceCounts> rebalances; // of a worker of a cluster
  std::optional<MemberCounts> member;        // likewise
  std::map<std::string, std::uint64_t> skipped_records; // that said nothing, by their topic's use
};

} // namespace host::herder
