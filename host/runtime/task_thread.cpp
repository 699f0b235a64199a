#include "host/runtime/task_thread.h"

#include <exception>
#include <utility>

#include "host/base/log.h"
#include "host/base/thread.h"
#include "host/metrics/callback_guard.h"

namespace host::runtime {
namespace {

const log::Logger kLog{"sluice.task"};

} // namespace

TaskThread::TaskThread(TaskSpec spec, TaskHost &host, metrics::TaskSlot &slot, const Clock &clock)
    : spec_(std::move(spec)), host_(host), slot_(slot), clock_(clock),
      signals_(std::make_shared<Signals>(spec_.target)) {}

TaskThread::~TaskThread() {
  if (thread_.joinable())
    thread_.join();
}

void TaskThread::start() {
  slot_.incarnation.store(spec_.incarnation.value, std::memory_order_relaxed);
  slot_.created_ms.store(metrics::boottime_ms(), std::memory_order_relaxed);
  thread_ = std::thread([this] { run(); });
}

void TaskThread::set_target(TargetState target) {
  signals_->set_target(target);
  wake_loop();
}

void TaskThread::request_stop() {
  if (signals_->stopping())
    return;
  signals_->request_stop();
  host_.cancel();
  gate_.pass([this] { cancel_plugin(); });
  wake_loop();
}

bool TaskThread::wait_stopped(TimePoint deadline) {
  std::unique_lock lock(mutex_);
  return ended_changed_.wait_until(lock, deadline, [this] { return ended_; });
}

void TaskThread::run() noexcept {
  name_this_thread("task-" + spec_.id.text());
  const log::ScopedContext context(log::task_context(spec_.id.connector, spec_.id.number));
  Status result;
  try {
    result = body();
  } catch (const std::exception &e) {
    result = fail(Code::Internal, std::string("a defect of the host: ") + e.what());
  }
  report_end(result);
  stage(metrics::Stage::None);
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
    ended_changed_.notify_all();
  }
  host_.ended();
}

// Contract 6.5: a failure after the stop was asked for is no failure.
void TaskThread::report_end(const Status &result) {
  if (result) {
    host_.status(State::Unassigned, "");
    return;
  }
  if (stopping()) {
    kLog.warn("After being scheduled for shutdown, the task met an error: {}",
              result.error().trace());
    host_.status(State::Unassigned, "");
    return;
  }
  const std::string trace = result.error().trace();
  kLog.error("Task threw an uncaught and unrecoverable exception. Task is being killed and will "
             "not recover until manually restarted\n{}",
             trace);
  host_.status(State::Failed, trace);
}

void TaskThread::report(State state) {
  if (state == reported_)
    return;
  note_pause(state);
  reported_ = state;
  host_.status(state, "");
}

void TaskThread::note_pause(State next) {
  constexpr auto relaxed = std::memory_order_relaxed;
  const std::int64_t now_ms = metrics::boottime_ms();
  const std::int64_t since = slot_.paused_since_ms.load(relaxed);
  if (next == State::Paused && since == 0) {
    slot_.paused_since_ms.store(now_ms, relaxed);
  } else if (next != State::Paused && since != 0) {
    slot_.paused_ms.store(slot_.paused_ms.load(relaxed) + now_ms - since, relaxed);
    slot_.paused_since_ms.store(0, relaxed);
  }
}

bool TaskThread::wait_for_first_start() {
  stage(metrics::Stage::Waiting);
  std::uint64_t seen = 0;
  while (signals_->paused() && !stopping()) {
    report(State::Paused);
    signals_->wait(seen, TimePoint::max());
    add(slot_.ticks, 1);
  }
  return !stopping();
}

void count_returned(metrics::TaskSlot &slot) {
  const auto value = [](const std::atomic<std::uint64_t> &counter) {
    return counter.load(std::memory_order_relaxed);
  };
  const std::uint64_t done = value(slot.records_out) + value(slot.records_filtered) +
                             value(slot.records_dead_lettered) + value(slot.records_skipped) +
                             value(slot.records_returned);
  add(slot.records_returned, value(slot.records_in) - done);
}

} // namespace host::runtime
