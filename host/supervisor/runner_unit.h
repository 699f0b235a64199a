#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "host/base/ids.h"
#include "host/link/messages.h"
#include "host/storage/offset_store.h"
#include "host/supervisor/pending_calls.h"
#include "host/supervisor/plugin_file.h"
#include "host/supervisor/restart_budget.h"
#include "host/supervisor/runner.h"
#include "host/supervisor/supervisor.h"

namespace host::supervisor {

// What units use beside what runners use; owned by the supervisor.
struct UnitShared {
  RunnerShared &runners;
  Events &events;
  storage::OffsetStore *offsets; // none: source offsets cannot be kept
  std::mt19937_64 &random;
  std::uint64_t last_incarnation = 0;

  Incarnation next_incarnation() { return Incarnation(++last_incarnation); }
};

using SharedSpec = std::shared_ptr<const ConnectorSpec>;

// One runner identity (a connector and the plugin file that it was started with; with isolation
// `task` also a task) and all that is wanted in it. Has a process while it holds something that is
// to run; a lost one is replaced, with everything in it, until the restart budget is used up. A
// unit that has become empty ends its process and is dropped, it is never used again.
// Owned by the supervisor, on its loop's thread.
class RunnerUnit {
public:
  using Done = Supervisor::Done;

  RunnerUnit(UnitShared &shared, const ConnectorSpec &spec, PluginFile file, std::string title);
  ~RunnerUnit();
  RunnerUnit(const RunnerUnit &) = delete;
  RunnerUnit &operator=(const RunnerUnit &) = delete;

  // Called once, when it is empty and its process has ended; may destroy the unit.
  void set_on_dropped(std::function<void()> handler) { on_dropped_ = std::move(handler); }

  const std::string &connector() const { return connector_; }
  const PluginFile &file() const { return file_; }
  Isolation isolation() const { return isolation_; }
  bool empty() const { return !object_ && tasks_.empty(); }
  bool retired() const { return retired_; }
  std::int64_t pid() const { return runner_ ? runner_->pid() : 0; }

  // The connector object. `start_object` only while there is none.
  void start_object(SharedSpec spec, TargetState target, Done done);
  void set_object_target(TargetState target, Done done);
  void remove_object(Done done);
  void task_configs(std::int32_t max_tasks, Supervisor::OnConfigs done);

  void start_task(SharedSpec spec, std::int32_t number, StringMap config, TargetState target);
  void set_task_target(std::int32_t number, TargetState target);
  void stop_task(std::int32_t number, std::function<void()> done);

  // Forgets everything and ends the process; on_dropped follows.
  void shut_down();

  void look(TimePoint now, std::int64_t boottime_ms);
  RunnerCounts counts() const;
  void set_log_level(const std::string &prefix, const std::string &level);

  // The lease of the worker was renewed.
  void on_lease();
  // Runs on threads of this process.
  bool lives_here() const { return isolation_ == Isolation::None && runner_ != nullptr; }

private:
  // Waiting: to be sent to a runner (an object only if its target is Started). Sent: what it does
  // is told by the runner. Failed: left for a person.
  enum class Phase : std::uint8_t { Waiting = 1, Sent, Failed, Stopping };
  struct Part {
    SharedSpec spec;
    TargetState target = TargetState::Started;
    Phase phase = Phase::Waiting;
    bool held = false; // the present runner has it
    Incarnation incarnation;
    std::optional<State> told;
    std::string told_trace;
    link::Timer deadline; // while Stopping

    bool wanted() const {
      return (phase == Phase::Waiting && target == TargetState::Started) || phase == Phase::Sent;
    }
  };
  struct Object : Part {
    PendingCalls<Done> changes; // start and later targets
    std::vector<Done> removed;
  };
  struct Task : Part {
    StringMap config;
    std::uint32_t slot = 0;
    std::vector<std::function<void()>> stopped;
  };

  // The process.
  void ensure_runner();
  void start_runner();
  void on_open(link::Peer &peer);
  void on_ready();
  void on_ended(const Loss &loss);
  void settle_stopping();
  void log_loss(const Loss &loss) const;
  void replace_runner(const Loss &loss);
  bool told_lease_is_over() const;
  void await_lease(const Loss &loss);
  void mark_lost(State state, Phase phase, const std::string &trace);
  void end_hung(Duration waited);
  void drop_if_empty();

  // The object.
  void send_object();
  void change_held_object(TargetState target, Done done);
  void change_absent_object(TargetState target, const Done &done);
  void object_removed();

  // Tasks.
  void send_task(std::int32_t number);
  void task_stopped(std::int32_t number);
  std::uint32_t free_slot() const;

  // What the runner says.
  void on_status(const link::Status &status);
  void on_commit(link::CommitOffsets message, const link::Responder<link::Done> &responder);
  void on_read(link::ReadOffsets message, const link::Responder<link::OffsetsRead> &responder);
  void on_connector_failed(const link::ConnectorFailed &message);

  TaskId id_of(std::int32_t number) const { return {connector_, number}; }
  void tell(Part &part, std::int32_t number, State state, std::string trace = {});
  void fail_part(Part &part, std::int32_t number, const std::string &trace);

  UnitShared &shared_;
  const std::string connector_;
  const Isolation isolation_;
  const std::string title_;
  RunnerLimits limits_; // of the spec that came last
  PluginFile file_;
  std::function<void()> on_dropped_;
  std::optional<Object> object_;
  std::map<std::int32_t, Task> tasks_;
  std::unique_ptr<Runner> runner_;
  RestartBudget budget_;
  link::Timer restart_;
  PendingCalls<Supervisor::OnConfigs> asked_configs_;
  bool retired_ = false;
  bool awaits_lease_ = false; // to start its process
  std::int64_t told_lease_until_ = 0;
};

} // namespace host::supervisor
