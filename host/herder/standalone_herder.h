#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "host/base/clock.h"
#include "host/base/ids.h"
#include "host/herder/connector_table.h"
#include "host/herder/herder.h"
#include "host/herder/offset_listing.h"
#include "host/herder/plugins.h"
#include "host/herder/runner_keys.h"
#include "host/herder/sink_members.h"
#include "host/herder/steps.h"
#include "host/herder/tick.h"
#include "host/herder/turns.h"
#include "host/herder/validation.h"
#include "host/herder/worker_parts.h"
#include "host/storage/offset_store.h"
#include "host/supervisor/supervisor.h"

namespace host::herder {

struct StandaloneOptions {
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

// The herder of a worker of its own: configs and statuses in memory, generation 0 (contract 2.9).
// One tick thread owns the state; sequences that wait for plugins do not hold it up, so a connector
// that hangs delays only requests on itself. start() runs the thread, open() lets requests through
// once Kafka has answered, stop() ends all connectors. Owned by the app; the supervisor is told to
// end only after stop(), and neither is destroyed before both have stopped.
class StandaloneHerder final : public Herder, public supervisor::Events {
public:
  StandaloneHerder(StandaloneOptions options, const plugin::Catalog &catalog,
                   storage::OffsetStore &offsets, GroupCalls groups, const Clock &clock);
  ~StandaloneHerder() override;

  void start(supervisor::Supervisor &supervisor);
  // Creates these connectors and runs the requests that have waited; `started` gets the error of
  // the first one that could not be created. Any thread, once.
  void open(std::string kafka_cluster_id, std::vector<CreateRequest> connectors,
            Callback<void> started);
  // New requests fail from now on. Any thread.
  void request_stop();
  // Stops all connectors and their tasks, then the thread.
  void stop();

  std::shared_ptr<const Snapshot> snapshot() const override { return table_.snapshot(); }
  void create(CreateRequest request, Callback<Changed> done) override;
  void put_config(std::string connector, SubmittedConfig config, Callback<Changed> done) override;
  void patch_config(std::string connector, SubmittedConfig patch, Callback<Changed> done) override;
  void remove(std::string connector, Callback<void> done) override;
  void set_target(std::string connector, TargetState target, Callback<void> done) override;
  void restart_connector(std::string connector, Callback<void> done) override;
  void restart(std::string connector, RestartFlags flags,
               Callback<std::shared_ptr<const ConnectorView>> done) override;
  void restart_task(TaskId task, Callback<void> done) override;
  void validate(SubmittedConfig config, Callback<config::ConfigInfos> done) override;
  void offsets(std::string connector, Callback<std::vector<ConnectorOffset>> done) override;
  void alter_offsets(std::string connector, std::optional<std::vector<OffsetChange>> changes,
                     Callback<std::string> done) override;
  void reset_topics(std::string connector, Callback<void> done) override;
  void put_task_configs(std::string connector, std::vector<StringMap> configs,
                        Callback<void> done) override;
  void fence_zombies(std::string connector, Callback<void> done) override;
  std::vector<PluginInfo> plugins(bool connectors_only) const override;
  Result<std::vector<config::ConfigKey>>
  plugin_config(const std::string &plugin,
                const std::optional<std::string> &version) const override;
  void set_log_level(const std::string &prefix, const std::string &level) override;
  void ping(Callback<void> done) override;
  bool ready() const override { return ready_.load(); }
  std::optional<Stage> stage() const override;

  void on_status(const TaskId &task, State state, std::string trace) override;
  void on_reconfigure_requested(const std::string &connector) override;
  void on_topic_active(const TaskId &task, const std::string &topic) override;

  // For tests, which run it themselves instead of start()ing the thread.
  Tick &tick() { return tick_; }
  void use(supervisor::Supervisor &supervisor);
  Jobs &jobs() { return jobs_; }

private:
  // Queues a request for the thread, behind open().
  template <class T> void request(Callback<T> done, std::function<void(Callback<T>)> work);
  // Makes changes visible, then answers.
  template <class T> void answer(const Callback<T> &done, Result<T> result) {
    table_.publish();
    done(std::move(result));
  }
  template <class R> auto ask(std::function<void(std::function<void(R)>)> start) {
    return Answer<R>(tick_, std::move(start));
  }

  // standalone_configs.cpp
  Job run_create(CreateRequest request, Callback<Changed> done);
  Job run_put(std::string name, SubmittedConfig config, Callback<Changed> done);
  Job run_patch(std::string name, SubmittedConfig patch, Callback<Changed> done);
  Job run_remove(std::string name, Callback<void> done);
  Job run_validate(SubmittedConfig config, Callback<config::ConfigInfos> done);
  Job run_open(std::vector<CreateRequest> connectors, Callback<void> started);
  Job run_shutdown(std::function<void()> done);
  Status check_standard_input(const std::string &name, const StringMap &config);
  enum class Existing : std::uint8_t { Replace = 1, Refuse };
  Step<Result<Changed>> store(std::string name, SubmittedConfig config,
                              std::optional<TargetState> target, Existing existing);

  // standalone_states.cpp
  Job run_resume(std::string name, std::uint64_t epoch);
  Job run_stop(std::string name, Callback<void> done);
  Job run_restart_connector(std::string name, Callback<void> done);
  Job run_restart(std::string name, RestartFlags flags,
                  Callback<std::shared_ptr<const ConnectorView>> done);
  Job run_restart_task(TaskId task, Callback<void> done);
  void pause_or_resume(const std::string &name, TargetState target, const Callback<void> &done);
  void mark_restarting(Connector &connector, bool object, const std::vector<TaskId> &tasks);

  // standalone_offsets.cpp
  Job run_alter_offsets(std::string name, std::optional<std::vector<OffsetChange>> changes,
                        Callback<std::string> done);

  // standalone_tasks.cpp
  Step<Status> replace_tasks(std::string name, std::uint64_t epoch, std::vector<StringMap> configs);
  void set_status(Connector &connector, std::int32_t part, State state, std::string trace);

  const StandaloneOptions options_;
  const Clock &clock_;
  const Plugins plugins_;
  storage::OffsetStore &offsets_;
  const GroupCalls groups_;
  supervisor::Supervisor *supervisor_ = nullptr;

  ConnectorTable table_;
  SinkMembers members_;
  bool open_ = false;           // tick thread
  std::deque<Tick::Work> held_; // tick thread: requests that wait for open()
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> ready_ = false;
  const std::int64_t began_wall_ms_;

  Tick tick_;
  Turns turns_{tick_};
  Jobs jobs_; // last: frames hold turns
  WorkerParts parts_;
};

} // namespace host::herder
