#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/base/ids.h"
#include "host/base/offset_record.h"
#include "host/base/state.h"
#include "host/base/strings.h"
#include "host/metrics/task_slot.h"

namespace host::plugin {
class Connector; // a loaded, checked connector class
}

namespace host::runtime {

// Where a task's words go. Implemented by the runner over the link; called on the task's thread.
class TaskHost {
public:
  using OnCommitted = std::function<void(Status)>;

  virtual ~TaskHost() = default;
  virtual void status(State state, std::string trace) = 0;
  virtual void topic_active(const std::string &topic) = 0;
  // Waits for the host's answer, or fails when the task is cancelled.
  virtual Result<std::vector<std::optional<std::string>>>
  read_offsets(std::vector<std::string> keys) = 0;
  // Returns at once; `done` runs on the runner's link thread.
  virtual void commit_offsets(std::vector<OffsetRecord> entries, OnCommitted done) = 0;
  // Any thread: read_offsets fails with Cancelled, now and later. The task's stop calls it when it
  // is known everywhere, so that this failure is no failure of the task.
  virtual void cancel() = 0;
  // The very last call of the task's thread, whatever the end was like; after it wait_stopped()
  // returns at once. Without it a stop is never answered.
  virtual void ended() {}
};

class ProducerPool; // the runner's shared at-least-once producer

struct TaskSpec {
  TaskId id;
  Incarnation incarnation;
  StringMap connector_config; // resolved
  StringMap task_config;      // resolved
  StringMap worker_config;    // resolved
  std::vector<std::string> secrets;
  TargetState target = TargetState::Started;
};

// One task: its own thread from start() to the end of stop. Made by make_task, owned by the runner.
// start() returns at once; failures arrive at TaskHost::status as Failed.
class Task {
public:
  virtual ~Task() = default;
  virtual void start() = 0;
  // Any thread; noted at the next turn of the loop.
  virtual void set_target(TargetState target) = 0;
  // Any thread, idempotent: cancels the plugin and makes the loop end (final commit, close, stop).
  virtual void request_stop() = 0;
  // True once the thread has ended. A task that does not end in time is left to its process's end.
  virtual bool wait_stopped(TimePoint deadline) = 0;
};

// Source or sink by the connector's kind. `slot` outlives the task; `pool` and `host` too.
std::unique_ptr<Task> make_task(TaskSpec spec, std::shared_ptr<const plugin::Connector> connector,
                                TaskHost &host, ProducerPool &pool, metrics::TaskSlot &slot,
                                const Clock &clock);

} // namespace host::runtime
