#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "host/base/clock.h"
#include "host/metrics/callback_guard.h"
#include "host/runtime/gate.h"
#include "host/runtime/signals.h"
#include "host/runtime/task.h"

namespace host::runtime {

// What source and sink tasks have in common: the thread, the wishes of others, the status that is
// reported, and the catch-all at the thread's root. A subclass is the loop.
//
// Life: start() → the thread runs body() → a status says how it ended → TaskHost::ended. The object
// is destroyed only after its thread has ended.
class TaskThread : public Task {
public:
  TaskThread(TaskSpec spec, TaskHost &host, metrics::TaskSlot &slot, const Clock &clock);
  ~TaskThread() override;

  void start() final;
  void set_target(TargetState target) final;
  void request_stop() final;
  bool wait_stopped(TimePoint deadline) final;

protected:
  // The whole work, on the task's thread. An error is the task's failure.
  virtual Status body() = 0;
  // Any thread, must not block. Inside the gate: makes the plugin's calls return for good.
  virtual void cancel_plugin() = 0;
  // Makes a wait of the loop end, so that it sees its signals.
  virtual void wake_loop() = 0;

  const TaskSpec &spec() const { return spec_; }
  TaskHost &host() { return host_; }
  metrics::TaskSlot &slot() { return slot_; }
  TimePoint now() const { return clock_.now(); }
  const Clock &clock() const { return clock_; }
  Signals &signals() { return *signals_; }
  const std::shared_ptr<Signals> &shared_signals() const { return signals_; }
  bool stopping() const { return signals_->stopping(); }
  void stage(metrics::Stage stage) {
    slot_.stage.store(static_cast<std::uint32_t>(stage), std::memory_order_relaxed);
  }

  // Reports a state unless it is the one that was reported last.
  void report(State state);
  // While the target is Paused before anything was started. False: stop instead.
  bool wait_for_first_start();

  // Around calls that other threads may make to the plugin; open while it can be called.
  Gate gate_;

private:
  void run() noexcept;
  void report_end(const Status &result);
  void note_pause(State next);

  const TaskSpec spec_;
  TaskHost &host_;
  metrics::TaskSlot &slot_;
  const Clock &clock_;
  const std::shared_ptr<Signals> signals_;
  State reported_ = State::Unassigned;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable ended_changed_;
  bool ended_ = false; // guarded by mutex_
};

// Adds to a counter of the page; the loop is its only writer.
inline void add(std::atomic<std::uint64_t> &counter, std::uint64_t n) {
  counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}
// What began at `began_us` ends now; milliseconds of now, for other measures.
inline std::int64_t add_time(metrics::Measure &measure, std::int64_t began_us) {
  const std::int64_t now_us = metrics::boottime_us();
  measure.add(static_cast<std::uint64_t>(now_us - began_us), now_us / 1000);
  return now_us / 1000;
}
inline void put(std::atomic<std::uint64_t> &gauge, std::uint64_t value) {
  gauge.store(value, std::memory_order_relaxed);
}
// At the end of a task: records without an outcome by now are read again, from the offsets that are
// stored.
void count_returned(metrics::TaskSlot &slot);

} // namespace host::runtime
