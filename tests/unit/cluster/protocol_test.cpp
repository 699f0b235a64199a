// Compares our payloads with Kafka Connect's (data/payloads.jsonl, by tests/oracle/cluster).
#include "host/cluster/protocol.h"

#include <charconv>
#include <fstream>

#include <gtest/gtest.h>

#include "host/json/parse.h"

namespace host::cluster {
namespace {

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned value = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return bytes;
}

std::string text_of(const json::Value &line, std::string_view key) {
  return line.string_of(key).value();
}

std::vector<std::string> names_of(const json::Value &value, std::string_view key) {
  std::vector<std::string> names;
  if (const json::Value *list = value.find(key))
    for (const json::Value &name : list->items())
      names.emplace_back(name.text());
  return names;
}
std::vector<TaskId> tasks_of(const json::Value &value, std::string_view key) {
  std::vector<TaskId> tasks;
  if (const json::Value *list = value.find(key))
    for (const json::Value &task : list->items())
      tasks.push_back({std::string(task.items()[0].text()),
                       static_cast<std::int32_t>(task.items()[1].integer().value())});
  return tasks;
}

Assignment assignment_of(const json::Value &value) {
  return {.error = value.integer_of("error").value() == 0 ? Assignment::Error::None
                                                          : Assignment::Error::ConfigMismatch,
          .leader = text_of(value, "leader"),
          .leader_url = text_of(value, "leader_url"),
          .config_offset = value.integer_of("offset").value(),
          .connectors = names_of(value, "connectors"),
          .tasks = tasks_of(value, "tasks"),
          .revoked_connectors = names_of(value, "revoked_connectors"),
          .revoked_tasks = tasks_of(value, "revoked_tasks"),
          .delay_ms = static_cast<std::int32_t>(value.integer_or("delay", 0).value())};
}

WorkerState state_of(const json::Value &value) {
  WorkerState state{text_of(value, "url"), value.integer_of("offset").value(), {}};
  if (const json::Value *allocation = value.find("allocation"); !allocation->is_null())
    state.assignment = assignment_of(*allocation);
  return state;
}

template <class Check> int for_each_line(std::string_view what, const Check &check) {
  std::ifstream file(SLUICE_CLUSTER_DATA "/payloads.jsonl");
  std::string text;
  int count = 0;
  while (std::getline(file, text)) {
    const auto line = json::parse(text);
    EXPECT_TRUE(line) << text;
    if (text_of(*line, "do") != what)
      continue;
    SCOPED_TRACE(text);
    check(*line);
    ++count;
  }
  return count;
}

TEST(Protocol, WritesConnectsBytes) {
  const int lines = for_each_line("write", [](const json::Value &line) {
    const Protocol protocol = protocol_named(text_of(line, "protocol")).value();
    const json::Value &value = *line.find("value");
    const std::string bytes = text_of(line, "kind") == "metadata"
                                  ? encode(state_of(value), protocol)
                                  : encode(assignment_of(value), protocol);
    EXPECT_EQ(bytes, bytes_of(text_of(line, "hex")));
  });
  EXPECT_GE(lines, 90);
}

// Damaged and cut off ones, too. One difference: Connect takes every negative length for null.
TEST(Protocol, ReadsWhatConnectReads) {
  int negative = 0;
  const int lines = for_each_line("read", [&](const json::Value &line) {
    const std::string bytes = bytes_of(text_of(line, "hex"));
    const json::Value *value = line.find("value");
    if (text_of(line, "kind") == "metadata") {
      auto state = decode_worker_state(bytes);
      if (!state && value != nullptr && ++negative)
        return;
      ASSERT_EQ(state.has_value(), value != nullptr);
      if (!state)
        return;
      if (state->assignment)
        state->assignment->version = 0;
      EXPECT_EQ(*state, state_of(*value));
    } else {
      auto assignment = decode_assignment(bytes);
      ASSERT_EQ(assignment.has_value(), value != nullptr);
      if (!assignment)
        return;
      assignment->version = 0;
      EXPECT_EQ(*assignment, assignment_of(*value));
    }
  });
  EXPECT_GE(lines, 200);
  EXPECT_EQ(negative, 1);
}

TEST(Protocol, KnowsTheVersionOfWhatItReads) {
  for (const Protocol protocol : {Protocol::Eager, Protocol::Compatible, Protocol::Sessioned}) {
    const auto read = decode_assignment(encode(Assignment{}, protocol)).value();
    EXPECT_EQ(read.version, static_cast<int>(protocol) - 1);
  }
  EXPECT_EQ(decode_assignment(std::string("\xFF\xFE", 2)).error().message(),
            "Unsupported subscription version: -2");
}

// A few bytes must not turn into gigabytes of names.
TEST(Protocol, RefusesNamesThatMultiply) {
  Assignment assignment;
  for (int i = 0; i < 5'000; ++i)
    assignment.tasks.push_back({std::string(30'000, 'x'), i});
  EXPECT_FALSE(decode_assignment(encode(assignment, Protocol::Sessioned)));
  assignment.tasks.resize(500);
  EXPECT_EQ(decode_assignment(encode(assignment, Protocol::Sessioned))->tasks, assignment.tasks);
}

TEST(Protocol, OffersWhatItSpeaksMostWantedFirst) {
  EXPECT_EQ(offered_protocols(Protocol::Sessioned),
            (std::vector{Protocol::Sessioned, Protocol::Compatible, Protocol::Eager}));
  EXPECT_EQ(offered_protocols(Protocol::Compatible),
            (std::vector{Protocol::Compatible, Protocol::Eager}));
  EXPECT_EQ(offered_protocols(Protocol::Eager), std::vector{Protocol::Eager});
  EXPECT_EQ(name_of(Protocol::Eager), "default");
  EXPECT_FALSE(protocol_named("eager"));
}

} // namespace
} // namespace host::cluster
