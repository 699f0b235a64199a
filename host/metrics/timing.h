#pragma once

#include <chrono>
#include <cstdint>

#include "host/base/clock.h"
#include "host/metrics/measure.h"

namespace host::metrics {

// Measures of how long something took, in microseconds, by a host's Clock.

inline std::int64_t window_time_ms(TimePoint time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

inline void add_time(Measure &measure_us, TimePoint began, TimePoint ended) {
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(ended - began).count();
  measure_us.add(took > 0 ? static_cast<std::uint64_t>(took) : 0, window_time_ms(ended));
}

inline MeasureReading read(const Measure &measure, TimePoint now) {
  return read(measure, window_time_ms(now));
}

} // namespace host::metrics
