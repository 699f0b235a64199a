#include "host/app/cli_run.h"

#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace host::app::cli {

int run(const Command &command, Session &session) {
  switch (command.verb) {
  case Verb::Get:
    return get_connectors(command, session);
  case Verb::GetPlugins:
    return get_plugins(session);
  case Verb::Describe:
    return describe(command, session);
  case Verb::Apply:
    return apply(command, session);
  case Verb::Validate:
    return validate(command, session);
  case Verb::Offsets:
    return show_offsets(command, session);
  case Verb::OffsetsSet:
    return set_offsets(command, session);
  case Verb::OffsetsReset:
    return reset_offsets(command, session);
  case Verb::Topics:
    return show_topics(command, session);
  case Verb::TopicsReset:
    return reset_topics(command, session);
  case Verb::LogLevel:
    return log_level(command, session);
  case Verb::Delete:
  case Verb::Pause:
  case Verb::Resume:
  case Verb::Stop:
  case Verb::Restart:
    return act(command, session);
  case Verb::Top:
    return top(command, session);
  case Verb::ContextList:
  case Verb::ContextUse:
  case Verb::ContextSet:
  case Verb::ContextDelete:
  case Verb::Completion:
  case Verb::Try: // these have no worker, and so no session
    break;
  }
  return kExitUsage;
}

int complain_about(Session &session, const std::string &connector, const Error &error) {
  if (is_unreachable(error))
    return session.screen.complain(error);
  const std::string_view hint =
      error.code() == Code::NotFound ? "; see `sluice get` for what there is" : "";
  return session.screen.complain(fmt::format("{}: {}{}", connector, error.message(), hint),
                                 kExitRefused);
}

int wait_and_report(Session &session, const Goal &goal, Duration timeout) {
  const auto status = await(session.worker, session.pace, goal, timeout);
  if (!status)
    return session.screen.complain(status.error());
  const bool one_task = goal.part == Goal::Part::OneTask;
  const std::string name =
      one_task ? fmt::format("{}/{}", goal.connector, goal.task) : goal.connector;
  std::string reached(goal.target == TargetState::Started ? "RUNNING" : name_of(goal.target));
  if (goal.part == Goal::Part::All && goal.target == TargetState::Started)
    reached += fmt::format(" (tasks: {})", task_summary(*status));
  session.screen.report(name, reached);
  return kExitDone;
}

std::string text_of(const json::Value *object, std::string_view key) {
  const json::Value *value = object ? object->find(key) : nullptr;
  if (value == nullptr || value->is_null())
    return {};
  return value->is_string() ? std::string(value->text()) : json::to_text(*value);
}

std::string task_summary(const json::Value &status) {
  // In the order of interest.
  std::array<std::pair<std::string_view, int>, 6> counts{{{"RUNNING", 0},
                                                          {"FAILED", 0},
                                                          {"RESTARTING", 0},
                                                          {"PAUSED", 0},
                                                          {"UNASSIGNED", 0},
                                                          {"STOPPED", 0}}};
  const json::Value *tasks = status.find("tasks");
  if (tasks != nullptr)
    for (const json::Value &task : tasks->items())
      if (const json::Value *state = task.find("state"))
        for (auto &[name, count] : counts)
          count += name == state->text() ? 1 : 0;
  std::string text;
  for (const auto &[name, count] : counts)
    if (count > 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, name);
  return text.empty() ? "none" : text;
}

} // namespace host::app::cli
