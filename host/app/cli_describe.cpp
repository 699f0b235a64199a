// All there is to know about one connector.
#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "host/app/cli_run.h"

namespace host::app::cli {
namespace {

// What the worker said; a part that it could not give is null, with the reason.
struct Part {
  json::Value value;
  std::string problem;
};

struct Description {
  json::Value info;
  Part status;
  Part topics;
  Part offsets;
};

// Only an unreachable worker is an error: topics can be switched off, offsets may need a Kafka that
// is away.
Result<Part> part(WorkerApi &worker, const std::string &target) {
  auto value = worker.get(target);
  if (value)
    return Part{*std::move(value), {}};
  if (is_unreachable(value.error()))
    return fail(std::move(value).error());
  return Part{{}, value.error().message()};
}

Result<Description> ask(WorkerApi &worker, const std::string &name) {
  Description description;
  HOST_ASSIGN(description.info, worker.get(path_of(name)));
  HOST_ASSIGN(description.status, part(worker, path_of(name, "status")));
  HOST_ASSIGN(description.topics, part(worker, path_of(name, "topics")));
  HOST_ASSIGN(description.offsets, part(worker, path_of(name, "offsets")));
  return description;
}

// `{"NAME":{"topics":[…]}}` → the list.
const json::Value *topic_list(const Description &description, const std::string &name) {
  const json::Value *own = description.topics.value.find(name);
  return own ? own->find("topics") : nullptr;
}

json::Value as_json(const Description &description, const std::string &name) {
  const json::Value *topics = topic_list(description, name);
  const json::Value *offsets = description.offsets.value.find("offsets");
  return json::Value::object({{"info", description.info},
                              {"status", description.status.value},
                              {"topics", topics ? *topics : json::Value()},
                              {"offsets", offsets ? *offsets : json::Value()}});
}

void print_head(Screen &screen, const Description &description, const std::string &name) {
  const json::Value *connector = description.status.value.find("connector");
  std::string topics;
  if (const json::Value *list = topic_list(description, name))
    for (const json::Value &topic : list->items())
      topics += fmt::format("{}{}", topics.empty() ? "" : ", ", topic.text());
  Table head({"Name:", name});
  head.row({"Type:", text_of(&description.info, "type")});
  head.row({"State:", text_of(connector, "state")});
  head.row({"Worker:", text_of(connector, "worker_id")});
  head.row({"Version:", text_of(connector, "version")});
  head.row({"Topics:", topics});
  screen.print_table(head);
}

void print_config(Screen &screen, const Description &description) {
  screen.write("Config:\n");
  const json::Value *config = description.info.find("config");
  if (config == nullptr || config->members().empty())
    return;
  std::string lines;
  std::size_t width = 0;
  for (const json::Member &entry : config->members())
    width = std::max(width, entry.key.size());
  for (const json::Member &entry : config->members())
    lines += fmt::format("  {:<{}}  {}\n", visible(entry.key), width, visible(entry.value.text()));
  screen.write(lines);
}

void print_trace(Screen &screen, std::string_view of, const json::Value *part) {
  if (const std::string trace = text_of(part, "trace"); !trace.empty()) {
    screen.write(fmt::format("Trace of {}:\n", of));
    screen.write(visible_lines(trace, "  "));
  }
}

void print_tasks(Screen &screen, const Part &status) {
  screen.write("Tasks:\n");
  if (!status.problem.empty())
    screen.write(fmt::format("  {}\n", visible(status.problem)));
  const json::Value *tasks = status.value.find("tasks");
  Table table({"ID", "STATE", "WORKER", "VERSION"});
  if (tasks != nullptr)
    for (const json::Value &task : tasks->items())
      table.row({text_of(&task, "id"), text_of(&task, "state"), text_of(&task, "worker_id"),
                 text_of(&task, "version")});
  if (!table.empty())
    screen.print_table(table, "  ");
  else if (status.problem.empty())
    screen.write("  none\n");
  print_trace(screen, "the connector", status.value.find("connector"));
  if (tasks != nullptr)
    for (const json::Value &task : tasks->items())
      print_trace(screen, fmt::format("task {}", text_of(&task, "id")), &task);
}

void print_offsets(Screen &screen, const Part &offsets) {
  screen.write("Offsets:\n");
  const Table table = offsets_table(offsets.value);
  if (!offsets.problem.empty())
    screen.write(fmt::format("  {}\n", visible(offsets.problem)));
  else if (table.empty())
    screen.write("  none yet\n");
  else
    screen.print_table(table, "  ");
}

} // namespace

int describe(const Command &command, Session &session) {
  const std::string &name = command.names.front();
  const auto description = ask(session.worker, name);
  if (!description)
    return complain_about(session, name, description.error());
  if (session.screen.documents()) {
    session.screen.print_document(as_json(*description, name));
    return kExitDone;
  }
  print_head(session.screen, *description, name);
  print_config(session.screen, *description);
  print_tasks(session.screen, description->status);
  print_offsets(session.screen, description->offsets);
  return kExitDone;
}

} // namespace host::app::cli
