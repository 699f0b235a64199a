#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "host/base/clock.h"
#include "host/metrics/measure.h"

namespace host::cluster {

// What a member of a group has done in it so far (contract 12.9). Times are in microseconds, from a
// request to its answer.
struct MembershipFigures {
  std::string client_id;
  metrics::MeasureReading heartbeats; // with whatever answer
  metrics::MeasureReading joins;      // successful ones, as all that follows
  metrics::MeasureReading syncs;
  metrics::MeasureReading rebalances; // from the first attempt to join to what is assigned
  std::uint64_t failed_rebalances = 0;
  std::optional<Duration> since_heartbeat; // was sent; nothing: never
  std::optional<Duration> since_rebalance; // was completed
  struct Traffic {
    std::uint64_t closed = 0, opened = 0; // connections
    std::uint64_t responses = 0, requests = 0;
    std::uint64_t bytes_out = 0, bytes_in = 0;
  };
  Traffic traffic; // to and from brokers
};

// Where a membership counts them: on its thread, waiting for nobody. read() is any thread's.
class MembershipCounters {
public:
  void heartbeat_sent(TimePoint now);
  void heartbeat_answered(TimePoint sent, TimePoint now);
  void joined(TimePoint sent, TimePoint now);
  void synced(TimePoint sent, TimePoint now);
  // An attempt to join begins. Those that fail belong to the rebalance that follows.
  void rebalance_began(TimePoint now);
  void rebalance_failed();
  void rebalance_completed(TimePoint now);

  MembershipFigures read(TimePoint now) const;

private:
  metrics::Measure heartbeats_{}, joins_{}, syncs_{}, rebalances_{};
  std::atomic<std::uint64_t> failed_rebalances_ = 0;
  std::atomic<TimePoint> last_heartbeat_{TimePoint{}}; // the epoch: never
  std::atomic<TimePoint> last_rebalance_{TimePoint{}};
  std::optional<TimePoint> began_; // membership's thread: the rebalance under way
};

} // namespace host::cluster
