// Connector files: apply and validate.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "host/app/cli_run.h"
#include "host/app/connector_files.h"
#include "host/http/url.h"

namespace host::app::cli {
namespace {

// All files, before anything is sent; nothing if one of them cannot be read, which is said.
std::optional<std::vector<ConnectorFile>> read_files(const Command &command, Screen &screen) {
  std::vector<ConnectorFile> files;
  bool complete = true;
  for (const std::string &path : command.files) {
    auto file = read_connector_file(path);
    complete = complete && file;
    if (file)
      files.push_back(*std::move(file));
    else
      screen.complain(file.error().message(), kExitUsage);
  }
  return complete ? std::optional(std::move(files)) : std::nullopt;
}

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

// The order of keys does not matter, and a worker adds the name.
bool same_config(const json::Value &present, StringMap wanted, const std::string &name) {
  if (!wanted.contains("name"))
    wanted.set("name", name);
  if (present.members().size() != wanted.size())
    return false;
  for (const auto &[key, value] : wanted) {
    const json::Value *old = present.find(key);
    if (old == nullptr || !old->is_string() || old->text() != value)
      return false;
  }
  return true;
}

Result<Applied> apply_file(WorkerApi &worker, const ConnectorFile &file) {
  const auto present = worker.get(path_of(file.name, "config"));
  if (!present && present.error().code() != Code::NotFound)
    return fail(present.error());
  if (!present && file.initial_state)
    return create_in_state(worker, file);
  Applied applied{"unchanged"};
  if (!present || !same_config(*present, file.config, file.name)) {
    HOST_ASSIGN(const Answer answer, worker.send("PUT", path_of(file.name, "config"), file.config));
    applied.result = answer.status == 201 ? "created" : "changed";
  }
  if (applied.result != "created")
    if (const auto status = worker.get(path_of(file.name, "status")))
      applied.target = lasting_target(*status);
  return applied;
}

// One line for each error of a validation's answer: `key: message`.
std::string errors_of(const json::Value &infos) {
  std::string lines;
  const json::Value *configs = infos.find("configs");
  if (configs == nullptr)
    return lines;
  for (const json::Value &config : configs->items()) {
    const json::Value *value = config.find("value");
    const json::Value *errors = value ? value->find("errors") : nullptr;
    if (errors == nullptr)
      continue;
    for (const json::Value &error : errors->items())
      lines += fmt::format("  {}: {}\n", visible(text_of(value, "name")), visible(error.text()));
  }
  return lines;
}

int validate_file(Session &session, const std::string &path, const ConnectorFile &file) {
  const std::string *plugin = file.config.find("connector.class");
  if (plugin == nullptr || plugin->empty())
    return session.screen.complain(fmt::format("{}: has no `connector.class`", path), kExitUsage);
  StringMap config = file.config;
  config.set("name", file.name);
  const auto answer = session.worker.send(
      "PUT", fmt::format("/connector-plugins/{}/config/validate", http::encode_segment(*plugin)),
      config);
  if (!answer)
    return session.screen.complain(Error(answer.error()).context(path));
  const auto count = answer->body.integer_of("error_count");
  const std::string errors = errors_of(answer->body);
  const bool valid = count && *count == 0 && errors.empty();
  if (session.screen.json())
    session.screen.print_json(answer->body);
  else if (valid)
    session.screen.write(fmt::format("{}: valid\n", visible(path)));
  else
    session.screen.write(fmt::format("{}: {} error{}\n{}", visible(path), count ? *count : 0,
                                     count && *count == 1 ? "" : "s", errors));
  return valid ? kExitDone : kExitRefused;
}

} // namespace

int apply(const Command &command, Session &session) {
  const auto files = read_files(command, session.screen);
  if (!files)
    return kExitUsage;
  int code = kExitDone;
  std::vector<Goal> goals;
  for (std::size_t i = 0; i < files->size(); ++i) {
    const ConnectorFile &file = (*files)[i];
    const auto applied = apply_file(session.worker, file);
    if (!applied) {
      code =
          std::max(code, session.screen.complain(Error(applied.error()).context(command.files[i])));
      if (code == kExitUnreachable)
        return code;
      continue;
    }
    session.screen.report(file.name, applied->result);
    goals.push_back({file.name, applied->target});
  }
  if (command.wait)
    for (const Goal &goal : goals)
      code = std::max(code, wait_and_report(session, goal, *command.wait));
  return code;
}

int validate(const Command &command, Session &session) {
  const auto files = read_files(command, session.screen);
  if (!files)
    return kExitUsage;
  int code = kExitDone;
  for (std::size_t i = 0; i < files->size() && code != kExitUnreachable; ++i)
    code = std::max(code, validate_file(session, command.files[i], (*files)[i]));
  return code;
}

} // namespace host::app::cli
