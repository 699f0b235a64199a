// What is done to connectors that are there: delete, pause, resume, stop, restart.
#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "host/app/cli_run.h"

namespace host::app::cli {
namespace {

// A request about one connector or task, and what it leads to.
struct Action {
  std::string_view method;
  std::string target;
  std::string_view result; // what is reported once the worker has said yes
  std::optional<Goal> goal;
};

// `NAME/TASK`: a name that itself ends like that cannot be told apart from it.
std::optional<std::pair<std::string, std::int64_t>> task_named(const std::string &text) {
  const auto slash = text.rfind('/');
  if (slash == std::string::npos || slash == 0)
    return std::nullopt;
  std::int64_t number = 0;
  const char *end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, number);
  if (error != std::errc() || stop != end || number < 0)
    return std::nullopt;
  return std::pair(text.substr(0, slash), number);
}

Action restart(const Command &command, const std::string &name) {
  if (const auto task = task_named(name))
    return {"POST", path_of(task->first, fmt::format("tasks/{}/restart", task->second)),
            "restart requested",
            Goal{task->first, TargetState::Started, Goal::Part::OneTask, task->second}};
  const bool tasks = command.with_tasks || command.only_failed;
  std::string below = "restart";
  if (tasks)
    below += fmt::format("?includeTasks=true&onlyFailed={}", command.only_failed);
  return {"POST", path_of(name, below), "restart requested",
          Goal{name, TargetState::Started, tasks ? Goal::Part::All : Goal::Part::ConnectorOnly}};
}

Action action_of(const Command &command, const std::string &name) {
  switch (command.verb) {
  case Verb::Delete:
    return {"DELETE", path_of(name), "deleted", std::nullopt};
  case Verb::Pause:
    return {"PUT", path_of(name, "pause"), "pause requested", Goal{name, TargetState::Paused}};
  case Verb::Resume:
    return {"PUT", path_of(name, "resume"), "resume requested", Goal{name, TargetState::Started}};
  case Verb::Stop:
    return {"PUT", path_of(name, "stop"), "stop requested", Goal{name, TargetState::Stopped}};
  default:
    return restart(command, name);
  }
}

// A restart leaves paused and stopped connectors as they are.
Status fix_goal_of_restart(WorkerApi &worker, Goal &goal) {
  const auto status = worker.get(path_of(goal.connector, "status"));
  if (status)
    goal.target = lasting_target(*status);
  else if (is_unreachable(status.error()))
    return fail(status.error());
  return {}; // the restart itself will say what is wrong
}

Status perform(const Command &command, Session &session, const std::string &name, Action &action) {
  if (command.verb == Verb::Restart && command.wait && action.goal)
    HOST_TRY(fix_goal_of_restart(session.worker, *action.goal));
  HOST_TRY(session.worker.send(action.method, action.target));
  session.screen.report(name, action.result);
  return {};
}

} // namespace

int act(const Command &command, Session &session) {
  int code = kExitDone;
  std::vector<Goal> goals;
  for (const std::string &name : command.names) {
    Action action = action_of(command, name);
    const Status done = perform(command, session, name, action);
    if (!done)
      code = std::max(code, complain_about(session, name, done.error()));
    if (code == kExitUnreachable)
      return code;
    if (done && action.goal)
      goals.push_back(*std::move(action.goal));
  }
  if (command.wait)
    for (const Goal &goal : goals)
      code = std::max(code, wait_and_report(session, goal, *command.wait));
  return code;
}

} // namespace host::app::cli
