#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/base/clock.h"
#include "host/base/ids.h"
#include "host/herder/connector_table.h"
#include "host/herder/group_calls.h"
#include "host/herder/herder.h"
#include "host/herder/plugins.h"
#include "host/herder/runner_keys.h"
#include "host/herder/sink_members.h"
#include "host/herder/steps.h"
#include "host/herder/tick.h"
#include "host/herder/turns.h"
#include "host/herder/validation.h"
#include "host/herder/worker_figures.h"
#include "host/herder/worker_parts.h"
#include "host/storage/offset_store.h"
#include "host/supervisor/supervisor.h"

namespace host::herder {

struct WorkerOptions {
  std::string worker_id; // host:port of the REST API
  RunnerSettings runner;
  ValidationContext validation;
  bool topic_tracking = true;
  bool topic_tracking_reset = true;
  // Bounds stop(): the runners' own deadline with some room.
  Duration stop_timeout{10'000};
  // In words for /health, while start-up is not complete; any thread.
  std::function<std::string()> waiting_for = [] { return std::string(); };
  MemberCalls members;
};

// What every worker's herder has: the tick thread that owns its state, the way of a request to it,
// the connector objects and tasks that run here, and all that does not depend on where configs and
// statuses are kept. Sequences that wait for plugins do not hold the thread up, so a connector that
// hangs delays only requests on itself.
//
// Life: start() runs the thread, the kind's own open() lets requests through, stop() ends all that
// runs here. Owned by the app; the supervisor is told to end only after stop(), and neither is
// destroyed before both have stopped.
class WorkerHerder : public Herder, public supervisor::Events {
public:
  void start(supervisor::Supervisor &supervisor);
  // New requests fail from now on. Any thread.
  void request_stop() { stopping_ = true; }
  // Stops all connectors and tasks that run here, then the thread.
  void stop();

  void validate(SubmittedConfig config, Callback<config::ConfigInfos> done) final;
  void offsets(std::string connector, Callback<std::vector<ConnectorOffset>> done) final;
  void alter_offsets(std::string connector, std::optional<std::vector<OffsetChange>> changes,
                     Callback<std::string> done) final;
  void reset_topics(std::string connector, Callback<void> done) final;
  std::vector<PluginInfo> plugins(bool connectors_only) const final;
  Result<std::vector<config::ConfigKey>>
  plugin_config(const std::string &plugin, const std::optional<std::string> &version) const final;
  void set_log_level(const std::string &prefix, const std::string &level) final;
  void follow_log_levels(LogLevels levels) final;
  void ping(Callback<void> done) final;
  bool ready() const final { return ready_.load(); }
  std::optional<Stage> stage() const final;

  // Any thread.
  virtual WorkerFigures figures() const;

  void on_status(const TaskId &task, State state, std::string trace) final;
  void on_reconfigure_requested(const std::string &connector) final;

  // For tests, which run it themselves instead of start()ing the thread.
  Tick &tick() { return tick_; }
  void use(supervisor::Supervisor &supervisor);
  Jobs &jobs() { return jobs_; }

protected:
  WorkerHerder(WorkerOptions options, const plugin::Catalog &catalog, storage::OffsetStore &offsets,
               GroupCalls groups, const Clock &clock);
  ~WorkerHerder() override;

  // Queues a request for the thread, behind set_open().
  template <class T> void request(Callback<T> done, std::function<void(Callback<T>)> work) {
    if (stopping_) {
      done(fail(shutting_down()));
      return;
    }
    if (!tick_.post([this, done, work = std::move(work)] { serve<T>(done, work); }))
      done(fail(shutting_down()));
  }
  // The same for one that needs to know who does what in the cluster.
  template <class T> void request_settled(Callback<T> done, std::function<void(Callback<T>)> work) {
    request<T>(std::move(done), [this, work = std::move(work)](Callback<T> done) {
      when_settled([work, done = std::move(done)] { work(done); });
    });
  }
  template <class R> auto ask(std::function<void(std::function<void(R)>)> start) {
    return Answer<R>(tick_, std::move(start));
  }

  const WorkerOptions &options() const { return options_; }
  const Clock &clock() const { return clock_; }
  const Plugins &catalog() const { return plugins_; }
  const ConnectorTable &table() const { return table_; }
  bool stopping() const { return stopping_; }
  void set_ready(bool ready) { ready_ = ready; }

  // Tick thread only.
  void set_open() { open_ = true; }
  // The requests that came before set_open().
  void serve_held();
  supervisor::Supervisor &supervisor() { return *supervisor_; }
  ConnectorTable &table() { return table_; }
  SinkMembers &members() { return members_; }
  Turns &turns() { return turns_; }
  WorkerParts &parts() { return parts_; }
  const LogLevels &log_levels() const { return log_levels_; }

private:
  template <class T>
  void serve(const Callback<T> &done, const std::function<void(Callback<T>)> &work) {
    if (stopping_)
      done(fail(shutting_down()));
    else if (open_)
      work(done);
    else
      held_.push_back([this, done, work] { serve<T>(done, work); });
  }

  // What the kinds of worker do in their own ways, all on the tick thread unless it says otherwise.

  // What a worker that waits for nothing does until it is ready. Any thread.
  virtual std::string start_up() const = 0;
  // What keeps a worker from its work that has been ready before; nothing if nothing does. Any
  // thread.
  virtual std::optional<Stage> interruption() const { return std::nullopt; }
  // Runs it once no rebalance is under way, or has been for too long.
  virtual void when_settled(Tick::Work work) { work(); }
  virtual Job run_shutdown(std::function<void()> done) = 0;
  virtual Job run_restart_connector(std::string name, Callback<void> done) = 0;
  // The raw config of a connector; nothing if there is none of that name.
  virtual std::optional<StringMap> stored_config(const std::string &connector) const = 0;
  // The raw config of a connector whose offsets may be changed here and now.
  virtual Result<StringMap> stopped_config(const std::string &connector) = 0;
  virtual void forget_topics(const std::string &connector, Callback<void> done) = 0;
  // A part that does not run here any more may have one last thing to say.
  virtual bool runs_here(const TaskId &part) = 0;
  virtual void report(Connector &connector, std::int32_t part, State state, std::string trace) = 0;
  // Makes these the connector's task configs, if they are others than it has.
  virtual Step<Status> apply_tasks(std::string name, std::uint64_t epoch,
                                   std::vector<StringMap> configs) = 0;

  static Error shutting_down() { return Error(Code::Fatal, "Worker is shutting down"); }
  WorkerParts::Setting parts_setting();
  Job run_validate(SubmittedConfig config, Callback<config::ConfigInfos> done);
  Job run_alter_offsets(std::string name, std::optional<std::vector<OffsetChange>> changes,
                        Callback<std::string> done);

  const WorkerOptions options_;
  const Clock &clock_;
  const Plugins plugins_;
  storage::OffsetStore &offsets_;
  const GroupCalls groups_;
  supervisor::Supervisor *supervisor_ = nullptr;

  ConnectorTable table_;
  SinkMembers members_;
  bool open_ = false;            // tick thread
  std::vector<Tick::Work> held_; // tick thread: requests that wait for set_open()
  LogLevels log_levels_ = [](const auto &, const auto &) {}; // tick thread
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> ready_ = false;
  const std::int64_t began_wall_ms_;

  Tick tick_;
  Turns turns_{tick_};
  Jobs jobs_; // last but one: frames hold turns
  WorkerParts parts_;
};

} // namespace host::herder
