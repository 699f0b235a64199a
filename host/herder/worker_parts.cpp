// From a stored config to running tasks (contract 6.4).
#include "host/herder/worker_parts.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "host/base/java_text.h"
#include "host/base/log.h"
#include "host/herder/java_map.h"

namespace host::herder {
namespace {

const log::Logger kLog{"sluice.herder"};

constexpr std::chrono::milliseconds kReconfigureBackoff{250};
constexpr std::chrono::milliseconds kReconfigureBackoffMax{60'000};

// Of a config that validation has accepted.
std::int32_t max_tasks(const StringMap &config) {
  const std::string text(java::trim(config.get("tasks.max", "1")));
  return static_cast<std::int32_t>(std::strtol(text.c_str(), nullptr, 10));
}

bool enforces_max_tasks(const StringMap &config) {
  return java::trim(config.get("tasks.max.enforce", "true")) != "false";
}

// What is stored of a task: what the connector gave, the class of the task, a sink's topics; in the
// order of Java's map (contract 5.4, 16.1).
StringMap stored_task_config(const Connector &connector, const StringMap &given) {
  StringMap added{{"task.class", connector.plugin->descriptor.task_class_name}};
  for (const std::string key : {"topics", "topics.regex"})
    if (const std::string *value = connector.config.find(key))
      if (connector.plugin->descriptor.kind == plugin::Kind::Sink)
        added.set(key, *value);
  // Copied twice on its way, so the final size decides.
  return hash_map_of(hash_map_of(given, added));
}

Error replaced(const std::string &name) {
  return Error(Code::Conflict, "The config of connector " + name +
                                   " was changed, or the connector restarted or deleted, before "
                                   "this request could be completed");
}

} // namespace

Step<Status> WorkerParts::start_object(std::string name, std::uint64_t epoch) {
  Connector *connector = set_.table.find(name, epoch);
  if (connector == nullptr)
    co_return fail(replaced(name));
  ++object_starts_.attempts;
  auto spec = this->spec(*connector);
  set_.table.touch(*connector);
  if (!spec) {
    ++object_starts_.failures;
    fail_object(*connector, spec.error());
    co_return fail(std::move(spec).error());
  }
  const TargetState target = connector->target;
  connector->in_transition = true;
  Status started = co_await ask<Status>(
      [&](auto done) { supervisor_->start_connector(*std::move(spec), target, std::move(done)); });
  ++(started ? object_starts_.successes : object_starts_.failures);
  connector = set_.table.find(name, epoch);
  if (connector == nullptr)
    co_return fail(replaced(name));
  connector->in_transition = false;
  if (!started) {
    connector->running = false;
    // The supervisor has mostly said so already, with a trace that knows more.
    if (!connector->status || connector->status->state != State::Failed)
      fail_object(*connector, started.error());
    co_return started;
  }
  connector->running = target == TargetState::Started;
  watch_values(*connector);
  co_return Status();
}

Job WorkerParts::run_reconfigure(std::string name) {
  Connector *connector = set_.table.find(name);
  if (connector == nullptr)
    co_return;
  (void)co_await make_tasks(name, connector->epoch);
  set_.table.publish();
}

Step<Status> WorkerParts::make_tasks(std::string name, std::uint64_t epoch) {
  for (;;) {
    Connector *connector = set_.table.find(name, epoch);
    if (connector == nullptr || !connector->running || connector->target != TargetState::Started)
      co_return Status();
    if (std::exchange(connector->reconfiguring, true)) {
      connector->reconfigure_again = true;
      co_return Status();
    }
    connector->reconfigure_again = false;
    using Configs = Result<std::vector<StringMap>>;
    const std::int32_t wanted = max_tasks(connector->resolved.values);
    Configs configs = co_await ask<Configs>(
        [&](auto done) { supervisor_->task_configs(name, wanted, std::move(done)); });
    connector = set_.table.find(name, epoch);
    if (connector == nullptr)
      co_return fail(replaced(name));
    connector->reconfiguring = false;
    if (!configs) {
      reconfigure_later(*connector, configs.error());
      co_return fail(std::move(configs).error());
    }
    if (Status few = check_task_count(*connector, configs->size()); !few)
      co_return few;
    for (StringMap &config : *configs)
      config = config::unresolved(stored_task_config(*connector, config), connector->config,
                                  connector->resolved);
    Status done = co_await set_.apply_tasks(name, epoch, *std::move(configs));
    connector = set_.table.find(name, epoch);
    if (!done && connector != nullptr)
      reconfigure_later(*connector, done.error());
    if (!done || connector == nullptr)
      co_return done;
    connector->reconfigure_failures = 0;
    if (!connector->reconfigure_again)
      co_return Status();
  }
}

Step<Status> WorkerParts::stop_tasks(std::string name, std::vector<TaskId> tasks) {
  if (tasks.empty())
    co_return Status();
  Status stopped = co_await ask<Status>(
      [&](auto done) { supervisor_->stop_tasks(std::move(tasks), std::move(done)); });
  if (!stopped)
    kLog.warn("While stopping tasks of connector {}: {}", name, stopped.error().message());
  co_return stopped;
}

Step<Status> WorkerParts::end_tasks(std::string name, std::vector<TaskId> tasks) {
  Status stopped = co_await stop_tasks(std::move(name), tasks);
  for (const TaskId &task : tasks)
    set_.members.ended(task);
  co_return stopped;
}

void WorkerParts::start_tasks(Connector &connector, const std::vector<TaskId> &tasks) {
  const Status renewed = renew_values(connector);
  const bool sink = connector.plugin && connector.plugin->descriptor.kind == plugin::Kind::Sink;
  for (const TaskId &task : tasks) {
    auto config = set_.validation.providers.resolve(
        connector.task_configs[static_cast<std::size_t>(task.number)]);
    ++task_starts_.attempts;
    if (!renewed || !config) {
      ++task_starts_.failures;
      set_.report(connector, task.number, State::Failed,
                  (renewed ? config.error() : renewed.error()).trace());
      continue;
    }
    if (sink)
      set_.members.starting(task, connector.resolved.values);
    else
      set_.members.ended(task); // it was a sink's before the connector's class was changed
    starting_.insert(task);
    supervisor_->start_task(task, std::move(config->values), connector.target);
  }
}

void WorkerParts::became(const TaskId &part, State state) {
  if (starting_.erase(part) == 0)
    return;
  if (state == State::Running)
    ++task_starts_.successes;
  else if (state == State::Failed)
    ++task_starts_.failures;
}

Status WorkerParts::check_task_count(Connector &connector, std::size_t count) {
  const std::int32_t most = max_tasks(connector.resolved.values);
  if (count <= static_cast<std::size_t>(most))
    return {};
  const std::string text = "The connector " + connector.name + " has generated " +
                           std::to_string(count) + " tasks, which is greater than " +
                           std::to_string(most) +
                           ", the maximum number of tasks it is configured to create. ";
  if (!enforces_max_tasks(connector.resolved.values)) {
    kLog.warn("{}This behaviour should be considered a bug and will be disallowed in future "
              "releases of Kafka Connect. Please report this to the developers of the connector.",
              text);
    return {};
  }
  const Error error(
      Code::Fatal, "org.apache.kafka.connect.runtime.TooManyTasksException",
      text + "This behaviour should be considered a bug and is disallowed. If necessary, it can be "
             "permitted by reconfiguring the connector with 'tasks.max.enforce' set to false; "
             "however, this option will be removed in a future release of Kafka Connect.");
  fail_object(connector, error);
  return fail(error);
}

void WorkerParts::came_back(Connector &connector) {
  if (connector.in_transition || connector.target != TargetState::Started)
    return;
  connector.running = true;
  run_reconfigure(connector.name);
}

void WorkerParts::reconfigure_later(Connector &connector, const Error &error) {
  const std::uint32_t doublings = std::min(connector.reconfigure_failures++, 16U);
  const auto delay = std::min(kReconfigureBackoff * (1 << doublings), kReconfigureBackoffMax);
  const log::ScopedContext context(log::connector_context(connector.name));
  // That workers share out their work anew is nothing to worry about.
  const auto level = error.code() == Code::Retry ? log::Level::Info : log::Level::Error;
  kLog.write(level, fmt::format("Task configs could not be made, next attempt in {} ms: {}",
                                delay.count(), error.message()));
  set_.tick.after(delay, [this, name = connector.name, epoch = connector.epoch] {
    if (set_.table.find(name, epoch) != nullptr)
      run_reconfigure(name);
  });
}

void WorkerParts::fail_object(Connector &connector, const Error &error) {
  connector.running = false;
  set_.report(connector, link::kConnectorItself, State::Failed, error.trace());
}

} // namespace host::herder
