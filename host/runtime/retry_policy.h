#pragma once

#include <cstdint>
#include <random>

#include "host/base/clock.h"
#include "host/runtime/signals.h"

namespace host::runtime {

// errors.retry.timeout and errors.retry.delay.max.ms (contract 6.10): how often an operation on one
// record that failed with a Retry error is tried again. A value.
struct RetryPolicy {
  Duration timeout{0};        // since the first try; negative: without end
  Duration max_delay{60'000}; // around it pauses are random

  // The pause after the failed try number `attempt` (from 1), `left` of the timeout being left:
  // 300 ms, doubled with each try; where that is above max_delay, `random` (0 to 1) of max_delay.
  Duration pause(int attempt, double random, Duration left) const;
};

// The tries of one operation. Made at its first failure, on the task's thread, which waits here.
class Retries {
public:
  Retries(const RetryPolicy &policy, Signals &signals, const Clock &clock);

  enum class Next : std::uint8_t {
    Again = 1, // the pause is over
    GiveUp,    // the timeout is over
    Stopped,   // the task is to stop: the record is neither done nor failed
  };
  // After each failure.
  Next wait();

private:
  Duration left() const;

  const RetryPolicy &policy_;
  Signals &signals_;
  const Clock &clock_;
  const TimePoint began_;
  int attempt_ = 0;
  std::minstd_rand random_{std::random_device{}()};
};

} // namespace host::runtime
