#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "host/base/clock.h"
#include "host/base/error.h"

namespace host::kafka {

// Somebody who is told once, whoever is first: the one who has the answer, or the clock. Cheap to
// copy; any thread.
class Answer {
public:
  explicit Answer(std::function<void(Status)> done)
      : state_(std::make_shared<State>(std::move(done))) {}

  void operator()(Status status) const {
    if (!state_->told.test_and_set())
      std::exchange(state_->done, nullptr)(std::move(status));
  }
  bool told() const { return state_->told.test(); }

private:
  struct State {
    explicit State(std::function<void(Status)> d) : done(std::move(d)) {}
    std::function<void(Status)> done;
    std::atomic_flag told;
  };
  std::shared_ptr<State> state_;
};

// Answers that have a deadline. Any thread adds; the owner's thread asks for the next() deadline,
// waits no longer than that, and calls expire().
class Deadlines {
public:
  static constexpr TimePoint kNone = TimePoint::max();

  void add(const Answer &answer, TimePoint deadline) {
    if (deadline == kNone)
      return;
    std::lock_guard lock(mutex_);
    open_.emplace(deadline, answer);
  }
  TimePoint next() {
    std::lock_guard lock(mutex_);
    while (!open_.empty() && open_.begin()->second.told())
      open_.erase(open_.begin());
    return open_.empty() ? kNone : open_.begin()->first;
  }
  // Tells those whose time is up, without holding the lock.
  void expire(TimePoint now, const std::string &why) {
    for (const Answer &answer : take_until(now))
      answer(fail(Code::Timeout, why));
  }
  // Tells everybody.
  void cancel(const Status &why) {
    for (const Answer &answer : take_until(kNone))
      answer(why);
  }

private:
  std::vector<Answer> take_until(TimePoint time) {
    std::lock_guard lock(mutex_);
    std::vector<Answer> taken;
    while (!open_.empty() && open_.begin()->first <= time) {
      taken.push_back(open_.begin()->second);
      open_.erase(open_.begin());
    }
    return taken;
  }

  std::mutex mutex_;
  std::multimap<TimePoint, Answer> open_;
};

} // namespace host::kafka
