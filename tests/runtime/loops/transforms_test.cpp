// Transforms in both loops: what they change, drop and fail at.
#include "tests/runtime/loops/loop_test.h"
#include "tests/runtime/loops/scripted_sink.h"
#include "tests/runtime/loops/scripted_source.h"

namespace host::runtime::test {
namespace {

using metrics::TaskSlot;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Pair = std::pair<std::string, std::string>;

constexpr auto kKey = R"(["c",{"p":1}])";

class Transforms : public LoopTest {
protected:
  Transforms() {
    EXPECT_TRUE(cluster_->create_topic("t", 1));
    EXPECT_TRUE(cluster_->create_topic("routed", 1));
    EXPECT_TRUE(cluster_->create_topic("dlq", 1));
    connector_.set("topics", "t");
  }
  void transform(const std::string &alias, const std::string &type, const StringMap &keys = {}) {
    const std::string list = connector_.get("transforms");
    connector_.set("transforms", list.empty() ? alias : list + "," + alias);
    connector_.set("transforms." + alias + ".type", "org.apache.kafka.connect.transforms." + type);
    for (const auto &[key, value] : keys)
      connector_.set("transforms." + alias + "." + key, value);
  }
  void drop_tombstones() {
    connector_.set("predicates", "empty");
    connector_.set("predicates.empty.type",
                   "org.apache.kafka.connect.transforms.predicates.RecordIsTombstone");
    transform("drop", "Filter", {{"predicate", "empty"}});
  }
  void route() { transform("route", "RegexRouter", {{"regex", "t"}, {"replacement", "routed"}}); }
  void fail_softly() {
    connector_.set("errors.tolerance", "all");
    connector_.set("errors.deadletterqueue.topic.name", "dlq");
    connector_.set("errors.deadletterqueue.context.headers.enable", "true");
  }
  static SourceRecord line(std::optional<std::string> value, const std::string &offset) {
    SourceRecord record;
    record.value = std::move(value);
    record.offset = offset;
    return record;
  }
};

TEST_F(Transforms, OfASinkChangeAndDrop) {
  drop_tombstones();
  route();
  transform("mark", "InsertHeader", {{"header", "h"}, {"value.literal", "x"}});
  Stored tombstone;
  Stored full;
  full.value = "1";
  write_records("t", {tombstone, full, tombstone, full});
  SinkScript script;
  auto task = run(script.connector());
  ASSERT_TRUE(script.wait_until([](const auto &seen) { return seen.records.size() == 2; }));
  const auto seen = script.seen();
  for (const PutRecord &record : seen.records) {
    EXPECT_EQ(record.topic, "routed");
    EXPECT_EQ(record.value, "1");
    ASSERT_EQ(record.headers.size(), 1u);
    EXPECT_EQ(record.headers[0].first, "h");
  }
  EXPECT_EQ(seen.records[0].offset, 1);
  EXPECT_EQ(seen.records[1].offset, 3);
  stop(*task);
  EXPECT_THAT(group_offsets("connect-c", "t", 1), ElementsAre(4));
  EXPECT_EQ(count(&TaskSlot::records_in), 4u);
  EXPECT_EQ(count(&TaskSlot::records_out), 2u);
  EXPECT_EQ(count(&TaskSlot::records_filtered), 2u);
}

TEST_F(Transforms, OfASinkThatReadsBytesMayTakeStructuresApart) {
  worker_.set("value.converter", "Json");
  worker_.set("value.converter.schemas.enable", "false");
  fail_softly();
  transform("part", "ExtractField$Value", {{"field", "a"}});
  write("t", {R"({"a":"text"})", R"({"a":{"b":1}})"});
  SinkScript script;
  auto task = run(script.connector(SLUICE_FORM_BYTES));
  ASSERT_TRUE(script.wait_until([](const auto &seen) { return seen.records.size() == 1; }));
  EXPECT_EQ(script.seen().records[0].value, "text");
  EXPECT_EQ(read("dlq", 1)[0].value, R"({"a":{"b":1}})");
  stop(*task);
}

TEST_F(Transforms, OfASinkThatFailMakeLettersOfTheOriginal) {
  worker_.set("value.converter", "Json");
  worker_.set("value.converter.schemas.enable", "false");
  fail_softly();
  route();
  transform("cast", "Cast$Value", {{"spec", "a:int32"}});
  write("t", {R"({"a":"1"})", R"({"a":"x"})"});
  SinkScript script;
  auto task = run(script.connector());
  ASSERT_TRUE(script.wait_until([](const auto &seen) { return seen.records.size() == 1; }));
  const auto letters = read("dlq", 1);
  EXPECT_EQ(letters[0].value, R"({"a":"x"})");
  EXPECT_THAT(letters[0].headers, Contains(Pair("__connect.errors.topic", "t")));
  EXPECT_THAT(letters[0].headers, Contains(Pair("__connect.errors.stage", "TRANSFORMATION")));
  EXPECT_THAT(letters[0].headers, Contains(Pair("__connect.errors.class.name",
                                                "org.apache.kafka.connect.transforms.Cast$Value")));
  stop(*task);
  EXPECT_EQ(count(&TaskSlot::records_dead_lettered), 1u);
  EXPECT_EQ(count(&TaskSlot::records_out), 1u);
}

TEST_F(Transforms, OfASourceChangeAndDrop) {
  drop_tombstones();
  route();
  SourceScript script;
  script.with_on_delivered = true;
  auto task = run(script.connector());
  script.feed({line("a", R"({"position":1})"), line(std::nullopt, R"({"position":2})")});
  script.feed({line(std::nullopt, R"({"position":3})")});
  ASSERT_TRUE(host_.wait_for_offset(kKey, R"({"position":3})"));
  EXPECT_THAT(values_of(read("routed", 1)), ElementsAre("a"));
  EXPECT_THAT(host_.topics(), ElementsAre("routed"));
  EXPECT_TRUE(script.wait_until([](const auto &seen) { return seen.deliveries.size() == 3; }));
  std::map<std::int32_t, int> outcomes; // batches come in the order of their completion
  for (const sluice_delivery &delivery : script.seen().deliveries)
    ++outcomes[delivery.outcome];
  EXPECT_EQ(outcomes, (std::map<std::int32_t, int>{{SLUICE_DELIVERED, 1}, {SLUICE_FILTERED, 2}}));
  stop(*task);
  EXPECT_EQ(count(&TaskSlot::records_in), 3u);
  EXPECT_EQ(count(&TaskSlot::records_out), 1u);
  EXPECT_EQ(count(&TaskSlot::records_filtered), 2u);
  EXPECT_EQ(count(&TaskSlot::records_returned), 0u);
}

// What a transform made is gone before its delivery, and must have been copied.
TEST_F(Transforms, OfASourceMakeLargeValues) {
  worker_.set("value.converter", "Json");
  worker_.set("value.converter.schemas.enable", "false");
  transform("hoist", "HoistField$Value", {{"field", "f"}});
  SourceScript script;
  auto task = run(script.connector());
  std::vector<SourceRecord> batch;
  std::vector<std::string> expected;
  for (int i = 0; i < 20; ++i) {
    const std::string value(10'000, static_cast<char>('A' + i));
    batch.push_back(line(value, "{\"position\":" + std::to_string(i) + "}"));
    expected.push_back(value);
  }
  script.feed(batch);
  ASSERT_TRUE(host_.wait_for_offset(kKey, R"({"position":19})"));
  const auto values = values_of(read("t", 20));
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_THAT(values[i], StartsWith("{\"f\":\"")) << i;
  stop(*task);
}

TEST_F(Transforms, OfASourceThatFailMakeLettersOfTheOriginal) {
  fail_softly();
  transform("cast", "Cast$Value", {{"spec", "float64"}});
  SourceScript script;
  auto task = run(script.connector());
  SourceRecord bad = line("no number", R"({"position":1})");
  script.feed({bad});
  ASSERT_TRUE(host_.wait_for_offset(kKey, R"({"position":1})"));
  const auto letters = read("dlq", 1);
  EXPECT_EQ(letters[0].value, "no number");
  EXPECT_THAT(letters[0].headers, Contains(Pair("__connect.errors.stage", "TRANSFORMATION")));
  stop(*task);
  EXPECT_EQ(count(&TaskSlot::records_dead_lettered), 1u);
}

TEST_F(Transforms, ThatCannotBeMadeFailTheStart) {
  transform("cast", "Cast$Value");
  SinkScript script;
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_for(State::Failed));
  EXPECT_THAT(host_.last_trace(), HasSubstr("transforms.cast.spec"));
  stop(*task);
}

} // namespace
} // namespace host::runtime::test
