#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "host/base/clock.h"
#include "host/supervisor/supervisor.h"

namespace host::supervisor {

// Whether and when a lost runner comes back: exponential backoff with jitter, and an end when the
// losses within the window exceed `restart_max` (design 3). One per runner identity; plain value.
class RestartBudget {
public:
  struct Restart {
    std::int32_t number = 0; // of the losses in the window
    Duration delay{0};
  };

  // `spread` is a random number in [0, 1). Nothing when the runner is to be given up; the losses
  // are forgotten then, because the next start is a person's.
  std::optional<Restart> on_loss(TimePoint now, const RunnerLimits &limits, double spread);

private:
  std::deque<TimePoint> losses_;
};

} // namespace host::supervisor
