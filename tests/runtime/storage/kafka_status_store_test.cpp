#include <thread>

#include "tests/runtime/kafka/fixture.h"
#include "tests/unit/storage/stores.h"

namespace host::storage {
namespace {

using Put = StatusStore::Put;

WorkerStatus status(State state, std::int32_t generation, const std::string &worker = "w1:8083") {
  return {.state = state, .worker_id = worker, .generation = generation};
}

class KafkaStatusStoreTest : public kafka::test::MockTest {
protected:
  void SetUp() override {
    MockTest::SetUp();
    worker_.set("status.storage.topic", "statuses");
    topic("statuses", 5);
  }
  std::unique_ptr<StatusStore> open_started() const {
    auto store = open_status_store(worker_);
    EXPECT_TRUE(store) << store.error().message();
    const Status started = test::start(**store);
    EXPECT_TRUE(started) << started.error().message();
    return *std::move(store);
  }
  // Until the store has read what it is to know.
  template <class Condition>
  static void wait(const StatusStore &store, const Condition &condition) {
    const TimePoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition(*store.snapshot())) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::yield();
    }
  }
};

TEST_F(KafkaStatusStoreTest, EverybodySeesWhatIsSaid) {
  const auto store = open_started();
  const auto other = open_started();
  store->put(std::string("c"), status(State::Running, 1), Put::Plain);
  store->put(TaskId{"c", 0}, status(State::Failed, 1), Put::Safe);
  store->put_topic({"orders", "c", 0, 1'700'000'000'000});
  ASSERT_TRUE(test::flush(*store));
  for (const StatusStore *reader : {store.get(), other.get()})
    wait(*reader, [](const StatusState &state) {
      const ConnectorStatuses *c = state.find("c");
      return c != nullptr && c->connector && c->tasks.contains(0) && c->topics.contains("orders");
    });
  EXPECT_EQ(other->snapshot()->find("c")->tasks.at(0).state, State::Failed);
  store->remove(std::string("c"));
  store->remove(TopicUse{"orders", "c"});
  wait(*other, [](const StatusState &state) { return state.find("c") == nullptr; });
}

TEST_F(KafkaStatusStoreTest, OnlyTheNewestOfWhatWaitsIsWritten) {
  const auto store = open_started();
  for (int i = 0; i < 1'000; ++i)
    store->put(TaskId{"c", 0}, status(i % 2 == 0 ? State::Running : State::Paused, 1), Put::Plain);
  store->put(TaskId{"c", 0}, status(State::Restarting, 1), Put::Plain);
  ASSERT_TRUE(test::flush(*store));
  wait(*store, [](const StatusState &state) {
    const ConnectorStatuses *c = state.find("c");
    return c != nullptr && c->tasks.contains(0) && c->tasks.at(0).state == State::Restarting;
  });
}

TEST_F(KafkaStatusStoreTest, ALateWordDoesNotOverwriteANewerOne) {
  const auto late = open_started();
  const auto owner = open_started();
  owner->put(TaskId{"c", 0}, status(State::Running, 5, "w2:8083"), Put::Plain);
  ASSERT_TRUE(test::flush(*owner));
  wait(*late, [](const StatusState &state) { return state.find("c") != nullptr; });
  late->put(TaskId{"c", 0}, status(State::Unassigned, 4), Put::Safe);
  late->put(TaskId{"c", 0}, status(State::Failed, 4), Put::Safe);
  late->put(TaskId{"d", 0}, status(State::Running, 4), Put::Plain);
  ASSERT_TRUE(test::flush(*late));
  wait(*owner, [](const StatusState &state) { return state.find("d") != nullptr; });
  EXPECT_EQ(owner->snapshot()->find("c")->tasks.at(0).state, State::Running);
}

TEST_F(KafkaStatusStoreTest, WhatWaitsForKafkaIsWrittenWhenItIsBack) {
  const auto store = open_started();
  ASSERT_TRUE(cluster_->set_down(true));
  store->put(TaskId{"c", 0}, status(State::Running, 1), Put::Plain);
  store->put(TaskId{"c", 0}, status(State::Paused, 1), Put::Plain);
  EXPECT_EQ(test::done([&](auto told) { store->flush(told); }, Duration(300)).error().code(),
            Code::Timeout);
  ASSERT_TRUE(cluster_->set_down(false));
  ASSERT_TRUE(test::flush(*store));
  wait(*store, [](const StatusState &state) {
    const ConnectorStatuses *c = state.find("c");
    return c != nullptr && c->tasks.at(0).state == State::Paused;
  });
}

TEST_F(KafkaStatusStoreTest, StopAnswersAFlush) {
  const auto store = open_started();
  ASSERT_TRUE(cluster_->set_down(true));
  store->put(TaskId{"c", 0}, status(State::Running, 1), Put::Plain);
  const auto answer = std::make_shared<test::Answer<void>>();
  store->flush([answer](Status flushed) { answer->tell(std::move(flushed)); });
  store->stop();
  ASSERT_TRUE(answer->told());
  EXPECT_EQ(answer->wait().error().code(), Code::Cancelled);
}

} // namespace
} // namespace host::storage
