#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "tests/support/allocations.h"

namespace host::runtime::test {

// Counts what is allocated between record number `from` and record number `to` of a task.
class Window {
public:
  Window(std::uint64_t from, std::uint64_t to) : from_(from), to_(to) {}

  // So many records have passed; on the task's thread.
  void passed(std::uint64_t records) {
    if (records < from_)
      return;
    std::lock_guard lock(mutex_);
    if (!open_) {
      open_ = true;
      before_ = allocation_count();
      changed_.notify_all();
    } else if (!closed_ && records >= to_) {
      closed_ = true;
      allocations_ = allocation_count() - before_;
      changed_.notify_all();
    }
  }

  // False if they did not come so far.
  bool wait_open() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), [this] { return open_; });
  }
  // False if not all of the records came.
  bool wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), [this] { return closed_; });
  }
  std::size_t allocations() const { return allocations_; }

private:
  const std::uint64_t from_, to_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  bool closed_ = false;
  std::size_t before_ = 0;
  std::size_t allocations_ = 0;
};

} // namespace host::runtime::test
