#pragma once

#include <condition_variable>
#include <mutex>

namespace host::runtime {

// Lets other threads into something as long as it lives, and its owner wait until they are out.
class Gate {
public:
  // Runs `f` unless the gate is closed. Any thread.
  template <class F> void pass(F &&f) {
    {
      std::lock_guard lock(mutex_);
      if (closed_)
        return;
      ++inside_;
    }
    f();
    {
      std::lock_guard lock(mutex_);
      --inside_;
    }
    left_.notify_all();
  }

  // Nobody comes in any more; returns when everybody is out.
  void close() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    left_.wait(lock, [this] { return inside_ == 0; });
  }
  void open() {
    std::lock_guard lock(mutex_);
    closed_ = false;
  }

private:
  std::mutex mutex_;
  std::condition_variable left_;
  bool closed_ = true;
  int inside_ = 0;
};

} // namespace host::runtime
