#pragma once

#include "host/wire/coroutine.h" // first: see there

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "host/base/clock.h"

namespace host::cluster {

// A condition variable for coroutines of one thread: all who wait go on at each notify(), and look
// for themselves whether it concerns them.
class Signal {
public:
  explicit Signal(boost::asio::io_context &io) : timer_(io), io_(io) {
    timer_.expires_at(TimePoint::max());
  }

  void notify() { timer_.cancel(); }

  wire::Async<void> wait() {
    boost::system::error_code ignored;
    co_await timer_.async_wait(wire::awaited(ignored));
  }

  // Also goes on at that time.
  wire::Async<void> wait_until(TimePoint time) {
    boost::asio::steady_timer alarm(io_, time);
    alarm.async_wait([this](const boost::system::error_code &error) {
      if (!error)
        notify();
    });
    co_await wait();
  }

private:
  boost::asio::steady_timer timer_;
  boost::asio::io_context &io_;
};

} // namespace host::cluster
