#include "host/storage/store_topics.h"

#include <gtest/gtest.h>

namespace host::storage {
namespace {

StringMap worker() {
  return {{"bootstrap.servers", "localhost:9092"},
          {"group.id", "g"},
          {"config.storage.topic", "configs"},
          {"offset.storage.topic", "offsets"},
          {"status.storage.topic", "statuses"}};
}

kafka::TopicLog::Settings settings(StoreKind kind, const StringMap &worker) {
  auto made = topic_log_settings(kind, worker);
  EXPECT_TRUE(made) << made.error().message();
  return *std::move(made);
}

TEST(StoreTopics, HaveConnectsDefaults) {
  const auto configs = settings(StoreKind::Configs, worker());
  EXPECT_EQ(configs.topic.topic.name, "configs");
  EXPECT_EQ(configs.topic.topic.partitions, 1);
  EXPECT_EQ(configs.topic.topic.replication_factor, 3);
  EXPECT_TRUE(configs.topic.single_partition);
  EXPECT_EQ(*configs.producer.find("client.id"), "g-configs");
  EXPECT_EQ(settings(StoreKind::Offsets, worker()).topic.topic.partitions, 25);
  const auto statuses = settings(StoreKind::Statuses, worker());
  EXPECT_EQ(statuses.topic.topic.partitions, 5);
  EXPECT_EQ(*statuses.consumer.find("client.id"), "g-statuses");
  EXPECT_EQ(statuses.topic.topic.config, (StringMap{{"cleanup.policy", "compact"}}));
}

TEST(StoreTopics, TakeTheirSettingsFromTheWorker) {
  StringMap given = worker();
  given.set("status.storage.partitions", "-1");
  given.set("status.storage.replication.factor", "2");
  given.set("status.storage.segment.ms", "1000");
  given.set("status.storage.cleanup.policy", "delete"); // ignored
  given.set("config.storage.partitions", "4");          // ignored
  const auto statuses = settings(StoreKind::Statuses, given);
  EXPECT_EQ(statuses.topic.topic.partitions, -1);
  EXPECT_EQ(statuses.topic.topic.replication_factor, 2);
  EXPECT_EQ(statuses.topic.topic.config,
            (StringMap{{"segment.ms", "1000"}, {"cleanup.policy", "compact"}}));
  EXPECT_EQ(settings(StoreKind::Configs, given).topic.topic.partitions, 1);
}

TEST(StoreTopics, RefuseWrongCounts) {
  StringMap given = worker();
  given.set("status.storage.partitions", "0");
  const auto refused = topic_log_settings(StoreKind::Statuses, given);
  ASSERT_FALSE(refused);
  EXPECT_EQ(
      refused.error().message(),
      "Invalid value 0 for configuration status.storage.partitions: Number of partitions must "
      "be positive, or -1 to use the broker's default");
}

TEST(StoreTopics, AreReadWithoutWhatTransactionsGaveUp) {
  StringMap given = worker();
  EXPECT_EQ(*settings(StoreKind::Configs, given).consumer.find("isolation.level"),
            "read_uncommitted");
  given.set("exactly.once.source.support", "preparing");
  for (const StoreKind kind : {StoreKind::Configs, StoreKind::Offsets})
    EXPECT_EQ(*settings(kind, given).consumer.find("isolation.level"), "read_committed");
  EXPECT_EQ(*settings(StoreKind::Statuses, given).consumer.find("isolation.level"),
            "read_uncommitted");
}

} // namespace
} // namespace host::storage
