#pragma once

#include "host/base/clock.h"

namespace tests {

// A clock that a test moves.
class ManualClock final : public host::Clock {
public:
  host::TimePoint now() const override { return now_; }
  std::int64_t wall_ms() const override {
    return 1'700'000'000'000 + now_.time_since_epoch() / std::chrono::milliseconds(1);
  }
  void advance(host::Duration by) { now_ += by; }

private:
  host::TimePoint now_{};
};

} // namespace tests
