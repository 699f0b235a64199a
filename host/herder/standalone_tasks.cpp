// The tasks of connectors, and what is shown of them.
#include <utility>

#include "host/herder/standalone_herder.h"

namespace host::herder {

Step<Status> StandaloneHerder::apply_tasks(std::string name, std::uint64_t epoch,
                                           std::vector<StringMap> configs) {
  Connector *connector = table().find(name, epoch);
  const StringMap &values = connector->resolved.values;
  if (configs == connector->task_configs && values == connector->applied_config)
    co_return Status();
  Turns::Turn turn = co_await turns().of(name);
  connector = table().find(name, epoch);
  if (connector == nullptr || connector->target == TargetState::Stopped)
    co_return Status();
  const std::vector<TaskId> old = connector->task_ids();
  (void)co_await parts().stop_tasks(name, old);
  connector = table().find(name, epoch);
  if (connector == nullptr)
    co_return Status();
  for (const TaskId &task : old)
    if (static_cast<std::size_t>(task.number) >= configs.size())
      members().ended(task);
  connector->tasks.clear();
  connector->task_configs = std::move(configs);
  table().touch(*connector);
  const std::vector<TaskId> tasks = connector->task_ids();
  parts().start_tasks(*connector, tasks);
  connector->applied_config = connector->resolved.values;
  co_return Status();
}

void StandaloneHerder::report(Connector &connector, std::int32_t part, State state,
                              std::string trace) {
  PartStatus status{state, options().worker_id, std::nullopt, std::move(trace)};
  if (connector.plugin)
    status.version = connector.plugin->descriptor.version;
  if (part == link::kConnectorItself)
    connector.status = std::move(status);
  else
    connector.tasks[part] = std::move(status);
  table().touch(connector);
}

} // namespace host::herder
