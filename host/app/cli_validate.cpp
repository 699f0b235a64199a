// Connector files checked by the worker: `validate`.
#include "host/app/cli_validate.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "host/app/cli_run.h"
#include "host/http/url.h"

namespace host::app::cli {
namespace {

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

int show_verdict(Screen &screen, const Verdict &verdict, const std::string &path) {
  if (screen.documents())
    screen.print_document(verdict.infos);
  else if (verdict.valid())
    screen.write(fmt::format("{}: valid\n", visible(path)));
  else
    screen.write(verdict.text(path) + "\n");
  return verdict.valid() ? kExitDone : kExitRefused;
}

} // namespace

std::string Verdict::text(const std::string &path) const {
  return fmt::format("{}: {} error{}\n{}", visible(path), error_count, error_count == 1 ? "" : "s",
                     errors.substr(0, errors.size() - (errors.ends_with('\n') ? 1 : 0)));
}

Result<Verdict> validate_file(WorkerApi &worker, const FoundFile &file) {
  StringMap config = file.content.config;
  const std::string plugin = config.get("connector.class");
  if (plugin.empty())
    return fail(Code::BadRequest, fmt::format("{}: has no `connector.class`", file.path));
  config.set("name", file.content.name);
  auto answer = worker.send(
      "PUT", fmt::format("/connector-plugins/{}/config/validate", http::encode_segment(plugin)),
      config);
  if (!answer)
    return fail(std::move(answer).error().context(file.path));
  const auto count = answer->body.integer_of("error_count");
  if (!count)
    return fail(Code::Fatal, fmt::format("{}: {} answered without `error_count`; is it a Kafka "
                                         "Connect worker?",
                                         file.path, worker.url()));
  return Verdict{answer->body, *count, errors_of(answer->body)};
}

int validate(const Command &command, Session &session) {
  const auto files = read_files(command.files, session.screen);
  if (!files)
    return kExitUsage;
  int code = kExitDone;
  for (const FoundFile &file : *files) {
    const auto verdict = validate_file(session.worker, file);
    if (!verdict && verdict.error().code() == Code::BadRequest)
      code = std::max(code, session.screen.complain(verdict.error().message(), kExitUsage));
    else if (!verdict)
      code = std::max(code, session.screen.complain(verdict.error()));
    else
      code = std::max(code, show_verdict(session.screen, *verdict, file.path));
    if (code == kExitUnreachable)
      break;
  }
  return code;
}

} // namespace host::app::cli
