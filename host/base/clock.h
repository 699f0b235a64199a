#pragma once

#include <chrono>
#include <cstdint>

namespace host {

using Duration = std::chrono::milliseconds;
using TimePoint = std::chrono::steady_clock::time_point;

// Time as the code sees it, so that tests can own it. Called from any thread.
class Clock {
public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  // Milliseconds since the epoch, for timestamps that leave the process.
  virtual std::int64_t wall_ms() const = 0;
};

// The machine's own clocks.
class SystemClock final : public Clock {
public:
  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  std::int64_t wall_ms() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
};

} // namespace host
