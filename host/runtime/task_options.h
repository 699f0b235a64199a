#pragma once

#include <chrono>
#include <cstdint>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/runtime/task.h"

namespace host::runtime {

// What a loop needs to know of the configurations of its worker and connector.
struct TaskOptions {
  Duration commit_interval{60'000}; // offset.flush.interval.ms
  Duration commit_timeout{5'000};   // offset.flush.timeout.ms
  Duration close_timeout{5'000};    // task.shutdown.graceful.timeout.ms: closing the consumer
  // task.stall.timeout.ms: a poll that is asked to wait for long must end well before it.
  Duration stall_timeout{300'000};
  // source.in.flight.max.bytes: keys and values between poll and acknowledgement. A larger record
  // goes alone.
  std::int64_t in_flight_max_bytes = std::int64_t{32} << 20;
  // sink.retained.max.bytes: what a sink may hold beyond put before its partitions are paused.
  std::int64_t retained_max_bytes = std::int64_t{64} << 20;
};

// Worker keys by their names; a connector overrides its own with `sluice.<key>` in front. A value
// that is no number in range is a Config error naming the key.
Result<TaskOptions> task_options(const TaskSpec &spec);

} // namespace host::runtime
