#pragma once

#include <time.h>

#include <cstdint>

#include "host/metrics/task_slot.h"

namespace host::metrics {

// Milliseconds of CLOCK_BOOTTIME: the same clock in host and runner, and it runs on while the
// machine sleeps.
inline std::int64_t boottime_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

// The same in microseconds.
inline std::int64_t boottime_us() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
}

// Marks, for its scope, that this thread is inside a plugin's callback, so that the host can tell
// what a process died or hangs in. Guards nest; the outer mark comes back. One writer a slot. The
// time is stored before the mark, so that a reader that sees the mark never sees an older time.
class CallbackGuard {
public:
  CallbackGuard(TaskSlot &slot, Callback callback)
      : slot_(slot), outer_(slot.callback.load(std::memory_order_relaxed)),
        outer_since_ms_(slot.callback_since_ms.load(std::memory_order_relaxed)) {
    slot_.callback_since_ms.store(boottime_ms(), std::memory_order_release);
    slot_.callback.store(static_cast<std::uint32_t>(callback), std::memory_order_release);
  }
  ~CallbackGuard() {
    slot_.callback.store(outer_, std::memory_order_release);
    slot_.callback_since_ms.store(outer_since_ms_, std::memory_order_release);
  }
  CallbackGuard(const CallbackGuard &) = delete;
  CallbackGuard &operator=(const CallbackGuard &) = delete;

private:
  TaskSlot &slot_;
  std::uint32_t outer_;
  std::int64_t outer_since_ms_;
};

} // namespace host::metrics
