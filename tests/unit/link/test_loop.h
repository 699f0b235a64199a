#pragma once

#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "host/link/io_loop.h"

namespace host::link {

// A loop on its own thread; call() runs something there and waits for it.
class TestLoop {
public:
  TestLoop() { loop.start("test-loop"); }
  ~TestLoop() { loop.stop(); }

  template <class F> auto call(F f) {
    std::packaged_task<decltype(f())()> task(std::move(f));
    auto result = task.get_future();
    loop.post([&] { task(); });
    return result.get();
  }

  IoLoop loop;
};

// What happened, in order, with a way to wait for it.
class Journal {
public:
  void add(std::string entry) {
    std::lock_guard lock(mutex_);
    entries_.push_back(std::move(entry));
    changed_.notify_all(); // under the lock: who waits may end the journal at once
  }

  // The first `count` entries, once there are so many. Fails the test after ten seconds.
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    const bool there =
        changed_.wait_for(lock, std::chrono::seconds(10), [&] { return entries_.size() >= count; });
    EXPECT_TRUE(there) << "only " << entries_.size() << " of " << count << " entries came";
    return entries_;
  }
  std::vector<std::string> now() {
    std::lock_guard lock(mutex_);
    return entries_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> entries_;
};

} // namespace host::link
