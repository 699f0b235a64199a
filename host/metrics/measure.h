#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

namespace host::metrics {

// What is measured again and again, such as how long a call took: enough for its average and its
// largest value of late. One writer, any readers; may lie in a page that is shared with another
// process. Times are those of one clock, whichever it is.
struct Measure {
  static constexpr std::int64_t kWindowMs = 30'000; // the largest is of one or two of them

  std::atomic<std::uint64_t> count;
  std::atomic<std::uint64_t> sum;
  std::atomic<std::int64_t> window;                  // that largest[0] is of
  std::array<std::atomic<std::uint64_t>, 2> largest; // of that window, and of the one before

  void add(std::uint64_t value, std::int64_t now_ms) {
    constexpr auto relaxed = std::memory_order_relaxed;
    const std::int64_t present = now_ms / kWindowMs;
    const std::int64_t last = window.load(relaxed);
    if (present != last) {
      largest[1].store(present == last + 1 ? largest[0].load(relaxed) : 0, relaxed);
      largest[0].store(0, relaxed);
      window.store(present, relaxed);
    }
    if (value > largest[0].load(relaxed))
      largest[0].store(value, relaxed);
    sum.store(sum.load(relaxed) + value, relaxed);
    count.store(count.load(relaxed) + 1, relaxed);
  }
  void reset() {
    for (auto *cell : {&count, &sum, &largest[0], &largest[1]})
      cell->store(0, std::memory_order_relaxed);
    window.store(0, std::memory_order_relaxed);
  }
};

struct MeasureReading {
  std::uint64_t count = 0;
  std::uint64_t sum = 0;
  std::optional<std::uint64_t> largest; // nothing was measured of late
};

inline MeasureReading read(const Measure &measure, std::int64_t now_ms) {
  constexpr auto relaxed = std::memory_order_relaxed;
  MeasureReading reading{measure.count.load(relaxed), measure.sum.load(relaxed), std::nullopt};
  const std::int64_t age = now_ms / Measure::kWindowMs - measure.window.load(relaxed);
  if (reading.count == 0 || age < 0 || age > 1)
    return reading;
  const std::uint64_t present = measure.largest[0].load(relaxed);
  const std::uint64_t before = age == 0 ? measure.largest[1].load(relaxed) : 0;
  reading.largest = present > before ? present : before;
  return reading;
}

} // namespace host::metrics
