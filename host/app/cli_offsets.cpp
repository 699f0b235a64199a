// How far a connector has come, and which topics it has used: shown, changed, forgotten.
#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "host/app/cli_offset_changes.h"
#include "host/app/cli_run.h"

namespace host::app::cli {
namespace {

bool is_topic_partition(const json::Value &entry) {
  const json::Value *partition = entry.find("partition");
  return partition != nullptr && partition->contains("kafka_topic") &&
         partition->contains("kafka_partition");
}

// A change is refused while the connector could still write offsets of its own.
int complain_about_change(Session &session, const std::string &name, const Error &error) {
  if (error.message().find("in the STOPPED state") == std::string::npos)
    return complain_about(session, name, error);
  return session.screen.complain(
      fmt::format("{}: {}\nFirst: sluice stop {} --wait", name, error.message(), name),
      kExitRefused);
}

int report_change(Session &session, const std::string &name, const Result<Answer> &answer) {
  if (!answer)
    return complain_about_change(session, name, answer.error());
  const std::string message = text_of(&answer->body, "message");
  session.screen.report(name, message.empty() ? "offsets changed" : message);
  return kExitDone;
}

} // namespace

Table offsets_table(const json::Value &offsets) {
  const json::Value *list = offsets.find("offsets");
  const auto entries = list ? list->items() : std::span<const json::Value>();
  if (!entries.empty() && std::all_of(entries.begin(), entries.end(), is_topic_partition)) {
    Table table({"TOPIC", "PARTITION", "OFFSET"});
    for (const json::Value &entry : entries) {
      const json::Value *partition = entry.find("partition");
      table.row({text_of(partition, "kafka_topic"), text_of(partition, "kafka_partition"),
                 text_of(entry.find("offset"), "kafka_offset")});
    }
    return table;
  }
  Table table({"PARTITION", "OFFSET"});
  for (const json::Value &entry : entries)
    table.row({text_of(&entry, "partition"), text_of(&entry, "offset")});
  return table;
}

int show_offsets(const Command &command, Session &session) {
  const std::string &name = command.names.front();
  const auto offsets = session.worker.get(path_of(name, "offsets"));
  if (!offsets)
    return complain_about(session, name, offsets.error());
  const Table table = offsets_table(*offsets);
  if (session.screen.documents())
    session.screen.print_document(*offsets);
  else if (table.empty())
    session.screen.note(fmt::format("{} has no offsets yet.", name));
  else
    session.screen.print_table(table);
  return kExitDone;
}

int set_offsets(const Command &command, Session &session) {
  const auto changes = requested_changes(command.offset_changes);
  if (!changes)
    return session.screen.complain(changes.error().message(), kExitUsage);
  const std::string &name = command.names.front();
  return report_change(session, name,
                       session.worker.send("PATCH", path_of(name, "offsets"), *changes));
}

int reset_offsets(const Command &command, Session &session) {
  const std::string &name = command.names.front();
  return report_change(session, name, session.worker.send("DELETE", path_of(name, "offsets")));
}

int show_topics(const Command &command, Session &session) {
  const std::string &name = command.names.front();
  const auto answer = session.worker.get(path_of(name, "topics"));
  if (!answer)
    return complain_about(session, name, answer.error());
  if (session.screen.documents()) {
    session.screen.print_document(*answer);
    return kExitDone;
  }
  const json::Value *own = answer->find(name);
  const json::Value *topics = own ? own->find("topics") : nullptr;
  Table table({"TOPIC"});
  if (topics != nullptr)
    for (const json::Value &topic : topics->items())
      table.row({std::string(topic.text())});
  if (table.empty())
    session.screen.note(fmt::format("{} has used no topics yet.", name));
  else
    session.screen.print_table(table);
  return kExitDone;
}

int reset_topics(const Command &command, Session &session) {
  const std::string &name = command.names.front();
  const auto answer = session.worker.send("PUT", path_of(name, "topics/reset"));
  if (!answer)
    return complain_about(session, name, answer.error());
  session.screen.report(name, "topics forgotten");
  return kExitDone;
}

} // namespace host::app::cli
