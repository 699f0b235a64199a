// The config and status stores on a real broker: their topics, and what is wrong with others.
#include <thread>

#include "host/storage/store_topics.h"
#include "tests/broker/fixture.h"
#include "tests/unit/storage/stores.h"

namespace host::storage {
namespace {

class WorkerStoresTest : public host::test::BrokerTest {
protected:
  void SetUp() override {
    BrokerTest::SetUp();
    worker_.set("group.id", unique("cluster"));
    for (const char *store : {"config", "offset", "status"}) {
      worker_.set(std::string(store) + ".storage.topic", unique(store));
      worker_.set(std::string(store) + ".storage.replication.factor", "1");
    }
  }
  std::unique_ptr<ConfigStore> open() const {
    auto store = open_config_store(worker_);
    EXPECT_TRUE(store) << store.error().message();
    return *std::move(store);
  }
  std::string config_topic() const { return worker_.get("config.storage.topic"); }
};

TEST_F(WorkerStoresTest, MakeTheirTopicsAsConnectDoes) {
  worker_.set("config.storage.partitions", "7"); // ignored
  worker_.set("config.storage.min.insync.replicas", "1");
  worker_.set("status.storage.partitions", "3");
  const auto configs = open();
  ASSERT_TRUE(test::start(*configs));
  EXPECT_EQ(admin_->describe_topic(config_topic(), {}).value().value().partitions, 1);
  const StringMap settings = admin_->topic_config(config_topic(), {}).value();
  EXPECT_EQ(settings.get("cleanup.policy"), "compact");
  EXPECT_EQ(settings.get("min.insync.replicas"), "1");

  auto statuses = open_status_store(worker_);
  ASSERT_TRUE(statuses) << statuses.error().message();
  ASSERT_TRUE(test::start(**statuses));
  const std::string topic = worker_.get("status.storage.topic");
  EXPECT_EQ(admin_->describe_topic(topic, {}).value().value().partitions, 3);
  EXPECT_EQ(admin_->topic_config(topic, {}).value().get("cleanup.policy"), "compact");
}

TEST_F(WorkerStoresTest, KeepWhatWasWritten) {
  StringMap big;
  for (int i = 0; i < 300; ++i)
    big.set("key." + std::to_string(i), std::string(100, 'v'));
  std::shared_ptr<const ConfigState> written;
  {
    const auto store = open();
    ASSERT_TRUE(test::start(*store));
    for (int c = 0; c < 20; ++c) {
      const std::string name = "c-" + std::to_string(c);
      ASSERT_TRUE(test::put_connector(*store, name, big, TargetState::Stopped));
      ASSERT_TRUE(test::put_tasks(*store, name, {big, big}));
    }
    ASSERT_TRUE(test::done([&](auto told) { store->remove_connector("c-7", told); }));
    written = store->snapshot();
  }
  const auto store = open();
  ASSERT_TRUE(test::start(*store));
  const auto read = store->snapshot();
  EXPECT_EQ(read->offset, written->offset);
  EXPECT_EQ(read->connectors.size(), 19u);
  EXPECT_EQ(read->find("c-7"), nullptr);
  const ConnectorConfig *last = read->find("c-19");
  ASSERT_NE(last, nullptr);
  EXPECT_EQ(last->target_state, TargetState::Stopped);
  EXPECT_EQ(last->tasks, (std::vector<StringMap>{big, big}));
}

TEST_F(WorkerStoresTest, RefuseAConfigTopicOfSeveralPartitions) {
  make_topic(config_topic(), 3, {{"cleanup.policy", "compact"}});
  const Status started = test::start(*open());
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code(), Code::Config);
  EXPECT_EQ(started.error().message(),
            "Topic '" + config_topic() +
                "' supplied via the 'config.storage.topic' property is required to have a single "
                "partition in order to guarantee consistency of connector configurations, but "
                "found 3 partitions.");
}

TEST_F(WorkerStoresTest, RefuseATopicThatIsNotCompacted) {
  make_topic(config_topic(), 1, {{"cleanup.policy", "delete"}});
  const Status started = test::start(*open());
  ASSERT_FALSE(started);
  EXPECT_NE(
      started.error().message().find("consistency and durability of connector configurations"),
      std::string::npos)
      << started.error().message();
  make_topic(worker_.get("status.storage.topic"), 1, {{"cleanup.policy", "compact,delete"}});
  auto statuses = open_status_store(worker_);
  ASSERT_TRUE(statuses);
  const Status other = test::start(**statuses);
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message().find("losing connector and task statuses"), std::string::npos)
      << other.error().message();
}

TEST_F(WorkerStoresTest, SayWhichKeyIsMissing) {
  worker_.set("config.storage.topic", "");
  const auto store = open_config_store(worker_);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().message(),
            "Missing required configuration \"config.storage.topic\" which has no default value.");
}

TEST_F(WorkerStoresTest, StatusesAreReadByAll) {
  auto one = open_status_store(worker_).value();
  auto other = open_status_store(worker_).value();
  ASSERT_TRUE(test::start(*one));
  ASSERT_TRUE(test::start(*other));
  for (std::int32_t i = 0; i < 500; ++i)
    one->put(TaskId{"c", i}, {.state = State::Running, .worker_id = "w:1", .generation = 3},
             StatusStore::Put::Plain);
  ASSERT_TRUE(test::flush(*one));
  const TimePoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  const auto seen = [&] {
    const auto state = other->snapshot();
    const ConnectorStatuses *c = state->find("c");
    return c != nullptr ? c->tasks.size() : 0;
  };
  while (seen() < 500) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::yield();
  }
}

} // namespace
} // namespace host::storage
