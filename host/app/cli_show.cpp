// Lists: connectors, plugins, loggers.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "host/app/cli_run.h"
#include "host/base/log.h"
#include "host/http/url.h"

namespace host::app::cli {
namespace {

// One of the list that `GET /connectors?expand=status&expand=info` gives.
void add_row(Table &table, const std::string &name, const json::Value &connector) {
  const json::Value *info = connector.find("info");
  const json::Value *status = connector.find("status");
  const json::Value *own = status ? status->find("connector") : nullptr;
  table.row({name, text_of(info, "type"), text_of(own, "state"),
             status ? task_summary(*status) : "", text_of(own, "worker_id")});
}

// The same form for one connector. A connector that never started has no status.
Result<json::Value> expanded(WorkerApi &worker, const std::string &name) {
  HOST_ASSIGN(json::Value info, worker.get(path_of(name)));
  json::Value connector = json::Value::object();
  auto status = worker.get(path_of(name, "status"));
  if (status)
    connector.set("status", *std::move(status));
  else if (status.error().code() != Code::NotFound)
    return fail(std::move(status).error());
  connector.set("info", std::move(info));
  return connector;
}

int show(Session &session, const json::Value &connectors, bool one) {
  if (session.screen.documents()) {
    session.screen.print_document(one ? connectors.members().front().value : connectors);
    return kExitDone;
  }
  std::vector<const json::Member *> sorted;
  for (const json::Member &connector : connectors.members())
    sorted.push_back(&connector);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto *a, const auto *b) { return a->key < b->key; });
  Table table({"NAME", "TYPE", "STATE", "TASKS", "WORKER"});
  for (const json::Member *connector : sorted)
    add_row(table, connector->key, connector->value);
  session.screen.print_table(table);
  return kExitDone;
}

} // namespace

int get_connectors(const Command &command, Session &session) {
  if (command.names.empty()) {
    const auto all = session.worker.get("/connectors?expand=status&expand=info");
    if (!all)
      return session.screen.complain(all.error());
    if (!all->members().empty() || session.screen.documents())
      return show(session, *all, false);
    session.screen.note(fmt::format("No connectors at {}.", session.worker.url()));
    return kExitDone;
  }
  int code = kExitDone;
  json::Value found = json::Value::object();
  for (const std::string &name : command.names) {
    auto connector = expanded(session.worker, name);
    if (connector)
      found.set(name, *std::move(connector));
    else
      code = std::max(code, complain_about(session, name, connector.error()));
    if (code == kExitUnreachable)
      return code;
  }
  if (!found.members().empty())
    show(session, found, command.names.size() == 1);
  return code;
}

int get_plugins(Session &session) {
  const auto plugins = session.worker.get("/connector-plugins?connectorsOnly=false");
  if (!plugins)
    return session.screen.complain(plugins.error());
  if (session.screen.documents()) {
    session.screen.print_document(*plugins);
    return kExitDone;
  }
  std::vector<std::vector<std::string>> rows;
  for (const json::Value &plugin : plugins->items())
    rows.push_back(
        {text_of(&plugin, "type"), text_of(&plugin, "class"), text_of(&plugin, "version")});
  std::sort(rows.begin(), rows.end());
  Table table({"TYPE", "CLASS", "VERSION"});
  for (auto &row : rows)
    table.row(std::move(row));
  session.screen.print_table(table);
  return kExitDone;
}

namespace {

// A worker alone answers with what it has changed; the cluster is told over Kafka.
int set_level_of_cluster(const Command &command, Session &session, const std::string &logger) {
  const auto answer = session.worker.send("PUT", logger + "?scope=cluster",
                                          json::Value::object({{"level", command.level}}));
  if (!answer)
    return session.screen.complain(answer.error());
  const auto level = log::level_of(command.level);
  session.screen.report(command.logger, fmt::format("{} requested for all workers",
                                                    level ? log::name_of(*level) : command.level));
  return kExitDone;
}

} // namespace

int log_level(const Command &command, Session &session) {
  const std::string one = "/admin/loggers/" + http::encode_segment(command.logger);
  if (command.whole_cluster)
    return set_level_of_cluster(command, session, one);
  if (!command.level.empty()) {
    const auto answer =
        session.worker.send("PUT", one, json::Value::object({{"level", command.level}}));
    if (!answer)
      return session.screen.complain(answer.error());
    const auto level = log::level_of(command.level);
    for (const json::Value &logger : answer->body.items())
      session.screen.report(logger.text(), level ? log::name_of(*level) : command.level);
    return kExitDone;
  }
  const auto levels = session.worker.get(command.logger.empty() ? "/admin/loggers" : one);
  if (!levels)
    return session.screen.complain(levels.error());
  if (session.screen.documents()) {
    session.screen.print_document(*levels);
    return kExitDone;
  }
  Table table({"LOGGER", "LEVEL"});
  if (!command.logger.empty())
    table.row({command.logger, text_of(&*levels, "level")});
  else
    for (const json::Member &logger : levels->members())
      table.row({logger.key, text_of(&logger.value, "level")});
  session.screen.print_table(table);
  return kExitDone;
}

} // namespace host::app::cli
