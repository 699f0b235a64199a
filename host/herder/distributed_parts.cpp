// What is assigned here, started and stopped.
#include <algorithm>
#include <map>
#include <utility>

#include "host/base/log.h"
#include "host/herder/distributed_herder.h"
#include "host/metrics/callback_guard.h"

namespace host::herder {
namespace {

const log::Logger kLog{"sluice.herder"};

} // namespace

Connector *DistributedHerder::mirror(const std::string &name) {
  const auto state = configs();
  const storage::ConnectorConfig *config = state->find(name);
  if (config == nullptr)
    return nullptr;
  Connector *connector = table().find(name);
  if (connector == nullptr)
    connector = &table().add(name);
  connector->config = config->config;
  connector->target = config->target_state;
  connector->task_configs = config->tasks;
  return connector;
}

void DistributedHerder::start_missing() {
  if (!assignment_ || stopping())
    return;
  for (const std::string &name : assignment_->connectors)
    if (objects_.insert(name).second)
      run_start_object(name);
  std::map<std::string, std::vector<TaskId>> missing;
  for (const TaskId &task : assignment_->tasks)
    if (!tasks_.contains(task))
      missing[task.connector].push_back(task);
  for (auto &[name, tasks] : missing)
    run_start_tasks(name, std::move(tasks));
}

// No connector has a line end in its name.
std::string DistributedHerder::stop_turn(const std::string &connector) { return "\n" + connector; }

bool DistributedHerder::is_assigned(const TaskId &task) const {
  return assignment_ && std::ranges::binary_search(assignment_->tasks, task);
}

Job DistributedHerder::run_start_object(std::string name) {
  Connector *connector = mirror(name);
  if (connector == nullptr || !objects_.contains(name))
    co_return;
  table().renew(*connector);
  const std::uint64_t epoch = connector->epoch;
  if (const Status started = co_await parts().start_object(name, epoch); !started) {
    kLog.error("Connector {} could not be started: {}", name, started.error().message());
    co_return;
  }
  (void)co_await parts().make_tasks(name, epoch);
}

// Tasks need their connector to be known to the supervisor; its object may run elsewhere.
Job DistributedHerder::run_start_tasks(std::string name, std::vector<TaskId> tasks) {
  const std::uint64_t revocations = revocations_;
  Turns::Turn no_stop = co_await turns().of(stop_turn(name));
  if (revocations != revocations_)
    co_return;
  std::erase_if(tasks, [this](const TaskId &task) { return !is_assigned(task); });
  Connector *connector = tasks.empty() || stopping() ? nullptr : mirror(name);
  if (connector == nullptr)
    co_return;
  if (!objects_.contains(name) && !connector->plugin) {
    auto spec = parts().spec(*connector);
    if (!spec) {
      for (const TaskId &task : tasks)
        say(task, State::Failed, spec.error().trace());
      co_return;
    }
    supervisor().start_connector(*std::move(spec), TargetState::Stopped, [](const Status &) {});
  }
  std::erase_if(tasks, [&](const TaskId &task) {
    return static_cast<std::size_t>(task.number) >= connector->task_configs.size() ||
           !tasks_.insert(task).second;
  });
  parts().start_tasks(*connector, tasks);
}

// The connector wants these tasks: the leader writes them where they differ from what is stored.
Step<Status> DistributedHerder::apply_tasks(std::string name, std::uint64_t epoch,
                                            std::vector<StringMap> wanted) {
  const auto state = configs();
  const storage::ConnectorConfig *stored = state->find(name);
  const Connector *connector = table().find(name, epoch);
  if (stored == nullptr || connector == nullptr)
    co_return Status();
  const bool same = stored->tasks == wanted && !stored->inconsistent && stored->applied &&
                    *stored->applied == stored->config;
  if (same)
    co_return Status();
  if (seat_.leads())
    co_return co_await store_tasks(std::move(name), std::move(wanted));
  if (!assignment_ || !cluster_.calls.send_tasks)
    co_return fail(Code::Retry, "the leader of the group is not known now");
  co_return co_await ask<Status>([&](auto done) {
    cluster_.calls.send_tasks(assignment_->leader_url, name, std::move(wanted), std::move(done));
  });
}

// As leader. A connector that was stopped in the meantime has no tasks.
Step<Status> DistributedHerder::store_tasks(std::string name, std::vector<StringMap> tasks) {
  Turns::Turn turn = co_await turns().of(name);
  const auto state = configs();
  const storage::ConnectorConfig *stored = state->find(name);
  if (stored == nullptr)
    co_return fail(Code::NotFound, "Connector " + name + " not found");
  if (stored->target_state == TargetState::Stopped)
    co_return Status();
  co_return co_await ask<Status>(
      [&](auto done) { configs_.put_task_configs(name, tasks, std::move(done)); });
}

// Of tasks that were stopped to start again: those that were revoked meanwhile, or are no more.
void DistributedHerder::erase_gone(const Connector &connector, std::vector<TaskId> &tasks) const {
  std::erase_if(tasks, [&](const TaskId &task) {
    return !tasks_.contains(task) ||
           static_cast<std::size_t>(task.number) >= connector.task_configs.size();
  });
}

// Without its lease this worker may have lost what runs here, and whoever has it now has said so.
void DistributedHerder::say(const TaskId &part, State state, std::string trace) {
  if (metrics::boottime_ms() >= lease_until_boottime_ms_)
    return;
  storage::WorkerStatus status;
  status.state = state;
  if (!trace.empty())
    status.trace = std::move(trace);
  status.worker_id = options().worker_id;
  status.generation = seat_.generation;
  if (const Connector *connector = table().find(part.connector); connector && connector->plugin)
    status.version = connector->plugin->descriptor.version;
  const bool careful = state == State::Failed || state == State::Unassigned;
  const storage::StatusSubject subject = part.number == link::kConnectorItself
                                             ? storage::StatusSubject(part.connector)
                                             : storage::StatusSubject(part);
  statuses_.put(subject, status,
                careful ? storage::StatusStore::Put::Safe : storage::StatusStore::Put::Plain);
}

// A connector of which nothing runs here is nobody's business here.
void DistributedHerder::forget_if_idle(const std::string &name) {
  const auto first = tasks_.lower_bound(TaskId{name, 0});
  if (objects_.contains(name) || (first != tasks_.end() && first->connector == name))
    return;
  if (table().find(name) == nullptr)
    return;
  table().erase(name);
  supervisor().remove_connector(name, [name](const Status &removed) {
    if (!removed)
      kLog.warn("While removing connector {}: {}", name, removed.error().message());
  });
}

} // namespace host::herder
