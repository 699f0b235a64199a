// Connector files sent to the worker: `apply`.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "host/app/cli_diff.h"
#include "host/app/cli_files.h"
#include "host/app/cli_run.h"
#include "host/app/cli_validate.h"

namespace host::app::cli {
namespace {

// What became of one file's connector, and what it will run to.
struct Applied {
  std::string result; // `created`, `changed`, `unchanged`
  TargetState target = TargetState::Started;
};

Result<Applied> create_in_state(WorkerApi &worker, const ConnectorFile &file) {
  const TargetState state = *file.initial_state;
  const json::Value request = json::Value::object(
      {{"name", file.name},
       {"config", file.config},
       {"initial_state", state == TargetState::Started ? "RUNNING" : name_of(state)}});
  HOST_TRY(worker.send("POST", "/connectors", request));
  return Applied{"created", state};
}

Result<Applied> apply_file(WorkerApi &worker, const ConnectorFile &file) {
  const auto present = worker.get(path_of(file.name, "config"));
  if (!present && present.error().code() != Code::NotFound)
    return fail(present.error());
  if (!present && file.initial_state)
    return create_in_state(worker, file);
  Applied applied{"unchanged"};
  if (!present || !changes_of(*present, file.config, file.name, true).empty()) {
    HOST_ASSIGN(const Answer answer, worker.send("PUT", path_of(file.name, "config"), file.config));
    applied.result = answer.status == 201 ? "created" : "changed";
  }
  if (applied.result != "created")
    if (const auto status = worker.get(path_of(file.name, "status")))
      applied.target = lasting_target(*status);
  return applied;
}

// The worse of two: no answer, wrong use, a refusal, a difference.
int worse_of(int a, int b) {
  const auto rank = [](int code) { return code == kExitDiffers ? kExitRefused : code * 2; };
  return rank(a) < rank(b) ? b : a;
}

void show_preview(Screen &screen, const std::string &name, bool present,
                  const std::vector<ConfigChange> &changes) {
  const std::string_view result = !present ? "created" : changes.empty() ? "unchanged" : "changed";
  if (screen.documents())
    return screen.print_item(json::Value::object(
        {{"name", name}, {"result", result}, {"dry_run", true}, {"changes", as_json(changes)}}));
  screen.write(fmt::format("{}: {}{}\n{}", visible(name), result,
                           changes.empty() ? "" : " (dry run)",
                           present ? text_of(changes, screen.colours()) : ""));
}

// What `apply` would do, checked by the worker as far as it would be sent.
int preview(Session &session, const FoundFile &file) {
  const ConnectorFile &wanted = file.content;
  const auto present = session.worker.get(path_of(wanted.name, "config"));
  if (!present && present.error().code() != Code::NotFound)
    return session.screen.complain(Error(present.error()).context(file.path));
  const auto changes =
      changes_of(present ? *present : json::Value::object(), wanted.config, wanted.name, false);
  show_preview(session.screen, wanted.name, present.has_value(), changes);
  if (changes.empty())
    return kExitDone;
  const auto checked = validate_file(session.worker, file);
  if (!checked)
    return session.screen.complain(checked.error());
  if (checked->valid())
    return kExitDiffers;
  return session.screen.complain(checked->text(file.path), kExitRefused);
}

} // namespace

int apply(const Command &command, Session &session) {
  const auto files = read_files(command.files, session.screen);
  if (!files)
    return kExitUsage;
  int code = kExitDone;
  std::vector<Goal> goals;
  for (const FoundFile &file : *files) {
    if (code == kExitUnreachable)
      return code;
    if (command.only_diff) {
      code = worse_of(code, preview(session, file));
      continue;
    }
    const auto applied = apply_file(session.worker, file.content);
    if (!applied) {
      code = std::max(code, session.screen.complain(Error(applied.error()).context(file.path)));
      continue;
    }
    session.screen.report(file.content.name, applied->result);
    goals.push_back({file.content.name, applied->target});
  }
  if (code == kExitUnreachable || !command.wait)
    return code;
  for (const Goal &goal : goals)
    code = std::max(code, wait_and_report(session, goal, *command.wait));
  return code;
}

} // namespace host::app::cli
