#include "host/supervisor/restart_budget.h"

#include <algorithm>

namespace host::supervisor {
namespace {

// Delays vary by a fifth to both sides, so that connectors lost together do not return together.
constexpr double kJitter = 0.2;

Duration delay_of(std::int32_t number, const RunnerLimits &limits, double spread) {
  const double most = static_cast<double>(limits.restart_backoff_max.count());
  double delay = static_cast<double>(limits.restart_backoff.count());
  for (std::int32_t i = 1; i < number && delay < most; ++i)
    delay *= 2;
  delay = std::min(delay, most) * (1 - kJitter + 2 * kJitter * spread);
  return Duration(static_cast<std::int64_t>(std::min(delay, most)));
}

} // namespace

std::optional<RestartBudget::Restart>
RestartBudget::on_loss(TimePoint now, const RunnerLimits &limits, double spread) {
  while (!losses_.empty() && now - losses_.front() > limits.restart_window)
    losses_.pop_front();
  losses_.push_back(now);
  const auto number = static_cast<std::int32_t>(losses_.size());
  if (number > limits.restart_max) {
    losses_.clear();
    return std::nullopt;
  }
  return Restart{number, delay_of(number, limits, spread)};
}

} // namespace host::supervisor
