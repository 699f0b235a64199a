// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <limits>

#include "sluice/errors.hpp"

namespace sluice::inline v0 {

// What a source waits on: it wakes for a notification, for a readable descriptor, or when the time
// is over. wait() is for the task's thread; notify() for any, from cancel() and wake().
class waiter {
public:
  enum class result { notified, readable, timeout };

  waiter() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (event_ < 0)
      throw fatal_error("no eventfd to wait on: {}", std::strerror(errno));
  }
  ~waiter() { ::close(event_); }
  waiter(const waiter &) = delete;
  waiter &operator=(const waiter &) = delete;

  // Ends the wait that is under way, or else the next one.
  void notify() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(event_, &one, sizeof one);
  }

  // A descriptor of -1 is left out.
  result wait(std::chrono::milliseconds max_wait, int descriptor = -1) {
    std::array<pollfd, 2> watched{pollfd{.fd = event_, .events = POLLIN, .revents = 0},
                                  pollfd{.fd = descriptor, .events = POLLIN, .revents = 0}};
    constexpr std::int64_t kLongest = std::numeric_limits<int>::max();
    const auto timeout = std::clamp<std::int64_t>(max_wait.count(), 0, kLongest);
    if (::poll(watched.data(), watched.size(), static_cast<int>(timeout)) <= 0)
      return result::timeout; // also when a signal came: the caller looks at its clock anyway
    if (watched[0].revents != 0) {
      std::uint64_t count = 0;
      [[maybe_unused]] const auto cleared = ::read(event_, &count, sizeof count);
      return result::notified;
    }
    return result::readable;
  }

private:
  int event_;
};

} // namespace sluice::inline v0
