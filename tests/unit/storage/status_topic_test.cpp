// Compares what we read from the status topic, and write to it, with what Kafka Connect does
// (data/status_topic.jsonl, by tests/oracle/stores).
#include <fstream>

#include <gtest/gtest.h>

#include "host/json/parse.h"
#include "host/storage/status_table.h"

namespace host::storage {
namespace {

std::string text_of(const json::Value &line, std::string_view key) {
  return line.string_of(key).value();
}
std::optional<std::string> nullable(const json::Value &value) {
  return value.is_null() ? std::nullopt : std::optional(std::string(value.text()));
}
json::Value described(const std::optional<std::string> &text) {
  return text ? json::Value(*text) : json::Value();
}

json::Value described(const WorkerStatus &status) {
  return json::Value::object({{"state", name_of(status.state)},
                              {"trace", described(status.trace)},
                              {"worker", status.worker_id},
                              {"generation", status.generation},
                              {"version", described(status.version)}});
}

json::Value described(const StatusState &state) {
  json::Value all = json::Value::object();
  for (const auto &[name, statuses] : state.connectors) {
    json::Value connector = json::Value::object();
    if (statuses->connector)
      connector.set("connector", described(*statuses->connector));
    for (const auto &[number, status] : statuses->tasks)
      connector.set(std::to_string(number), described(status));
    for (const auto &[topic, status] : statuses->topics)
      connector.set("topic " + topic,
                    std::to_string(status.task) + " " + std::to_string(status.discovered_at_ms));
    all.set(name, std::move(connector));
  }
  return all;
}

State state_named(const std::string &name) {
  for (const auto state : {State::Unassigned, State::Running, State::Paused, State::Failed,
                           State::Restarting, State::Stopped})
    if (name == name_of(state))
      return state;
  ADD_FAILURE() << name;
  return State::Failed;
}

// The record that a call writes, or nothing; the state DESTROYED is a tombstone.
using Record = std::pair<std::string, std::optional<std::string>>;
std::optional<Record> written(const StatusTable &table, const json::Value &line) {
  const std::string name = text_of(line, "name");
  const std::string state = text_of(line, "status");
  const bool removes = state == "DESTROYED";
  const auto task = static_cast<std::int32_t>(line.integer_of("task").value());
  if (line.contains("topic")) {
    const TopicStatus status{text_of(line, "topic"), name, std::max(task, 0),
                             line.integer_of("timestamp").value()};
    return Record(status_key(TopicUse{status.topic, name}),
                  removes ? std::nullopt : std::optional(encode_topic_status(status)));
  }
  const StatusSubject subject = task < 0 ? StatusSubject(name) : StatusSubject(TaskId{name, task});
  if (removes)
    return Record(status_key(subject), std::nullopt);
  const WorkerStatus status{.state = state_named(state),
                            .trace = nullable(*line.find("trace")),
                            .worker_id = text_of(line, "worker"),
                            .generation =
                                static_cast<std::int32_t>(line.integer_of("generation").value()),
                            .version = nullable(*line.find("version"))};
  if (line.boolean_of("safe").value() && !table.may_write_safely(subject, status))
    return std::nullopt;
  return Record(status_key(subject), encode_status(status));
}

TEST(StatusTopic, IsReadAndWrittenAsConnectDoes) {
  std::ifstream file(SLUICE_STORAGE_DATA "/status_topic.jsonl");
  std::optional<StatusTable> table;
  std::string state, text;
  int reads = 0, writes = 0, refused = 0;
  while (std::getline(file, text) && !HasFailure()) {
    SCOPED_TRACE(text);
    const json::Value line = json::parse(text).value();
    const std::string what = text_of(line, "do");
    if (what == "new") {
      table.emplace();
      state = "{}";
    } else if (what == "read") {
      ++reads;
      const auto value = nullable(*line.find("value"));
      const Status applied = table->apply(text_of(line, "key"), value);
      EXPECT_FALSE(line.contains("thrown") && applied);
    } else {
      const auto ours = written(*table, line);
      const json::Value *record = line.find("written");
      ASSERT_EQ(ours.has_value(), record != nullptr);
      ++(ours ? writes : refused);
      if (ours) {
        EXPECT_EQ(ours->first, record->items()[0].text());
        EXPECT_EQ(ours->second, nullable(record->items()[1]));
      }
    }
    if (const json::Value *after = line.find("state"))
      state = json::to_text(*after);
    EXPECT_EQ(json::to_text(described(*table->snapshot())), state);
  }
  EXPECT_GE(reads, 400);
  EXPECT_GE(writes, 100);
  EXPECT_GE(refused, 3);
}

TEST(StatusTopic, SnapshotsShareWhatHasNotChanged) {
  StatusTable table;
  const std::string running = encode_status({.state = State::Running, .worker_id = "w"});
  ASSERT_TRUE(table.apply("status-connector-a", running));
  ASSERT_TRUE(table.apply("status-connector-b", running));
  const auto before = table.snapshot();
  EXPECT_EQ(table.snapshot(), before);
  ASSERT_TRUE(table.apply("status-connector-b", std::nullopt));
  EXPECT_EQ(table.snapshot()->find("a"), before->find("a"));
  EXPECT_EQ(table.snapshot()->find("b"), nullptr);
  EXPECT_NE(before->find("b"), nullptr);
}

} // namespace
} // namespace host::storage
