#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/base/ids.h"
#include "host/base/state.h"
#include "host/herder/connector_table.h"
#include "host/herder/plugins.h"
#include "host/herder/runner_keys.h"
#include "host/herder/sink_members.h"
#include "host/herder/steps.h"
#include "host/herder/submitted_config.h"
#include "host/herder/tick.h"
#include "host/herder/validation.h"
#include "host/herder/worker_figures.h"
#include "host/supervisor/supervisor.h"

namespace host::herder {

// The connector objects and tasks of this worker: from a stored config to what the supervisor is
// asked for (contract 6.4), with the values that config providers give (contract 11). Whose they
// are, what is stored and what is shown is the herder's. Owned by it; its thread only.
class WorkerParts {
public:
  struct Setting {
    const Plugins &plugins;
    const ValidationContext &validation;
    const RunnerSettings &runner;
    Tick &tick;
    Jobs &jobs;
    ConnectorTable &table;
    SinkMembers &members;
    // The raw config of a connector, which need not have parts here.
    std::function<std::optional<StringMap>(const std::string &name)> stored_config;
    // What has become of a part that could not be started.
    std::function<void(Connector &, std::int32_t part, State, std::string trace)> report;
    // Makes these the connector's task configs, if they are others than it has.
    std::function<Step<Status>(std::string name, std::uint64_t epoch, std::vector<StringMap>)>
        apply_tasks;
    // Values of config providers are not what the connector was started with.
    std::function<void(const std::string &name)> values_changed;
  };

  explicit WorkerParts(Setting setting) : set_(std::move(setting)) {}

  void use(supervisor::Supervisor &supervisor) { supervisor_ = &supervisor; }

  // Brings the connector object, of this config, to its target. Ends early when another request has
  // replaced it.
  Step<Status> start_object(std::string name, std::uint64_t epoch);
  // Asks the connector for task configs and applies them. A second call while one is under way
  // makes that one start over; what fails is tried again later.
  Step<Status> make_tasks(std::string name, std::uint64_t epoch);
  Job run_reconfigure(std::string name);
  // The supervisor restarts what it lost by itself; a connector that runs again may want other
  // tasks, or its first ones.
  void came_back(Connector &connector);

  // Of a connector whose object need not run here: it is made known first.
  void start_tasks(Connector &connector, const std::vector<TaskId> &tasks);
  Step<Status> stop_tasks(std::string name, std::vector<TaskId> tasks);
  // The same, and none of them comes back.
  Step<Status> end_tasks(std::string name, std::vector<TaskId> tasks);
  // The values of this moment, for tasks that start now.
  Status renew_values(Connector &connector);

  // What the supervisor is to know of the connector now; its config is resolved for that.
  Result<supervisor::ConnectorSpec> spec(Connector &connector) const;
  // Validates a config, with the plugin's own checks.
  Step<Result<config::ConfigInfos>> checked(SubmittedConfig config);
  // A client that sends back what it was shown means the passwords that are stored.
  SubmittedConfig with_known_passwords(const SubmittedConfig &config,
                                       const std::string &connector) const;

  // What has become of a part that was started here.
  void became(const TaskId &part, State state);
  // Any thread.
  StartCounts object_starts() const { return read(object_starts_); }
  StartCounts task_starts() const { return read(task_starts_); }

  Jobs &jobs() { return set_.jobs; }

private:
  template <class R> auto ask(std::function<void(std::function<void(R)>)> start) {
    return Answer<R>(set_.tick, std::move(start));
  }
  Status check_task_count(Connector &connector, std::size_t count);
  void reconfigure_later(Connector &connector, const Error &error);
  void fail_object(Connector &connector, const Error &error);

  Status resolve(Connector &connector) const;
  Result<supervisor::ConnectorSpec> spec_of(Connector &connector) const;
  void watch_values(const Connector &connector);
  void look_at_values(const std::string &name, std::uint64_t epoch);

  struct Starts {
    std::atomic<std::uint64_t> attempts = 0;
    std::atomic<std::uint64_t> successes = 0;
    std::atomic<std::uint64_t> failures = 0;
  };
  static StartCounts read(const Starts &starts) {
    return {starts.attempts, starts.successes, starts.failures};
  }

  const Setting set_;
  Starts object_starts_, task_starts_;
  std::set<TaskId> starting_; // tasks of which nothing has been heard
  supervisor::Supervisor *supervisor_ = nullptr;
};

} // namespace host::herder
