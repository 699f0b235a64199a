#include "host/kafka/admin.h"

#include <algorithm>
#include <thread>

#include "host/kafka/producer.h"
#include "host/kafka/store_topic.h"
#include "tests/broker/fixture.h"

namespace host::kafka {
namespace {

std::string message_of(const Status &status) { return status ? "" : status.error().message(); }

class AdminTest : public test::BrokerTest {
protected:
  // As a topic log asks: again while the cluster does not know yet what it was told.
  Status ensure(const StoreTopic &wanted) {
    for (;;)
      if (Status done = ensure_topic(*admin_, wanted, {}); done || !done.error().retriable())
        return done;
  }
};

TEST_F(AdminTest, MakesAndDescribesTopics) {
  const std::string name = unique("t");
  EXPECT_FALSE(admin_->cluster_id({}).value().empty());
  EXPECT_EQ(admin_->describe_topic(name, {}).value(), std::nullopt);
  make_topic(name, 3, {{"cleanup.policy", "compact"}, {"min.insync.replicas", "1"}});
  EXPECT_EQ(admin_->describe_topic(name, {}).value().value().partitions, 3);
  EXPECT_EQ(admin_->topic_config(name, {}).value().get("cleanup.policy"), "compact");
  const Status again = admin_->create_topic({name, 3, 1}, {});
  EXPECT_EQ(again.error().code(), Code::AlreadyExists);
  const auto topics = admin_->topics({}).value();
  EXPECT_TRUE(std::ranges::any_of(topics, [&](const auto &t) { return t.name == name; }));
  EXPECT_TRUE(
      std::ranges::none_of(topics, [](const auto &t) { return t.name == "__consumer_offsets"; }));
}

TEST_F(AdminTest, RefusalsCarryTheBrokersWords) {
  const Status many = admin_->create_topic({unique("t"), 1, 9}, {});
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().exception(),
            "org.apache.kafka.common.errors.InvalidReplicationFactorException");
  const Status bad = admin_->create_topic({unique("t"), 1, 1, {{"cleanup.policy", "x"}}}, {});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().exception(),
            "org.apache.kafka.common.errors.InvalidConfigurationException");
  EXPECT_FALSE(admin_->create_topic({"a b", 1, 1}, {}));
  EXPECT_FALSE(admin_->topic_config(unique("none"), {}));
}

TEST_F(AdminTest, AskingForATopicDoesNotMakeIt) {
  const std::string name = unique("t");
  ASSERT_EQ(admin_->describe_topic(name, {}).value(), std::nullopt);
  EXPECT_EQ(admin_->describe_topic(name, {}).value(), std::nullopt);
}

TEST_F(AdminTest, EndAndGroupOffsets) {
  const std::string name = unique("t");
  make_topic(name, 2);
  const auto producer = Producer::create(config(ClientKind::SourceProducer)).value();
  OutRecord record;
  record.topic = producer->topic(name).value();
  record.partition = 1;
  record.value = Slice::of("x");
  for (int i = 0; i < 5; ++i)
    ASSERT_EQ(producer->produce(record).outcome, Produced::Queued);
  ASSERT_TRUE(
      producer->flush(std::chrono::steady_clock::now() + std::chrono::seconds(20), [](auto) {}));
  auto ends = admin_->end_offsets(name, 2, {}).value();
  std::ranges::sort(ends, {}, &PartitionOffset::partition);
  EXPECT_EQ(ends, (std::vector<PartitionOffset>{{{name, 0}, Offset(0)}, {{name, 1}, Offset(5)}}));
  EXPECT_TRUE(admin_->group_offsets(unique("nobody"), {}).value().empty());
}

TEST_F(AdminTest, GroupOffsetsChange) {
  const std::string name = unique("t");
  const std::string group = unique("g");
  make_topic(name, 2);
  using Offsets = std::vector<PartitionOffset>;
  const Offsets wanted{{{name, 0}, Offset(3)}, {{name, 1}, Offset(100)}};
  ASSERT_EQ(message_of(admin_->alter_group_offsets(group, wanted, {})), "");
  auto stored = admin_->group_offsets(group, {}).value();
  std::ranges::sort(stored, {}, &PartitionOffset::partition);
  EXPECT_EQ(stored, wanted);

  const std::vector<TopicPartition> gone{{name, 1}};
  EXPECT_EQ(message_of(admin_->remove_group_offsets(group, gone, {})), "");
  EXPECT_EQ(admin_->group_offsets(group, {}).value(), (Offsets{{{name, 0}, Offset(3)}}));
  EXPECT_EQ(message_of(admin_->remove_group_offsets(group, gone, {})), "");

  const Offsets nowhere{{{unique("none"), 0}, Offset(3)}};
  const Status refused = admin_->alter_group_offsets(group, nowhere, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().exception(),
            "org.apache.kafka.common.errors.UnknownTopicOrPartitionException");
  EXPECT_FALSE(refused.error().retriable()) << "it was asked again until its time was up";

  EXPECT_EQ(message_of(admin_->remove_group(group, {})), "");
  EXPECT_TRUE(admin_->group_offsets(group, {}).value().empty());
  EXPECT_EQ(admin_->remove_group(group, {}).error().code(), Code::NotFound);
}

TEST_F(AdminTest, AStopEndsACall) {
  // An address that takes connections and never answers.
  StringMap worker{{"bootstrap.servers", "127.0.0.1:9"}};
  const auto lonely =
      Admin::create(*client_config({.kind = ClientKind::WorkerAdmin, .worker = worker})).value();
  std::stop_source stop;
  const auto start = std::chrono::steady_clock::now();
  std::thread stopper([&] { stop.request_stop(); });
  const Status made = lonely->create_topic({"t", 1, 1}, {Duration(60'000), stop.get_token()});
  stopper.join();
  EXPECT_EQ(made.error().code(), Code::Cancelled);
  EXPECT_EQ(lonely->cluster_id({Duration(60'000), stop.get_token()}).error().code(),
            Code::Cancelled);
  EXPECT_EQ(lonely->cluster_id({Duration(50)}).error().code(), Code::Retry);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST_F(AdminTest, StoreTopicsAreMadeCompactAndChecked) {
  StoreTopic wanted{.topic = {.name = unique("offsets"),
                              .partitions = 4,
                              .replication_factor = 1,
                              .config = {{"cleanup.policy", "compact"}}},
                    .key = "offset.storage.topic",
                    .purpose = "source connector offsets"};
  ASSERT_TRUE(ensure(wanted));
  ASSERT_TRUE(ensure(wanted));
  EXPECT_EQ(admin_->describe_topic(wanted.topic.name, {}).value().value().partitions, 4);
  EXPECT_EQ(admin_->topic_config(wanted.topic.name, {}).value().get("cleanup.policy"), "compact");

  wanted.topic.name = unique("deleting");
  make_topic(wanted.topic.name, 1);
  EXPECT_EQ(message_of(ensure(wanted)),
            "Topic '" + wanted.topic.name +
                "' supplied via the 'offset.storage.topic' property is required to have "
                "'cleanup.policy=compact' to guarantee consistency and durability of source "
                "connector offsets, but found the topic currently has 'cleanup.policy=delete'. "
                "Continuing would likely result in eventually losing source connector offsets and "
                "problems restarting this Connect cluster in the future. Change the "
                "'offset.storage.topic' property in the Connect worker configurations to use a "
                "topic with 'cleanup.policy=compact'.");
  wanted.topic.name = unique("many");
  wanted.single_partition = true;
  wanted.key = "config.storage.topic";
  wanted.purpose = "connector configurations";
  make_topic(wanted.topic.name, 3, {{"cleanup.policy", "compact"}});
  EXPECT_EQ(message_of(ensure(wanted)),
            "Topic '" + wanted.topic.name +
                "' supplied via the 'config.storage.topic' property is required to have a single "
                "partition in order to guarantee consistency of connector configurations, but "
                "found 3 partitions.");
}

TEST_F(AdminTest, TooFewBrokersAreWaitedFor) {
  const StoreTopic wanted{
      .topic = {.name = unique("offsets"), .partitions = 1, .replication_factor = 3, .config = {}},
      .key = "k",
      .purpose = "p"};
  EXPECT_EQ(ensure_topic(*admin_, wanted, {}).error().code(), Code::Retry);
}

} // namespace
} // namespace host::kafka
