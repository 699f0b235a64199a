#pragma once

#include <time.h>

#include <cstdint>
#include <optional>

#include "host/base/error.h"

namespace host {

// Kills this process with SIGKILL at a set time, from within the kernel: also when all of its
// threads are stopped, spin or hang. It does not survive exec and is not inherited by a fork. One
// thread at a time.
class DeathTimer {
public:
  DeathTimer() = default;
  ~DeathTimer();
  DeathTimer(const DeathTimer &) = delete;
  DeathTimer &operator=(const DeathTimer &) = delete;

  // In milliseconds of CLOCK_BOOTTIME, which goes on while the machine sleeps; replaces an earlier
  // time. A time that is over kills at once.
  Status arm(std::int64_t boottime_ms);
  void disarm();

private:
  std::optional<timer_t> timer_;
};

} // namespace host
