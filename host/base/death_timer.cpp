#include "host/base/death_timer.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fmt/format.h>

namespace host {

DeathTimer::~DeathTimer() { disarm(); }

Status DeathTimer::arm(std::int64_t boottime_ms) {
  if (!timer_) {
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGKILL;
    timer_t timer;
    if (::timer_create(CLOCK_BOOTTIME, &event, &timer) != 0)
      return fail(Code::Internal, fmt::format("a timer for the end of the lease cannot be made: {}",
                                              std::strerror(errno)));
    timer_ = timer;
  }
  const std::int64_t at = std::max<std::int64_t>(boottime_ms, 1); // zero would disarm
  itimerspec when{};
  when.it_value.tv_sec = at / 1000;
  when.it_value.tv_nsec = at % 1000 * 1'000'000;
  if (::timer_settime(*timer_, TIMER_ABSTIME, &when, nullptr) != 0)
    return fail(Code::Internal, fmt::format("the timer for the end of the lease cannot be set: {}",
                                            std::strerror(errno)));
  return {};
}

void DeathTimer::disarm() {
  if (timer_)
    ::timer_delete(*timer_);
  timer_.reset();
}

} // namespace host
