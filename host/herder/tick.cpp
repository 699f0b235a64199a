#include "host/herder/tick.h"

#include <cassert>
#include <exception>
#include <utility>

#include "host/base/thread.h"
#include "host/herder/steps.h"
#include "host/metrics/timing.h"

namespace host::herder {
namespace {

constexpr int kMostBetweenRests = 64;

} // namespace

metrics::MeasureReading Tick::times_us() const { return metrics::read(times_us_, clock_.now()); }

Tick::~Tick() { assert(!thread_.joinable()); }

void Tick::start(const std::string &thread_name) {
  thread_ = std::thread([this, thread_name] {
    name_this_thread(thread_name);
    loop();
  });
}

void Tick::stop() {
  request_stop();
  if (thread_.joinable())
    thread_.join();
}

void Tick::run_due() {
  for (bool worked = true; worked;) {
    worked = run_timer();
    while (auto work = mailbox_.try_take()) {
      run(*work);
      worked = true;
    }
  }
  rest();
}

void Tick::loop() {
  while (!mailbox_.closed()) {
    auto work = mailbox_.try_take();
    if (!work || ++since_rest_ >= kMostBetweenRests)
      rest();
    if (!work)
      work = timers_.empty() ? mailbox_.take() : mailbox_.take_until(timers_.begin()->first);
    if (work)
      run(*work);
    run_timer();
  }
}

bool Tick::run_timer() {
  if (timers_.empty() || timers_.begin()->first > clock_.now())
    return false;
  const Work work = std::move(timers_.begin()->second);
  timers_.erase(timers_.begin());
  run(work);
  return true;
}

void Tick::rest() {
  since_rest_ = 0;
  if (rest_)
    run(rest_);
}

// The thread's catch-all: what is thrown here is a defect of ours, and costs the one request.
void Tick::run(const Work &work) {
  const TimePoint began = clock_.now();
  try {
    work();
  } catch (...) {
    log_failed_job(std::current_exception());
  }
  metrics::add_time(times_us_, began, clock_.now());
}

} // namespace host::herder
