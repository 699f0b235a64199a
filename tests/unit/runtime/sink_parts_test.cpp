#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/runtime/errant_records.h"
#include "host/runtime/gate.h"
#include "host/runtime/sink_batch.h"
#include "host/runtime/sink_partitions.h"

namespace host::runtime {
namespace {

using ::testing::ElementsAre;

TEST(SinkPartitions, KeepsNamesOfItsOwn) {
  SinkPartitions partitions;
  {
    const TopicPartition temporary{std::string("a-topic-name-beyond-small-strings"), 1};
    partitions.add(temporary).current = 7;
  }
  SinkPartition *found = partitions.find("a-topic-name-beyond-small-strings", 1);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->current, 7);
  EXPECT_EQ(&partitions.add({"a-topic-name-beyond-small-strings", 1}), found);
  EXPECT_EQ(partitions.find("a-topic-name-beyond-small-strings", 2), nullptr);
  partitions.erase(found->id);
  EXPECT_EQ(partitions.find("a-topic-name-beyond-small-strings", 1), nullptr);
}

TEST(SinkPartitions, PendingOffsetsAreAcceptedOrForgotten) {
  SinkPartitions partitions;
  SinkPartition &a = partitions.add({"t", 0});
  SinkPartition &b = partitions.add({"t", 1});
  partitions.set_pending(a, 3);
  partitions.set_pending(a, 4);
  partitions.set_pending(b, 9);
  partitions.erase({"t", 1});
  partitions.accept_pending();
  EXPECT_EQ(a.current, 4);
  EXPECT_EQ(a.pending, -1);
  partitions.set_pending(a, 5);
  partitions.forget_pending();
  EXPECT_EQ(a.current, 4);
  partitions.accept_pending();
  EXPECT_EQ(a.current, 4);
}

sluice_str name(const char *text) { return {text, 1}; }

TEST(SinkBatch, RemovingAPartitionKeepsTheHeadersOfTheOthers) {
  const auto pool = std::make_shared<SinkBatchPool>();
  SinkBatch &batch = pool->take();
  batch.topics = {name("t"), name("u")};
  for (std::uint32_t i = 0; i < 4; ++i) {
    sluice_sink_record record{};
    record.topic = i % 2;
    record.offset = i;
    record.n_headers = i;
    for (std::uint32_t k = 0; k < i; ++k)
      batch.headers.push_back({name(i == 3 ? "3" : "x"), {}});
    batch.records.push_back(record);
  }
  batch.seal();
  batch.remove("t", 0);
  const auto &abi = batch.abi();
  ASSERT_EQ(abi.n_records, 2u);
  const auto *last = SLUICE_AT(sluice_sink_record, abi.records, abi.record_stride, 1);
  EXPECT_EQ(last->offset, 3);
  ASSERT_EQ(last->n_headers, 3u);
  EXPECT_EQ(last->headers[2].key.ptr[0], '3');
  batch.done();
}

// A record that was reported is a dead letter already: it neither goes back nor counts for others.
TEST(ErrantRecords, OfAPartitionThatIsTakenAwayCountOnce) {
  const auto pool = std::make_shared<SinkBatchPool>();
  ErrantRecords errant(nullptr, nullptr);
  SinkBatch &batch = pool->take();
  batch.topics = {name("t")};
  for (std::int32_t i = 0; i < 4; ++i) {
    sluice_sink_record record{};
    record.partition = i % 2;
    record.offset = i;
    batch.records.push_back(record);
  }
  batch.seal();
  batch.errant.reported = {0, 1};
  EXPECT_EQ(errant.remove(batch, "t", 0), 1u); // 2; not 0
  EXPECT_EQ(batch.records.size(), 2u);         // 1 and 3
  EXPECT_EQ(errant.accepted(batch), 1u);       // 1
  EXPECT_EQ(errant.remove(batch, "t", 1), 1u);
  EXPECT_EQ(errant.dropped(batch), 0u);
  batch.done();
}

TEST(SinkBatch, BatchesComeBackFromAnyThreadAndAreUsedAgain) {
  const auto pool = std::make_shared<SinkBatchPool>();
  SinkBatch *first = &pool->take();
  first->retain();
  first->done();
  EXPECT_FALSE(pool->wait_until_back(std::chrono::steady_clock::now()));
  SinkBatch *second = &pool->take();
  EXPECT_NE(second, first);
  second->done();
  std::thread([&] { EXPECT_TRUE(first->release()); }).join();
  EXPECT_EQ(&pool->take(), first);
  first->done();
}

TEST(SinkBatch, APoolLivesAsLongAsItsBatches) {
  auto pool = std::make_shared<SinkBatchPool>();
  const std::weak_ptr<SinkBatchPool> watch = pool;
  SinkBatch &batch = pool->take();
  batch.retain();
  batch.done();
  pool.reset();
  EXPECT_FALSE(watch.expired());
  EXPECT_TRUE(batch.release());
  EXPECT_TRUE(watch.expired());
}

TEST(Gate, ClosingWaitsForThoseInside) {
  Gate gate;
  int entered = 0;
  gate.pass([&] { ++entered; });
  EXPECT_EQ(entered, 0); // closed at first
  gate.open();
  std::mutex mutex;
  std::condition_variable changed;
  bool inside = false, leave = false, left = false;
  std::thread other([&] {
    gate.pass([&] {
      std::unique_lock lock(mutex);
      inside = true;
      changed.notify_all();
      changed.wait(lock, [&] { return leave; });
      left = true;
    });
  });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return inside; });
    leave = true;
    changed.notify_all();
  }
  gate.close();
  EXPECT_TRUE(left);
  gate.pass([&] { ++entered; });
  EXPECT_EQ(entered, 0);
  other.join();
}

} // namespace
} // namespace host::runtime
