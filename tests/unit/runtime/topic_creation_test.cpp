#include "host/runtime/topic_creation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace host::runtime {
namespace {

using ::testing::HasSubstr;

TaskSpec spec(StringMap connector, StringMap worker = {}) {
  TaskSpec spec;
  spec.id = {"c", 0};
  spec.connector_config = std::move(connector);
  spec.worker_config = std::move(worker);
  return spec;
}

const StringMap kKeys = {
    {"name", "c"},
    {"topic.creation.default.partitions", "3"},
    {"topic.creation.default.replication.factor", "-1"},
    {"topic.creation.groups", "logs, default,none, keyed"},
    {"topic.creation.logs.include", "log-.*, audit"},
    {"topic.creation.logs.exclude", "log-private"},
    {"topic.creation.logs.partitions", "1"},
    {"topic.creation.logs.retention.ms", "1000"},
    {"topic.creation.keyed.include", ".*"},
    {"topic.creation.keyed.exclude", "other"},
    {"topic.creation.keyed.replication.factor", "2"},
    {"topic.creation.keyed.cleanup.policy", "compact"},
};

TEST(TopicCreation, FirstGroupThatFitsDecides) {
  const auto creation = TopicCreation::from(spec(kKeys));
  ASSERT_TRUE(creation) << creation.error().message();
  EXPECT_TRUE(creation->active());
  const auto log = creation->plan("log-a");
  EXPECT_EQ(log.partitions, 1);
  EXPECT_EQ(log.replication_factor, -1);
  EXPECT_EQ(log.config, (StringMap{{"retention.ms", "1000"}}));
  EXPECT_EQ(creation->plan("audit").partitions, 1);
  const auto keyed = creation->plan("log-private"); // excluded by the first, taken by the second
  EXPECT_EQ(keyed.partitions, 3);
  EXPECT_EQ(keyed.replication_factor, 2);
  EXPECT_EQ(keyed.config, (StringMap{{"cleanup.policy", "compact"}}));
  const auto other = creation->plan("other"); // `none` has no include and never fits
  EXPECT_EQ(other.partitions, 3);
  EXPECT_TRUE(other.config.empty());
}

TEST(TopicCreation, NothingWithoutKeysOrWhereTheWorkerForbidsIt) {
  EXPECT_FALSE(TopicCreation::from(spec({{"name", "c"}}))->active());
  EXPECT_FALSE(TopicCreation::from(spec(kKeys, {{"topic.creation.enable", "false"}}))->active());
}

TEST(TopicCreation, WrongValuesAreNamed) {
  const auto error = [](const std::string &key, const std::string &value) {
    StringMap keys = kKeys;
    keys.set(key, value);
    const auto creation = TopicCreation::from(spec(keys));
    return creation ? std::string("(accepted)") : creation.error().message();
  };
  EXPECT_THAT(error("topic.creation.logs.partitions", "0"),
              HasSubstr("Invalid value 0 for configuration topic.creation.logs.partitions"));
  EXPECT_THAT(error("topic.creation.default.replication.factor", "x"),
              HasSubstr("Invalid value x for configuration"));
  EXPECT_THAT(error("topic.creation.logs.include", "a["), HasSubstr("Syntax error in regular"));
  StringMap incomplete = kKeys;
  incomplete.erase("topic.creation.default.partitions");
  EXPECT_THAT(TopicCreation::from(spec(incomplete)).error().message(),
              HasSubstr("topic.creation.default.partitions"));
}

} // namespace
} // namespace host::runtime
