#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/herder/worker_herder.h"

namespace host::herder {

// The herder of a worker of its own: configs and statuses in memory, generation 0 (contract 2.9).
// open() lets requests through once Kafka has answered. Owned by the app.
class StandaloneHerder final : public WorkerHerder {
public:
  StandaloneHerder(WorkerOptions options, const plugin::Catalog &catalog,
                   storage::OffsetStore &offsets, GroupCalls groups, const Clock &clock);

  // Creates these connectors and runs the requests that have waited; `started` gets the error of
  // the first one that could not be created. Any thread, once.
  void open(std::string kafka_cluster_id, std::vector<CreateRequest> connectors,
            Callback<void> started);
  std::shared_ptr<const Snapshot> snapshot() const override { return table().snapshot(); }
  void create(CreateRequest request, Callback<Changed> done) override;
  void put_config(std::string connector, SubmittedConfig config, Callback<Changed> done) override;
  void patch_config(std::string connector, SubmittedConfig patch, Callback<Changed> done) override;
  void remove(std::string connector, Callback<void> done) override;
  void set_target(std::string connector, TargetState target, Callback<void> done) override;
  void restart_connector(std::string connector, Callback<void> done) override;
  void restart(std::string connector, RestartFlags flags,
               Callback<std::shared_ptr<const ConnectorView>> done) override;
  void restart_task(TaskId task, Callback<void> done) override;
  Status check_internal(const http::Signature &signature, std::string_view body) const override;
  void put_task_configs(std::string connector, std::vector<StringMap> configs,
                        Callback<void> done) override;
  void fence_zombies(std::string connector, Callback<void> done) override;
  void set_cluster_log_level(std::string logger, std::string level, Callback<void> done) override;

  void on_topic_active(const TaskId &task, const std::string &topic) override;

private:
  // Makes changes visible, then answers.
  template <class T> void answer(const Callback<T> &done, Result<T> result) {
    table().publish();
    done(std::move(result));
  }
  std::string start_up() const override;
  bool runs_here(const TaskId &part) override;
  std::optional<StringMap> stored_config(const std::string &connector) const override;
  Result<StringMap> stopped_config(const std::string &connector) override;
  void forget_topics(const std::string &connector, Callback<void> done) override;

  // standalone_configs.cpp
  Job run_create(CreateRequest request, Callback<Changed> done);
  Job run_put(std::string name, SubmittedConfig config, Callback<Changed> done);
  Job run_patch(std::string name, SubmittedConfig patch, Callback<Changed> done);
  Job run_remove(std::string name, Callback<void> done);
  Job run_open(std::vector<CreateRequest> connectors, Callback<void> started);
  Job run_shutdown(std::function<void()> done) override;
  Status check_standard_input(const std::string &name, const StringMap &config);
  enum class Existing : std::uint8_t { Replace = 1, Refuse };
  Step<Result<Changed>> store(std::string name, SubmittedConfig config,
                              std::optional<TargetState> target, Existing existing);

  // standalone_states.cpp
  Job run_resume(std::string name, std::uint64_t epoch);
  Job run_stop(std::string name, Callback<void> done);
  Job run_restart_connector(std::string name, Callback<void> done) override;
  Job run_restart(std::string name, RestartFlags flags,
                  Callback<std::shared_ptr<const ConnectorView>> done);
  Job run_restart_task(TaskId task, Callback<void> done);
  void pause_or_resume(const std::string &name, TargetState target, const Callback<void> &done);
  void mark_restarting(Connector &connector, bool object, const std::vector<TaskId> &tasks);

  // standalone_tasks.cpp
  Step<Status> apply_tasks(std::string name, std::uint64_t epoch,
                           std::vector<StringMap> configs) override;
  void report(Connector &connector, std::int32_t part, State state, std::string trace) override;
};

} // namespace host::herder
