#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

#include "host/base/clock.h"

namespace host {

// A queue with many writers and one reader, which owns the state that the messages change. Any
// thread posts; the reader waits. After close(), what is queued is still handed out.
template <class T> class Mailbox {
public:
  // False once closed; the message is dropped then.
  bool post(T message) {
    {
      std::lock_guard lock(mutex_);
      if (closed_)
        return false;
      queue_.push_back(std::move(message));
    }
    ready_.notify_one();
    return true;
  }

  // Waits for a message. Empty when closed and drained.
  std::optional<T> take() {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [&] { return closed_ || !queue_.empty(); });
    return pop();
  }

  // Empty also when `deadline` passes first; ask closed() to tell the two apart.
  std::optional<T> take_until(TimePoint deadline) {
    std::unique_lock lock(mutex_);
    ready_.wait_until(lock, deadline, [&] { return closed_ || !queue_.empty(); });
    return pop();
  }

  std::optional<T> try_take() {
    std::lock_guard lock(mutex_);
    return pop();
  }

  void close() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    ready_.notify_all();
  }

  bool closed() const {
    std::lock_guard lock(mutex_);
    return closed_ && queue_.empty();
  }

private:
  std::optional<T> pop() {
    if (queue_.empty())
      return std::nullopt;
    std::optional<T> message(std::move(queue_.front()));
    queue_.pop_front();
    return message;
  }

  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<T> queue_;
  bool closed_ = false;
};

} // namespace host
