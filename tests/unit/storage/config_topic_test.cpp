// Compares what we read from the config topic, and write to it, with what Kafka Connect does
// (data/config_topic.jsonl, by tests/oracle/stores).
#include <fstream>

#include <gtest/gtest.h>

#include "host/data/base64.h"
#include "host/json/parse.h"
#include "host/storage/config_table.h"

namespace host::storage {
namespace {

std::string text_of(const json::Value &line, std::string_view key) {
  return line.string_of(key).value();
}

json::Value described(const ConnectorConfig &connector) {
  json::Value value = json::Value::object();
  value.set("config", connector.config);
  value.set("target", name_of(connector.target_state));
  json::Value tasks = json::Value::array();
  for (const StringMap &task : connector.tasks)
    tasks.push(task);
  value.set("tasks", std::move(tasks));
  if (connector.inconsistent)
    value.set("inconsistent", true);
  if (connector.applied)
    value.set("applied", *connector.applied);
  if (connector.task_generation)
    value.set("generation", *connector.task_generation);
  if (connector.task_count_record)
    value.set("record", *connector.task_count_record);
  if (connector.pending_fencing)
    value.set("fencing", true);
  return value;
}

json::Value described(const ConfigState &state) {
  json::Value value = json::Value::object();
  value.set("offset", state.offset);
  if (state.session_key)
    value.set("session", state.session_key->created_at_ms);
  json::Value connectors = json::Value::object();
  for (const auto &[name, connector] : state.connectors)
    connectors.set(name, described(*connector));
  value.set("connectors", std::move(connectors));
  return value;
}

struct Describe {
  std::string operator()(const ConnectorConfigured &e) const { return "config " + e.connector; }
  std::string operator()(const ConnectorRemoved &e) const { return "remove " + e.connector; }
  std::string operator()(const TasksCommitted &) const { return "tasks"; }
  std::string operator()(const TargetStateChanged &e) const { return "target " + e.connector; }
  std::string operator()(const SessionKeyChanged &e) const {
    return "session " + std::to_string(e.key.created_at_ms);
  }
  std::string operator()(const RestartRequest &e) const {
    const auto word = [](bool flag) { return flag ? " true" : " false"; };
    return "restart " + e.connector + word(e.include_tasks) + word(e.only_failed);
  }
  std::string operator()(const LoggerLevelChanged &e) const {
    return "logger " + e.logger + " " + e.level;
  }
};

template <class Check> int for_each_line(const Check &check) {
  std::ifstream file(SLUICE_STORAGE_DATA "/config_topic.jsonl");
  std::string text;
  int count = 0;
  while (std::getline(file, text) && !testing::Test::HasFailure()) {
    const auto line = json::parse(text);
    EXPECT_TRUE(line) << text;
    SCOPED_TRACE(text);
    check(*line);
    ++count;
  }
  return count;
}

TEST(ConfigTopic, IsReadAsConnectReadsIt) {
  std::optional<ConfigTable> table;
  std::string state;
  const int lines = for_each_line([&](const json::Value &line) {
    const std::string what = text_of(line, "do");
    if (what == "new") {
      table.emplace();
      state = json::to_text(described(*table->snapshot()));
    }
    if (what != "read")
      return;
    const json::Value &value = *line.find("value");
    const auto applied = table->apply(line.integer_of("offset").value(), text_of(line, "key"),
                                      value.is_null() ? std::nullopt : std::optional(value.text()));
    const json::Value *events = line.find("events");
    const std::string event = events != nullptr ? std::string(events->items()[0].text()) : "";
    const std::string ours = applied && *applied ? std::visit(Describe(), **applied) : "";
    // Connect tells its herder of the end of connectors that never were.
    if (!event.starts_with("remove ") || !ours.empty()) {
      EXPECT_EQ(ours, event);
    }
    EXPECT_FALSE(line.contains("thrown") && applied) << "a record that stops Connect was taken";
    if (const json::Value *after = line.find("state"))
      state = json::to_text(*after);
    EXPECT_EQ(json::to_text(described(*table->snapshot())), state);
  });
  EXPECT_GE(lines, 1'000);
}

using Records = std::vector<std::pair<std::string, std::optional<std::string>>>;

std::string key(ConfigKey::Kind kind, const std::string &name, std::int32_t task = 0) {
  return ConfigKey{kind, name, task}.text();
}

// What a call of the store writes, by the name that the file has for it.
Records written(const std::string &what, const std::string &name) {
  using Kind = ConfigKey::Kind;
  const StringMap config{
      {"name", "a"}, {"connector.class", "FileStreamSource"}, {"note", "ä€😀\"\\\n\t/\x01"}};
  const auto target = [&](TargetState state) {
    return std::pair(key(Kind::TargetState, name), std::optional(encode_target_state(state)));
  };
  if (what == "connector")
    return {{key(Kind::Connector, name), encode_properties(config)}};
  if (what == "connector-stopped")
    return {target(TargetState::Stopped), {key(Kind::Connector, name), encode_properties(config)}};
  if (what == "tasks")
    return {{key(Kind::Task, name, 0), encode_properties(config)},
            {key(Kind::Task, name, 1), encode_properties({{"task.class", "T"}})},
            {key(Kind::Commit, name), encode_task_commit(2)}};
  if (what == "no-tasks")
    return {{key(Kind::Commit, name), encode_task_commit(0)}};
  for (const auto state : {TargetState::Started, TargetState::Paused, TargetState::Stopped})
    if (what == "target-" + std::string(name_of(state)))
      return {target(state)};
  if (what == "task-count")
    return {{key(Kind::TaskCount, name), encode_task_count(12)}};
  if (what.starts_with("session ")) {
    SessionKey session{.secret = {}, .algorithm = "HmacSHA256", .created_at_ms = std::stoll(name)};
    EXPECT_TRUE(data::decode_base64(what.substr(8), session.secret));
    return {{key(Kind::SessionKey, ""), encode_session_key(session)}};
  }
  if (what == "restart" || what == "restart-tasks")
    return {{key(Kind::Restart, name), encode_restart({.connector = name,
                                                       .include_tasks = what == "restart-tasks",
                                                       .only_failed = what == "restart"})}};
  if (what == "logger")
    return {{key(Kind::LoggerLevel, name), encode_logger_level("DEBUG")}};
  if (what == "remove")
    return {{key(Kind::Connector, name), {}}, {key(Kind::TargetState, name), {}}};
  ADD_FAILURE() << what;
  return {};
}

TEST(ConfigTopic, IsWrittenAsConnectWritesIt) {
  int writes = 0;
  for_each_line([&](const json::Value &line) {
    if (text_of(line, "do") != "write")
      return;
    ++writes;
    Records expected;
    for (const json::Value &record : line.find("records")->items()) {
      const json::Value &value = record.items()[1];
      if (record.items()[0].text() != "(read to the end)")
        expected.emplace_back(record.items()[0].text(),
                              value.is_null() ? std::nullopt
                                              : std::optional(std::string(value.text())));
    }
    EXPECT_EQ(written(text_of(line, "what"), text_of(line, "name")), expected);
  });
  EXPECT_EQ(writes, 13);
}

TEST(ConfigTopic, SnapshotsShareWhatHasNotChanged) {
  ConfigTable table;
  ASSERT_TRUE(table.apply(0, "connector-a", R"({"properties":{"x":"1"}})"));
  ASSERT_TRUE(table.apply(1, "connector-b", R"({"properties":{"x":"1"}})"));
  const auto before = table.snapshot();
  EXPECT_EQ(table.snapshot(), before);
  ASSERT_TRUE(table.apply(2, "connector-b", R"({"properties":{"x":"2"}})"));
  const auto after = table.snapshot();
  EXPECT_EQ(after->find("a"), before->find("a"));
  EXPECT_EQ(before->find("b")->config.get("x"), "1");
  EXPECT_EQ(after->find("b")->config.get("x"), "2");
}

TEST(ConfigTopic, FaultsDoNotShowValues) {
  ConfigTable table;
  for (const std::string_view value :
       {R"({"properties":{"password":5,"x":"hunter2"}})", R"({"key":"hunter2)", R"("hunter2")",
        R"({"key":"hunter2","algorithm":"x","creation-timestamp":1})",
        R"({"tasks":-5,"x":"hunter2"})"})
    for (const std::string_view key : {"connector-a", "task-a-0", "session-key", "commit-a"}) {
      ASSERT_TRUE(table.apply(0, "connector-a", R"({"properties":{}})"));
      const auto applied = table.apply(1, key, value);
      if (!applied) {
        EXPECT_EQ(applied.error().message().find("hunter2"), std::string::npos);
      }
    }
}

} // namespace
} // namespace host::storage
