#include <mutex>
#include <thread>

#include "host/storage/store_topics.h"
#include "tests/runtime/kafka/fixture.h"
#include "tests/unit/storage/stores.h"

namespace host::storage {
namespace {

class KafkaConfigStoreTest : public kafka::test::MockTest {
protected:
  void SetUp() override {
    MockTest::SetUp();
    worker_.set("config.storage.topic", "configs");
    topic("configs", 1);
  }
  std::unique_ptr<ConfigStore> open() const {
    auto store = open_config_store(worker_);
    EXPECT_TRUE(store) << store.error().message();
    return *std::move(store);
  }
  std::unique_ptr<ConfigStore> open_started(ConfigStore::OnEvent on_event = [](const auto &) {}) {
    auto store = open();
    const Status started = test::start(*store, std::move(on_event));
    EXPECT_TRUE(started) << started.error().message();
    return store;
  }
};

TEST_F(KafkaConfigStoreTest, WritesAreInTheSnapshotWhenTheyAreDone) {
  const auto store = open_started();
  EXPECT_EQ(store->snapshot()->offset, -1);
  ASSERT_TRUE(test::put_connector(*store, "a", {{"x", "1"}}, TargetState::Paused));
  const auto created = store->snapshot();
  EXPECT_EQ(created->offset, 2);
  EXPECT_EQ(created->find("a")->target_state, TargetState::Paused);
  ASSERT_TRUE(test::put_tasks(*store, "a", {{{"t", "0"}}, {{"t", "1"}}}));
  EXPECT_EQ(store->snapshot()->find("a")->tasks.size(), 2u);
  EXPECT_EQ(store->snapshot()->find("a")->applied, (StringMap{{"x", "1"}}));
  ASSERT_TRUE(test::put_tasks(*store, "a", {}));
  EXPECT_TRUE(store->snapshot()->find("a")->tasks.empty());
  ASSERT_TRUE(
      test::done([&](auto told) { store->put_target_state("a", TargetState::Started, told); }));
  EXPECT_EQ(store->snapshot()->find("a")->target_state, TargetState::Started);
  const SessionKey key{.secret = "secret", .algorithm = "HmacSHA256", .created_at_ms = 5};
  ASSERT_TRUE(test::done([&](auto told) { store->put_session_key(key, told); }));
  EXPECT_EQ(store->snapshot()->session_key, key);
  ASSERT_TRUE(test::done([&](auto told) { store->remove_connector("a", told); }));
  EXPECT_EQ(store->snapshot()->find("a"), nullptr);
  EXPECT_EQ(created->find("a")->config, (StringMap{{"x", "1"}})) << "a snapshot does not change";

  const auto other = open_started();
  EXPECT_EQ(other->snapshot()->offset, store->snapshot()->offset);
  EXPECT_EQ(other->snapshot()->session_key, key);
}

TEST_F(KafkaConfigStoreTest, TellsWhatChangesAfterItsStart) {
  std::mutex mutex;
  std::vector<std::string> events;
  const auto listen = [&](const ConfigEvent &event) {
    std::lock_guard lock(mutex);
    if (const auto *configured = std::get_if<ConnectorConfigured>(&event))
      events.push_back(configured->connector + (configured->is_new ? " is new" : " changed"));
    else if (const auto *restart = std::get_if<RestartRequest>(&event))
      events.push_back("restart " + restart->connector);
    else if (const auto *level = std::get_if<LoggerLevelChanged>(&event))
      events.push_back(level->logger + "=" + level->level);
    else
      events.push_back("kind " + std::to_string(event.index()));
  };
  const auto writer = open_started();
  const auto restart = [&](ConfigStore &store) {
    return test::done([&](auto told) { store.put_restart_request({"a", true, true}, told); });
  };
  ASSERT_TRUE(test::put_connector(*writer, "a", {{"x", "1"}}));
  ASSERT_TRUE(restart(*writer));
  const auto reader = open_started(listen);
  EXPECT_TRUE(events.empty()) << "what was asked before it was there is not for it";
  ASSERT_TRUE(test::put_connector(*writer, "a", {{"x", "2"}}));
  ASSERT_TRUE(test::put_connector(*writer, "b", {{"x", "2"}}));
  ASSERT_TRUE(restart(*writer));
  ASSERT_TRUE(test::done([&](auto told) { writer->put_logger_level("sluice", "DEBUG", told); }));
  ASSERT_TRUE(test::refresh(*reader));
  std::lock_guard lock(mutex);
  EXPECT_EQ(events,
            (std::vector<std::string>{"a changed", "b is new", "restart a", "sluice=DEBUG"}));
}

// Two workers that both think they lead: all must see the same in the end, and nobody half of a
// set.
TEST_F(KafkaConfigStoreTest, TwoLeadersDoNotPartTheReaders) {
  const auto one = open_started();
  const auto other = open_started();
  ASSERT_TRUE(test::put_connector(*one, "a", {{"x", "1"}}));
  constexpr int kRounds = 15;
  const auto lead = [](ConfigStore &store, const std::string &name) {
    for (int i = 0; i < kRounds; ++i) {
      const std::string value = name + std::to_string(i);
      ASSERT_TRUE(test::put_connector(store, "a", {{"by", value}}));
      ASSERT_TRUE(test::put_tasks(store, "a", {{{"by", value}}, {{"by", value}}}));
    }
  };
  {
    std::jthread first([&] { lead(*one, "one"); });
    std::jthread second([&] { lead(*other, "other"); });
  }
  const auto third = open_started();
  ASSERT_TRUE(test::refresh(*one));
  ASSERT_TRUE(test::refresh(*other));
  const auto expected = third->snapshot();
  const ConnectorConfig &a = *expected->find("a");
  EXPECT_TRUE(a.inconsistent || a.tasks.size() == 2);
  for (const ConfigStore *store : {one.get(), other.get()}) {
    const auto seen = store->snapshot();
    EXPECT_EQ(seen->offset, expected->offset);
    EXPECT_EQ(seen->find("a")->config, a.config);
    EXPECT_EQ(seen->find("a")->tasks, a.tasks);
    EXPECT_EQ(seen->find("a")->inconsistent, a.inconsistent);
  }
  // Whoever leads in the end puts it right.
  ASSERT_TRUE(test::put_tasks(*one, "a", {{{"by", "one"}}}));
  ASSERT_TRUE(test::refresh(*other));
  EXPECT_EQ(other->snapshot()->find("a")->tasks, (std::vector<StringMap>{{{"by", "one"}}}));
}

TEST_F(KafkaConfigStoreTest, WritesOfOneConnectorDoNotMix) {
  const auto store = open_started();
  ASSERT_TRUE(test::put_connector(*store, "a", {{"x", "1"}}));
  std::vector<std::shared_ptr<test::Answer<void>>> answers;
  for (int i = 0; i < 20; ++i) {
    const StringMap task{{"set", std::to_string(i)}};
    answers.push_back(std::make_shared<test::Answer<void>>());
    store->put_task_configs("a", {task, task, task}, [answer = answers.back()](Status status) {
      answer->tell(std::move(status));
    });
  }
  for (const auto &answer : answers)
    ASSERT_TRUE(answer->wait());
  const auto &tasks = store->snapshot()->find("a")->tasks;
  EXPECT_EQ(tasks, (std::vector<StringMap>(3, {{"set", "19"}})));
  EXPECT_EQ(store->snapshot()->find("a")->task_generation, 19);
}

TEST_F(KafkaConfigStoreTest, RubbishIsSkippedAndCounted) {
  fill("configs", 0, 3, "rubbish");
  const auto store = open_started();
  EXPECT_EQ(store->skipped_records(), 3u);
  EXPECT_EQ(store->snapshot()->offset, -1) << "what says nothing does not count";
  ASSERT_TRUE(test::put_connector(*store, "a", {{"x", "1"}}));
  EXPECT_EQ(store->snapshot()->offset, 4);
}

TEST_F(KafkaConfigStoreTest, WithoutKafkaTheLastSnapshotStays) {
  const auto store = open_started();
  ASSERT_TRUE(test::put_connector(*store, "a", {{"x", "1"}}));
  ASSERT_TRUE(cluster_->set_down(true));
  const Status refreshed = test::refresh(*store, Duration(300));
  ASSERT_FALSE(refreshed);
  EXPECT_EQ(refreshed.error().code(), Code::Timeout);
  EXPECT_NE(store->snapshot()->find("a"), nullptr);
  store->stop();
  const Status written = test::put_connector(*store, "b", {});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code(), Code::Cancelled);
}

TEST_F(KafkaConfigStoreTest, FailuresHaveConnectsWords) {
  const auto store = open_started();
  const Status written = test::put_connector(*store, "a", {{"x", std::string(2 << 20, 'x')}});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message(), "Error writing connector configuration to Kafka");
  EXPECT_EQ(written.error().exception(), exception::kConnect);
  ASSERT_NE(written.error().cause(), nullptr);
  ASSERT_TRUE(test::put_connector(*store, "a", {{"x", "1"}})) << "the next one is not held up";
  EXPECT_EQ(test::put_connector(*store, std::string(40'000, 'n'), {}).error().code(),
            Code::BadRequest);
}

} // namespace
} // namespace host::storage
