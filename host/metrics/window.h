#pragma once

#include <cstdint>
#include <deque>

#include "host/base/clock.h"

namespace host::metrics {

// What a pair of counters did of late, from samples of them: Kafka's rates and averages over two
// windows of 30 s (contract 12.1), without a word of the code that counts. One thread.
class Window {
public:
  explicit Window(Duration length = Duration{60'000}) : length_(length) {}

  // Takes a sample; a counter that went down began anew, and so does the window.
  void sample(TimePoint now, std::uint64_t count, std::uint64_t events = 0) {
    if (!samples_.empty() && (count < samples_.back().count || events < samples_.back().events))
      samples_.clear();
    if (samples_.empty() || now - samples_.back().at >= kSpacing)
      samples_.push_back({now, count, events});
    while (samples_.size() > 1 && now - samples_.front().at > length_)
      samples_.pop_front();
    latest_ = {now, count, events};
  }

  // Counts a second; 0 while there is one sample only.
  double rate() const {
    const double seconds =
        samples_.empty() ? 0
                         : std::chrono::duration<double>(latest_.at - samples_.front().at).count();
    return seconds <= 0 ? 0 : static_cast<double>(counted()) / seconds;
  }
  // Counts for each event: NaN without any, as Kafka shows an empty average.
  double average() const {
    const std::uint64_t events = samples_.empty() ? 0 : latest_.events - samples_.front().events;
    return static_cast<double>(counted()) / static_cast<double>(events);
  }

private:
  static constexpr Duration kSpacing{1'000};
  struct Sample {
    TimePoint at;
    std::uint64_t count = 0;
    std::uint64_t events = 0;
  };
  std::uint64_t counted() const {
    return samples_.empty() ? 0 : latest_.count - samples_.front().count;
  }

  const Duration length_;
  std::deque<Sample> samples_;
  Sample latest_;
};

} // namespace host::metrics
