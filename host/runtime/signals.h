#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/base/state.h"

namespace host::runtime {

// What other threads want of a task loop. Written by any thread, read by the loop; shared, because
// an answer of the host or a plugin's own thread may come after the task's end.
class Signals {
public:
  explicit Signals(TargetState target) : target_(target) {}

  void request_stop() {
    stop_.request_stop();
    notify();
  }
  bool stopping() const { return stop_.stop_requested(); }
  std::stop_token stop_token() const { return stop_.get_token(); }

  void set_target(TargetState target) {
    target_.store(target, std::memory_order_release);
    notify();
  }
  // Paused is what a task knows besides Started; Stopped is the connector's.
  bool paused() const { return target_.load(std::memory_order_acquire) != TargetState::Started; }

  // A failure that a plugin's own thread met; the first counts.
  void fail(Error error) {
    {
      std::lock_guard lock(mutex_);
      if (!failure_)
        failure_ = std::move(error);
    }
    failed_.store(true, std::memory_order_release);
    notify();
  }
  bool failed() const { return failed_.load(std::memory_order_acquire); }
  Error failure() const {
    std::lock_guard lock(mutex_);
    return *failure_;
  }

  void request_commit() { commit_.store(true, std::memory_order_release); }
  bool commit_requested() const { return commit_.load(std::memory_order_acquire); }
  bool take_commit_request() { return commit_.exchange(false, std::memory_order_acq_rel); }

  // Makes a wait look at its condition again.
  void notify() {
    {
      std::lock_guard lock(mutex_);
      ++version_;
    }
    changed_.notify_all();
  }

  // Waits for the next signal, or until the deadline; returns at once if there was one since
  // `seen`, which is brought up to date.
  void wait(std::uint64_t &seen, TimePoint deadline) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, deadline, [&] { return version_ != seen; });
    seen = version_;
  }

private:
  std::stop_source stop_;
  std::atomic<bool> failed_{false};
  std::atomic<bool> commit_{false};
  std::atomic<TargetState> target_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t version_ = 0;    // guarded by mutex_
  std::optional<Error> failure_; // guarded by mutex_
};

} // namespace host::runtime
