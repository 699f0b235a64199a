// Requests on what runs: targets and restarts (contract 6.3, 6.12).
#include <utility>

#include "host/base/log.h"
#include "host/herder/standalone_herder.h"

namespace host::herder {
namespace {

const log::Logger kLog{"sluice.herder"};

using View = std::shared_ptr<const ConnectorView>;

bool failed(const std::optional<PartStatus> &status) {
  return status && status->state == State::Failed;
}

std::vector<TaskId> tasks_to_restart(const Connector &connector, RestartFlags flags) {
  std::vector<TaskId> tasks;
  if (!flags.include_tasks)
    return tasks;
  for (const TaskId &task : connector.task_ids()) {
    const auto status = connector.tasks.find(task.number);
    const bool is_failed = status != connector.tasks.end() && status->second.state == State::Failed;
    if (!flags.only_failed || is_failed)
      tasks.push_back(task);
  }
  return tasks;
}

} // namespace

// Noted at once; what the plugin makes of it shows in the status.
void StandaloneHerder::pause_or_resume(const std::string &name, TargetState target,
                                       const Callback<void> &done) {
  Connector *connector = table().find(name);
  if (connector == nullptr)
    return answer<void>(done, fail(Code::NotFound, "Unknown connector " + name));
  connector->target = target;
  for (const TaskId &task : connector->task_ids())
    supervisor().set_task_target(task, target);
  if (target == TargetState::Started) {
    run_resume(name, connector->epoch);
  } else {
    connector->running = false;
    supervisor().set_connector_target(name, target, [name](const Status &status) {
      if (!status)
        kLog.error("{}", status.error().message());
    });
  }
  answer<void>(done, {});
}

Job StandaloneHerder::run_resume(std::string name, std::uint64_t epoch) {
  table().find(name)->in_transition = true;
  Status resumed = co_await ask<Status>([&](auto done) {
    supervisor().set_connector_target(name, TargetState::Started, std::move(done));
  });
  Connector *connector = table().find(name, epoch);
  if (connector == nullptr)
    co_return;
  connector->in_transition = false;
  if (!resumed) {
    kLog.error("{}", resumed.error().message());
    co_return;
  }
  connector->running = connector->target == TargetState::Started;
  // Resuming after a stop makes the tasks anew.
  (void)co_await parts().make_tasks(name, epoch);
  table().publish();
}

Job StandaloneHerder::run_stop(std::string name, Callback<void> done) {
  Turns::Turn turn = co_await turns().of(name);
  Connector *connector = table().find(name);
  if (connector == nullptr) {
    answer<void>(done, fail(Code::NotFound, "Unknown connector " + name));
    co_return;
  }
  connector->target = TargetState::Stopped;
  connector->running = false;
  const std::uint64_t epoch = connector->epoch;
  const std::vector<TaskId> tasks = connector->task_ids();
  (void)co_await parts().end_tasks(name, tasks);
  connector = table().find(name, epoch);
  if (connector != nullptr && connector->target == TargetState::Stopped) {
    connector->task_configs.clear();
    connector->tasks.clear();
    connector->applied_config = {};
    table().touch(*connector);
    supervisor().set_connector_target(name, TargetState::Stopped, [name](const Status &status) {
      if (!status)
        kLog.error("{}", status.error().message());
    });
  }
  answer<void>(done, {});
}

Job StandaloneHerder::run_restart_connector(std::string name, Callback<void> done) {
  Turns::Turn turn = co_await turns().of(name);
  Connector *connector = table().find(name);
  if (connector == nullptr) {
    answer<void>(done, fail(Code::NotFound, "Unknown connector: " + name));
    co_return;
  }
  table().renew(*connector);
  const std::uint64_t epoch = connector->epoch;
  turn.end();
  Status started = co_await parts().start_object(name, epoch);
  const bool good = started.has_value();
  answer<void>(done, std::move(started));
  if (!good)
    co_return;
  (void)co_await parts().make_tasks(name, epoch);
  table().publish();
}

// Stops what is to be restarted, answers with everything shown as Restarting, and starts it.
Job StandaloneHerder::run_restart(std::string name, RestartFlags flags, Callback<View> done) {
  Turns::Turn turn = co_await turns().of(name);
  Connector *connector = table().find(name);
  if (connector == nullptr || !connector->status) {
    answer<View>(done, fail(Code::NotFound, connector == nullptr
                                                ? "Unknown connector: " + name
                                                : "Status for connector " + name + " not found"));
    co_return;
  }
  const bool object = !flags.only_failed || failed(connector->status);
  const std::vector<TaskId> tasks = tasks_to_restart(*connector, flags);
  if (object)
    table().renew(*connector);
  const std::uint64_t epoch = connector->epoch;
  (void)co_await parts().stop_tasks(name, tasks);
  connector = table().find(name, epoch);
  if (connector == nullptr) {
    answer<View>(done, fail(Code::NotFound, "Unknown connector: " + name));
    co_return;
  }
  mark_restarting(*connector, object, tasks);
  table().publish();
  done(snapshot()->find(name));
  parts().start_tasks(*connector, tasks);
  if (!object)
    co_return;
  turn.end();
  Status started = co_await parts().start_object(name, epoch);
  if (!started)
    kLog.error("Connector {} could not be restarted: {}", name, started.error().message());
  if (started)
    (void)co_await parts().make_tasks(name, epoch);
  table().publish();
}

void StandaloneHerder::mark_restarting(Connector &connector, bool object,
                                       const std::vector<TaskId> &tasks) {
  // What restarts keeps the trace of why, as Connect's does (contract 2.4 #11).
  const auto trace = [](const PartStatus *status) {
    return status ? status->trace : std::string();
  };
  if (object)
    report(connector, link::kConnectorItself, State::Restarting,
           trace(connector.status ? &*connector.status : nullptr));
  for (const TaskId &task : tasks) {
    const auto known = connector.tasks.find(task.number);
    report(connector, task.number, State::Restarting,
           trace(known == connector.tasks.end() ? nullptr : &known->second));
  }
}

Job StandaloneHerder::run_restart_task(TaskId task, Callback<void> done) {
  Turns::Turn turn = co_await turns().of(task.connector);
  Connector *connector = table().find(task.connector);
  const auto number = static_cast<std::size_t>(task.number);
  if (connector == nullptr || task.number < 0 || number >= connector->task_configs.size()) {
    answer<void>(done,
                 fail(Code::NotFound, connector == nullptr ? "Unknown connector: " + task.connector
                                                           : "Task " + task.text() + " not found"));
    co_return;
  }
  const std::uint64_t epoch = connector->epoch;
  const std::vector<TaskId> tasks(1, task);
  (void)co_await parts().stop_tasks(task.connector, tasks);
  connector = table().find(task.connector, epoch);
  if (connector != nullptr && number < connector->task_configs.size()) {
    // The end before must not be taken for one of the new start.
    report(*connector, task.number, State::Unassigned, "");
    parts().start_tasks(*connector, tasks);
  }
  answer<void>(done, {});
}

} // namespace host::herder
