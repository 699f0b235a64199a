#pragma once

#include <cstdint>
#include <future>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "host/link/in_process.h"
#include "host/link/io_loop.h"
#include "host/supervisor/plugin_runner.h"
#include "host/supervisor/runner_unit.h"
#include "host/supervisor/settings.h"
#include "host/supervisor/supervisor.h"

namespace host::supervisor {

// The Supervisor on real runners. It keeps, by connector, what is wanted and in which unit it
// lives; units do the rest. Made and owned by the app; `events` and `offsets` outlive it.
//
// Life: start() begins the thread and the template; request_stop() (any thread) ends every runner,
// gracefully first; stop() waits for that, each step with a deadline, and joins. Calls after
// request_stop fail with Cancelled.
class RunnerSupervisor final : public Supervisor {
public:
  // `start_in_process` makes runners on threads of this process; without it isolation `none` fails.
  RunnerSupervisor(Settings settings, Events &events, storage::OffsetStore *offsets,
                   link::StartInProcess start_in_process = {});
  ~RunnerSupervisor() override;

  void start();
  void request_stop();
  void stop();

  void start_connector(ConnectorSpec spec, TargetState target, Done done) override;
  void renew_connector(ConnectorSpec spec) override;
  void set_connector_target(const std::string &connector, TargetState target, Done done) override;
  void remove_connector(const std::string &connector, Done done) override;
  void task_configs(const std::string &connector, std::int32_t max_tasks, OnConfigs done) override;
  void start_task(const TaskId &task, StringMap config, TargetState target) override;
  void set_task_target(const TaskId &task, TargetState target) override;
  void stop_tasks(std::vector<TaskId> tasks, Done done) override;
  void validate(const std::string &plugin_path, const std::string &class_name, StringMap config,
                OnValidated done) override;
  void inspect(const std::string &plugin_path, OnInspected done) override;
  void alter_offsets(const ConnectorSpec &spec, std::vector<OffsetChange> changes,
                     OnAltered done) override;
  void renew_lease(std::int64_t until_boottime_ms) override;
  void read_counts(std::function<void(std::vector<RunnerCounts>)> done) override;
  void set_log_level(const std::string &prefix, const std::string &level) override;

  // Process numbers, for tests and metrics: of the template (0: none now) and of all runners.
  std::future<pid_t> template_pid();
  std::future<std::vector<std::int64_t>> runner_pids();

private:
  using Units = std::list<std::unique_ptr<RunnerUnit>>;
  struct Connector {
    std::uint64_t id = 0; // tells entries of one name apart
    SharedSpec spec;
    RunnerUnit *object = nullptr;
    bool removing = false; // an earlier object, to make room for the next
    std::optional<std::pair<TargetState, Done>> next;
    std::map<std::int32_t, RunnerUnit *> tasks;
    std::vector<RunnerUnit *> units;
  };

  void set_next(Connector &connector, TargetState target, Done done);
  void start_next(Connector &connector);
  void on_object_removed(const std::string &name, std::uint64_t id);
  RunnerUnit &unit_for(Connector &connector, std::int32_t number);
  Connector *find(const std::string &connector);
  void drop_unit(Units::iterator place);
  PluginRunner &plugin_runner(const std::string &path);
  void drop_plugin_runner(const std::string &path);
  void limit_memory();
  void settle_own_lease();
  void begin_stop();
  void settle_stop();
  void watch();
  // Runs on the loop's thread; `refuse` instead once a stop was requested.
  void call(std::function<void()> action, std::function<void(Error)> refuse);

  Settings settings_;
  link::StartInProcess start_in_process_;
  link::IoLoop loop_;
  Redactor redactor_;
  LogRelay logs_{redactor_};
  Reaper reaper_{loop_};
  RunnerStarter starter_;
  RunnerShared shared_;
  std::mt19937_64 random_;
  UnitShared units_shared_;
  Units units_;
  std::map<std::string, Connector> connectors_;
  std::map<std::string, std::unique_ptr<PluginRunner>> plugin_runners_;
  std::uint64_t last_id_ = 0;
  link::Timer watch_;
  bool stopping_ = false;
  std::promise<void> stopped_; // all runners are gone
  bool all_gone_ = false;
  bool started_ = false;
};

} // namespace host::supervisor
