// What the config topic says has changed (contract 6.11).
#include <utility>

#include "host/base/log.h"
#include "host/herder/distributed_herder.h"

namespace host::herder {
namespace {

const log::Logger kLog{"sluice.herder"};

bool failed(const storage::WorkerStatus *status) {
  return status != nullptr && status->state == State::Failed;
}

} // namespace

void DistributedHerder::on_config_event(const storage::ConfigEvent &event) {
  tick().post([this, event] { std::visit([this](const auto &what) { changed(what); }, event); });
}

void DistributedHerder::changed(const storage::ConnectorConfigured &event) {
  if (event.is_new)
    rejoin("connector " + event.connector + " is new");
  // A new one too: it may have been deleted a moment ago, and still run here.
  if (objects_.contains(event.connector) || table().find(event.connector) != nullptr)
    run_new_config(event.connector);
}

void DistributedHerder::changed(const storage::ConnectorRemoved &event) {
  rejoin("connector " + event.connector + " was deleted");
}

void DistributedHerder::changed(const storage::TasksCommitted &event) {
  joining_ = true;
  run_tasks_committed(event.connector);
}

void DistributedHerder::changed(const storage::TargetStateChanged &event) {
  if (!objects_.contains(event.connector) && table().find(event.connector) == nullptr)
    return;
  Connector *connector = mirror(event.connector);
  if (connector == nullptr)
    return;
  const TargetState target = connector->target;
  // The tasks of what is stopped go, with a commit of none.
  if (target != TargetState::Stopped)
    for (const TaskId &task : connector->task_ids())
      if (tasks_.contains(task))
        supervisor().set_task_target(task, target);
  if (!objects_.contains(event.connector))
    return forget_if_idle(event.connector);
  if (target == TargetState::Started) {
    run_resume(event.connector);
    return;
  }
  connector->running = false;
  supervisor().set_connector_target(
      event.connector, target, [name = event.connector](const Status &done) {
        if (!done)
          kLog.error("Connector {}: {}", name, done.error().message());
      });
}

// Whoever signs or checks asks the store for the newest; here it is only made.
void DistributedHerder::changed(const storage::SessionKeyChanged &) { renew_session_key(); }

// Requests that come together are one: it is served after all messages that are here by now, and
// later ones find it until its turn has come (contract 3.2).
void DistributedHerder::changed(const storage::RestartRequest &event) {
  const auto [waiting, is_first] = restarts_.try_emplace(event.connector, event);
  if (is_first)
    tick().post([this, name = event.connector] { run_restart_request(name); });
  else if (event.impact() > waiting->second.impact())
    waiting->second = event;
}

void DistributedHerder::changed(const storage::LoggerLevelChanged &event) {
  log_levels()(event.logger, event.level);
}

// Of a connector that this worker has parts of: the object is restarted, and its task configs
// decide about the tasks.
Job DistributedHerder::run_new_config(std::string name) {
  Turns::Turn turn = co_await turns().of(name);
  if (mirror(name) == nullptr || !objects_.contains(name))
    co_return;
  turn.end();
  run_start_object(name);
}

// Tasks of the older configs stop now, wherever they are; the newer ones start where the next
// generation puts them.
Job DistributedHerder::run_tasks_committed(std::string name) {
  Turns::Turn turn = co_await turns().of(name);
  std::vector<TaskId> old;
  for (const TaskId &task : tasks_)
    if (task.connector == name)
      old.push_back(task);
  (void)mirror(name);
  (void)co_await stop_parts({}, std::move(old));
  rejoin("connector " + name + " has new tasks");
}

Job DistributedHerder::run_resume(std::string name) {
  Connector *connector = table().find(name);
  const std::uint64_t epoch = connector->epoch;
  connector->in_transition = true;
  Status resumed = co_await ask<Status>([&](auto done) {
    supervisor().set_connector_target(name, TargetState::Started, std::move(done));
  });
  connector = table().find(name, epoch);
  if (connector == nullptr)
    co_return;
  connector->in_transition = false;
  if (!resumed) {
    kLog.error("Connector {} could not be resumed: {}", name, resumed.error().message());
    co_return;
  }
  connector->running = connector->target == TargetState::Started;
  // Resuming after a stop makes the tasks anew.
  (void)co_await parts().make_tasks(name, epoch);
}

// Every worker restarts what it has of the connector, by the statuses that it sees.
Job DistributedHerder::run_restart_request(std::string name) {
  Turns::Turn turn = co_await turns().of(name);
  const storage::RestartRequest request = restarts_.extract(name).mapped();
  const auto statuses = statuses_.snapshot();
  const storage::ConnectorStatuses *said = statuses->find(name);
  Connector *connector = table().find(name);
  if (said == nullptr || connector == nullptr)
    co_return;
  const bool object =
      objects_.contains(name) &&
      (!request.only_failed || failed(said->connector ? &*said->connector : nullptr));
  std::vector<TaskId> tasks;
  for (const TaskId &task : tasks_) {
    const auto status = said->tasks.find(task.number);
    const bool wanted =
        !request.only_failed || failed(status == said->tasks.end() ? nullptr : &status->second);
    if (request.include_tasks && task.connector == name && wanted)
      tasks.push_back(task);
  }
  const std::uint64_t revocations = revocations_;
  Turns::Turn stops = co_await turns().of(stop_turn(name));
  (void)co_await parts().stop_tasks(name, tasks);
  connector = mirror(name);
  if (connector == nullptr || revocations != revocations_)
    co_return;
  erase_gone(*connector, tasks);
  // What restarts keeps the trace of why.
  const auto trace = [](const storage::WorkerStatus &status) { return status.trace.value_or(""); };
  if (object && said->connector && objects_.contains(name))
    say({name, link::kConnectorItself}, State::Restarting, trace(*said->connector));
  for (const TaskId &task : tasks)
    if (const auto status = said->tasks.find(task.number); status != said->tasks.end())
      say(task, State::Restarting, trace(status->second));
  parts().start_tasks(*connector, tasks);
  stops.end();
  turn.end();
  if (object)
    run_start_object(name);
}

} // namespace host::herder
