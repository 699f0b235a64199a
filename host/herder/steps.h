#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <optional>
#include <unordered_set>
#include <utility>

#include "host/herder/tick.h"

// Sequences on the herder's thread, written as coroutines: one that waits for another room's
// callback suspends, so a slow plugin keeps nobody else waiting.
namespace host::herder {

// A part of a sequence, with a result. Starts when it is awaited, is awaited once; owns its frame,
// so that a sequence which is given up frees its steps.
template <class T> class [[nodiscard]] Step {
public:
  struct promise_type {
    std::coroutine_handle<> waiter;
    std::optional<T> result;
    std::exception_ptr thrown;

    struct Final {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> done) noexcept {
        return done.promise().waiter;
      }
      void await_resume() noexcept {}
    };
    Step get_return_object() {
      return Step(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    Final final_suspend() noexcept { return {}; }
    void return_value(T value) { result.emplace(std::move(value)); }
    void unhandled_exception() { thrown = std::current_exception(); }
  };

  Step(Step &&other) noexcept : frame_(std::exchange(other.frame_, {})) {}
  Step &operator=(Step &&) = delete;
  ~Step() {
    if (frame_)
      frame_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) noexcept {
    frame_.promise().waiter = waiter;
    return frame_;
  }
  T await_resume() {
    if (frame_.promise().thrown)
      std::rethrow_exception(frame_.promise().thrown);
    return std::move(*frame_.promise().result);
  }

private:
  explicit Step(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  std::coroutine_handle<promise_type> frame_;
};

// The sequences that are under way. Owned by the herder; those that never end are freed with it.
class Jobs {
public:
  Jobs() = default;
  Jobs(const Jobs &) = delete;
  Jobs &operator=(const Jobs &) = delete;
  ~Jobs() { clear(); }
  // Only when nothing can resume one any more.
  void clear() {
    while (!frames_.empty())
      std::coroutine_handle<>::from_address(*frames_.begin()).destroy();
  }
  std::size_t size() const { return frames_.size(); }

private:
  friend struct Job;
  std::unordered_set<void *> frames_;
};

// Logs an exception that ended a sequence: a defect, or no memory. Its request is never answered
// and runs into its deadline.
void log_failed_job(std::exception_ptr thrown);

// A whole sequence: a member coroutine of a class that has jobs(). Runs at once up to its first
// wait, and frees itself at its end.
struct Job {
  struct promise_type {
    template <class Owner, class... Args>
    explicit promise_type(Owner &owner, Args &&...) : jobs(owner.jobs()) {
      jobs.frames_.insert(frame().address());
    }
    ~promise_type() { jobs.frames_.erase(frame().address()); }
    std::coroutine_handle<promise_type> frame() {
      return std::coroutine_handle<promise_type>::from_promise(*this);
    }
    Job get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { log_failed_job(std::current_exception()); }

    Jobs &jobs;
  };
};

// Awaits a callback of another room: `start` begins the call and passes on what it gets, from any
// thread; the sequence goes on on the herder's thread. If the herder stops first it never does.
template <class R> class Answer {
public:
  using Start = std::function<void(std::function<void(R)>)>;
  Answer(Tick &tick, Start start) : tick_(tick), start_(std::move(start)) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    // `this` is in the frame, which lives: it is freed by its own end, or after the last message.
    start_([this, waiter, &tick = tick_](R result) {
      tick.post([this, waiter, result = std::move(result)]() mutable {
        result_.emplace(std::move(result));
        waiter.resume();
      });
    });
  }
  R await_resume() { return std::move(*result_); }

private:
  Tick &tick_;
  Start start_;
  std::optional<R> result_;
};

} // namespace host::herder
