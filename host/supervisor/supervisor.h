#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/base/error.h"
#include "host/base/ids.h"
#include "host/base/state.h"
#include "host/base/strings.h"
#include "host/link/messages.h"
#include "host/link/page.h"

namespace host::supervisor {

enum class Isolation : std::uint8_t { Connector = 1, Task, None };

// When a lost process is given up, and what it may use. Worker keys `runner.*`, a connector's
// `sluice.runner.*` (design 3).
struct RunnerLimits {
  std::int32_t restart_max = 5;
  std::chrono::milliseconds restart_window{600'000};
  std::chrono::milliseconds restart_backoff{250};
  std::chrono::milliseconds restart_backoff_max{30'000};
  std::int64_t memory_max_bytes = std::int64_t{512} << 20;
  std::chrono::milliseconds stall_timeout{300'000};
  std::chrono::milliseconds graceful_timeout{5'000};
};

// All that is needed to start a connector's parts, again and again if its process is lost.
struct ConnectorSpec {
  std::string name;
  std::string plugin_path;
  std::string class_name;
  StringMap config; // resolved
  std::vector<std::string> secrets;
  Isolation isolation = Isolation::Connector;
  RunnerLimits limits;
};

// What the task loops of one runner count, for metrics.
struct TaskCounts {
  TaskId task;
  link::SlotReading slot;
};
struct RunnerCounts {
  std::string connector;
  std::int64_t pid = 0; // 0: none now, or the host itself
  std::vector<TaskCounts> tasks;
};

// What the herder is told. Called on the supervisor's thread: post it and return.
class Events {
public:
  virtual ~Events() = default;
  // `task.number == link::kConnectorItself` for the connector object. An unexpected loss of the
  // process is told as Restarting (trace says what was lost) and, past the limit, Failed.
  virtual void on_status(const TaskId &task, State state, std::string trace) = 0;
  virtual void on_reconfigure_requested(const std::string &connector) = 0;
  virtual void on_topic_active(const TaskId &task, const std::string &topic) = 0;
};

// Owns every runner: forks, watches, restarts and ends them, and carries the herder's wishes to
// them. Keeps what is wanted of each connector object and task, so that a lost process comes back
// with it. Calls may come from any thread; they return at once and call back on the supervisor's
// thread.
class Supervisor {
public:
  using Done = std::function<void(Status)>;
  using OnConfigs = std::function<void(Result<std::vector<StringMap>>)>;
  using OnValidated = std::function<void(Result<std::vector<link::ValidatedKey>>)>;
  using OnInspected = std::function<void(Result<std::string>)>;
  using OnAltered = std::function<void(Result<bool>)>;

  virtual ~Supervisor() = default;

  // Makes the connector known and brings its object to `target`; done when the plugin's `start` has
  // returned (Started) or nothing needed to run. Fails with the plugin's error, or the process's.
  virtual void start_connector(ConnectorSpec spec, TargetState target, Done done) = 0;
  // Gives later starts of the connector's tasks this spec; what runs keeps what it has.
  virtual void renew_connector(ConnectorSpec spec) = 0;
  // Connect's transitions of the object (contract 6.3): Paused and Stopped call the plugin's stop.
  virtual void set_connector_target(const std::string &connector, TargetState target,
                                    Done done) = 0;
  // Stops the object and forgets the connector. Its tasks must be stopped before.
  virtual void remove_connector(const std::string &connector, Done done) = 0;
  virtual void task_configs(const std::string &connector, std::int32_t max_tasks,
                            OnConfigs done) = 0;

  // Starts one task of a known connector; what becomes of it is told by on_status. A task that is
  // known already must be stopped before.
  virtual void start_task(const TaskId &task, StringMap config, TargetState target) = 0;
  virtual void set_task_target(const TaskId &task, TargetState target) = 0;
  // Stops all at once under one deadline, kills what is left, and forgets them.
  virtual void stop_tasks(std::vector<TaskId> tasks, Done done) = 0;

  // Served by a plugin runner of that file; a crash or hang fails this call and nothing else.
  virtual void validate(const std::string &plugin_path, const std::string &class_name,
                        StringMap config, OnValidated done) = 0;
  virtual void inspect(const std::string &plugin_path, OnInspected done) = 0;
  // Likewise: the connector's say in a change of its offsets; gives whether nothing is left for the
  // user to change elsewhere.
  virtual void alter_offsets(const ConnectorSpec &spec, std::vector<OffsetChange> changes,
                             OnAltered done) = 0;

  // What runs here may write until then (milliseconds of CLOCK_BOOTTIME): a runner that hears of no
  // later time kills itself, a worker with runners on its own threads does. With the first call all
  // runners of connectors are leased, those to come too; while the lease is over none is started,
  // and no offsets are taken.
  virtual void renew_lease(std::int64_t until_boottime_ms) = 0;
  // Of all runners that there are.
  virtual void read_counts(std::function<void(std::vector<RunnerCounts>)> done) = 0;

  virtual void set_log_level(const std::string &prefix, const std::string &level) = 0;
};

} // namespace host::supervisor
