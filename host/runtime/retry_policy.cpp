#include "host/runtime/retry_policy.h"

#include <algorithm>

namespace host::runtime {
namespace {

constexpr Duration kFirstPause{300};
constexpr int kMostDoublings = 40; // 300 ms × 2^40 is above every limit

} // namespace

Duration RetryPolicy::pause(int attempt, double random, Duration left) const {
  Duration pause = kFirstPause * (std::int64_t{1} << std::min(attempt - 1, kMostDoublings));
  if (pause > max_delay)
    pause = Duration(static_cast<std::int64_t>(static_cast<double>(max_delay.count()) * random));
  return std::max(std::min(pause, left), Duration(0));
}

Retries::Retries(const RetryPolicy &policy, Signals &signals, const Clock &clock)
    : policy_(policy), signals_(signals), clock_(clock), began_(clock.now()) {}

Duration Retries::left() const {
  if (policy_.timeout < Duration(0))
    return Duration::max();
  return std::chrono::ceil<Duration>(began_ + policy_.timeout - clock_.now());
}

Retries::Next Retries::wait() {
  ++attempt_;
  const Duration left = this->left();
  if (left <= Duration(0))
    return Next::GiveUp;
  const double random = std::uniform_real_distribution<double>(0, 1)(random_);
  const TimePoint until = clock_.now() + policy_.pause(attempt_, random, left);
  std::uint64_t seen = 0;
  while (!signals_.stopping() && clock_.now() < until)
    signals_.wait(seen, until);
  return signals_.stopping() ? Next::Stopped : Next::Again;
}

} // namespace host::runtime
