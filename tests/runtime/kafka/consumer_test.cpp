#include "host/kafka/consumer.h"

#include <algorithm>
#include <thread>

#include "tests/runtime/kafka/fixture.h"

namespace host::kafka {
namespace {

// What a rebalance handler saw, in order.
struct Rebalances {
  RebalanceHandler handler() {
    return {.on_assigned =
                [this](std::span<NewPartition> partitions) {
                  for (NewPartition &partition : partitions) {
                    assigned.push_back({partition.partition, partition.start});
                    if (change)
                      change(partition);
                  }
                  ++assignments;
                },
            .on_revoked =
                [this](std::span<const TopicPartition> partitions, bool lost) {
                  revoked.insert(revoked.end(), partitions.begin(), partitions.end());
                  this->lost = lost;
                  ++revocations;
                }};
  }
  std::vector<PartitionOffset> assigned;
  std::vector<TopicPartition> revoked;
  int assignments = 0;
  int revocations = 0;
  bool lost = false;
  std::function<void(NewPartition &)> change;
};

class ConsumerTest : public test::MockTest {};

TEST_F(ConsumerTest, RecordsComeAsTheyWereWritten) {
  topic("t", 1);
  {
    const auto writer = producer();
    OutRecord record;
    record.topic = writer->topic("t").value();
    record.partition = 0;
    record.timestamp_ms = 1234567890123;
    record.key = Slice::of("k");
    const Header headers[] = {{"a", Slice::of("1")}, {"b", Slice()}, {"a", Slice::of("")}};
    record.headers = headers;
    ASSERT_EQ(writer->produce(record).outcome, Produced::Queued); // a tombstone
    record.key = Slice();
    record.value = Slice::of("");
    record.headers = {};
    record.timestamp_ms = kNow;
    ASSERT_EQ(writer->produce(record).outcome, Produced::Queued);
    ASSERT_TRUE(writer->flush(test::in(std::chrono::seconds(20)), [](auto) {}));
  }
  const auto reader = consumer();
  ASSERT_TRUE(reader->subscribe({"t"}));
  std::vector<MessageBatch> batches;
  ASSERT_TRUE(poll_until(
      *reader, [&] { return test::count_of(batches) == 2; }, &batches));
  ASSERT_EQ(batches.size(), 1u);
  const MessageBatch &batch = batches[0];
  EXPECT_EQ(batch.bytes(), 1u);
  EXPECT_EQ(batch[0].topic, "t");
  EXPECT_EQ(batch[0].topic.data(), batch[1].topic.data());
  EXPECT_EQ(batch[0].offset, 0);
  EXPECT_EQ(batch[0].timestamp_ms, 1234567890123);
  EXPECT_EQ(batch[0].timestamp_type, TimestampType::CreateTime);
  EXPECT_EQ(batch[0].key.text(), "k");
  EXPECT_TRUE(batch[0].value.is_null());
  EXPECT_TRUE(batch[1].key.is_null());
  EXPECT_FALSE(batch[1].value.is_null());
  EXPECT_EQ(batch[1].value.size, 0u);
  EXPECT_GT(batch[1].timestamp_ms, 1600000000000);
  std::vector<Header> headers;
  batch.headers(0, headers);
  ASSERT_EQ(headers.size(), 3u);
  EXPECT_EQ(headers[0].name, "a");
  EXPECT_EQ(headers[0].value.text(), "1");
  EXPECT_TRUE(headers[1].value.is_null());
  EXPECT_FALSE(headers[2].value.is_null());
  batch.headers(1, headers);
  EXPECT_EQ(headers.size(), 3u) << "appends nothing for a record without headers";
  EXPECT_EQ(reader->held_messages(), 2u);
  batches.clear();
  EXPECT_EQ(reader->held_messages(), 0u);
}

TEST_F(ConsumerTest, CommittedOffsetsAreWhereTheNextMemberStarts) {
  topic("t", 2);
  fill("t", 0, 10);
  fill("t", 1, 4);
  {
    Rebalances seen;
    const auto reader = consumer(seen.handler());
    ASSERT_TRUE(reader->subscribe({"t"}));
    std::vector<MessageBatch> batches;
    ASSERT_TRUE(poll_until(
        *reader, [&] { return test::count_of(batches) == 14; }, &batches));
    batches.clear();
    EXPECT_EQ(seen.assigned.size(), 2u);
    EXPECT_EQ(seen.assigned[0].offset, kNoOffset);
    const PartitionOffset sync[] = {{{"t", 0}, Offset(7)}};
    const Status committed = reader->commit(sync, Duration(10'000));
    ASSERT_TRUE(committed) << committed.error().message();
    const PartitionOffset async[] = {{{"t", 1}, Offset(3)}};
    std::optional<Status> told;
    ASSERT_TRUE(reader->commit_async(async, [&](Status status) { told = std::move(status); }));
    ASSERT_TRUE(poll_until(*reader, [&] { return told.has_value(); }));
    EXPECT_TRUE(*told);
    EXPECT_FALSE(reader->member_id().empty());
    const TopicPartition both[] = {{"t", 0}, {"t", 1}};
    EXPECT_EQ(reader->position(both).value(),
              (std::vector<PartitionOffset>{{{"t", 0}, Offset(10)}, {{"t", 1}, Offset(4)}}));
    EXPECT_EQ(reader->committed(both, Duration(10'000)).value(),
              (std::vector<PartitionOffset>{{{"t", 0}, Offset(7)}, {{"t", 1}, Offset(3)}}));
    EXPECT_EQ(reader->close(test::in(std::chrono::seconds(10))), Closed::Clean);
    EXPECT_EQ(seen.revoked.size(), 2u);
  }
  Rebalances seen;
  const auto reader = consumer(seen.handler());
  ASSERT_TRUE(reader->subscribe({"t"}));
  std::vector<MessageBatch> batches;
  ASSERT_TRUE(poll_until(
      *reader, [&] { return test::count_of(batches) == 4; }, &batches));
  EXPECT_EQ(seen.assigned,
            (std::vector<PartitionOffset>{{{"t", 0}, Offset(7)}, {{"t", 1}, Offset(3)}}));
  batches.clear();
}

TEST_F(ConsumerTest, AHandlerMayMoveAndPauseWhatIsAssigned) {
  topic("t", 2);
  fill("t", 0, 5);
  fill("t", 1, 5);
  Rebalances seen;
  seen.change = [](NewPartition &partition) {
    if (partition.partition.partition == 0)
      partition.start = Offset(3);
    else
      partition.paused = true;
  };
  const auto reader = consumer(seen.handler());
  ASSERT_TRUE(reader->subscribe({"t"}));
  std::vector<MessageBatch> batches;
  ASSERT_TRUE(poll_until(
      *reader, [&] { return test::count_of(batches) == 2; }, &batches));
  for (const MessageBatch &batch : batches)
    for (std::size_t i = 0; i < batch.size(); ++i)
      EXPECT_EQ(batch[i].partition, 0);
  const TopicPartition paused[] = {{"t", 1}};
  ASSERT_TRUE(reader->resume(paused));
  ASSERT_TRUE(poll_until(
      *reader, [&] { return test::count_of(batches) == 7; }, &batches));
  EXPECT_FALSE(reader->pause(std::vector<TopicPartition>{{"other", 0}}));
  batches.clear();
}

TEST_F(ConsumerTest, SeekReadsAgainFromThere) {
  topic("t", 1);
  fill("t", 0, 10);
  const auto reader = consumer();
  ASSERT_TRUE(reader->subscribe({"t"}));
  std::vector<MessageBatch> batches;
  ASSERT_TRUE(poll_until(
      *reader, [&] { return test::count_of(batches) == 10; }, &batches));
  const PartitionOffset to[] = {{{"t", 0}, Offset(8)}};
  const Status moved = reader->seek(to, Duration(5'000));
  ASSERT_TRUE(moved) << moved.error().message();
  batches.clear();
  ASSERT_TRUE(poll_until(
      *reader, [&] { return test::count_of(batches) == 2; }, &batches));
  EXPECT_EQ(batches[0][0].offset, 8);
  batches.clear();
}

TEST_F(ConsumerTest, PausedPartitionsReturnNothingAndGoOnWithoutLoss) {
  topic("t", 1);
  fill("t", 0, 1000);
  const auto reader = consumer();
  ASSERT_TRUE(reader->subscribe({"t"}));
  const TopicPartition all[] = {{"t", 0}};
  std::int64_t next = 0;
  const TimePoint deadline = test::in(std::chrono::seconds(30));
  while (next < 1000 && std::chrono::steady_clock::now() < deadline) {
    auto batch = reader->poll(70, Duration(100));
    ASSERT_TRUE(batch);
    for (std::size_t i = 0; i < batch->size(); ++i)
      ASSERT_EQ((*batch)[i].offset, next++);
    if (batch->empty())
      continue;
    ASSERT_TRUE(reader->pause(all));
    EXPECT_TRUE(reader->poll(70, Duration(1)).value().empty());
    ASSERT_TRUE(reader->resume(all));
  }
  EXPECT_EQ(next, 1000);
}

TEST_F(ConsumerTest, TwoMembersShareAndTheSecondTakesOver) {
  topic("t", 4);
  for (std::int32_t partition = 0; partition < 4; ++partition)
    fill("t", partition, 10);
  Rebalances first_seen, second_seen;
  const auto first = consumer(first_seen.handler(), 0);
  ASSERT_TRUE(first->subscribe({"t"}));
  ASSERT_TRUE(poll_until(*first, [&] { return first_seen.assigned.size() == 4; }));
  const auto second = consumer(second_seen.handler(), 1);
  ASSERT_TRUE(second->subscribe({"t"}));
  ASSERT_TRUE(poll_until(*first, [&] {
    auto batch = second->poll(100, Duration(50));
    EXPECT_TRUE(batch);
    return second_seen.assigned.size() == 2;
  }));
  EXPECT_GE(first_seen.revocations, 1);
  EXPECT_FALSE(first_seen.lost);
}

TEST_F(ConsumerTest, NoRecordOfARevokedPartitionIsHandedOut) {
  topic("t", 2);
  fill("t", 0, 200);
  fill("t", 1, 200);
  // Each record must come while its partition is assigned.
  std::vector<TopicPartition> owned;
  RebalanceHandler handler{.on_assigned =
                               [&](std::span<NewPartition> partitions) {
                                 for (const NewPartition &partition : partitions)
                                   owned.push_back(partition.partition);
                               },
                           .on_revoked =
                               [&](std::span<const TopicPartition> partitions, bool) {
                                 for (const TopicPartition &tp : partitions)
                                   std::erase(owned, tp);
                               }};
  const auto reader = consumer(handler, 0);
  ASSERT_TRUE(reader->subscribe({"t"}));
  Rebalances other_seen; // it sees the end of `other`, too
  std::unique_ptr<Consumer> other;
  std::size_t read = 0;
  const TimePoint deadline = test::in(std::chrono::seconds(30));
  while (other_seen.assigned.empty() && std::chrono::steady_clock::now() < deadline) {
    auto batch = reader->poll(7, Duration(20));
    ASSERT_TRUE(batch);
    for (std::size_t i = 0; i < batch->size(); ++i) {
      const InRecord record = (*batch)[i];
      const TopicPartition tp{std::string(record.topic), record.partition};
      ASSERT_NE(std::ranges::find(owned, tp), owned.end()) << tp.text();
    }
    read += batch->size();
    if (read > 20 && !other) {
      other = consumer(other_seen.handler(), 1);
      ASSERT_TRUE(other->subscribe({"t"}));
    }
    if (other) {
      ASSERT_TRUE(other->poll(10, Duration::zero()));
    }
  }
  EXPECT_FALSE(other_seen.assigned.empty());
}

TEST_F(ConsumerTest, WakeEndsAWait) {
  topic("t", 1);
  const auto reader = consumer();
  ASSERT_TRUE(reader->subscribe({"t"}));
  const auto start = std::chrono::steady_clock::now();
  std::thread waker([&] { reader->wake(); });
  EXPECT_TRUE(reader->poll(10, Duration(60'000)).value().empty());
  waker.join();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST_F(ConsumerTest, HeldMessagesQuarantineTheirConsumer) {
  topic("t", 1);
  fill("t", 0, 3);
  std::vector<MessageBatch> batches;
  {
    const auto reader = consumer();
    ASSERT_TRUE(reader->subscribe({"t"}));
    ASSERT_TRUE(poll_until(
        *reader, [&] { return test::count_of(batches) == 3; }, &batches));
    EXPECT_EQ(reader->close(test::in(std::chrono::seconds(5))), Closed::Quarantined);
    EXPECT_EQ(reader->held_messages(), 3u);
    reader->wake(); // harmless after the end
  }
  EXPECT_EQ(batches[0][0].value.text(), "v0") << "still readable";
  // Given back on another thread, after the consumer is gone.
  std::thread([held = std::move(batches)]() mutable { held.clear(); }).join();
}

TEST_F(ConsumerTest, ClosesInTimeWithoutItsBroker) {
  topic("t", 1);
  Rebalances seen;
  const auto reader = consumer(seen.handler());
  ASSERT_TRUE(reader->subscribe({"t"}));
  ASSERT_TRUE(poll_until(*reader, [&] { return seen.assignments == 1; }));
  ASSERT_TRUE(cluster_->set_down(true));
  const PartitionOffset offsets[] = {{{"t", 0}, Offset(1)}};
  std::optional<Status> told;
  ASSERT_TRUE(reader->commit_async(offsets, [&](Status status) { told = std::move(status); }));
  const Status late = reader->commit(offsets, Duration(100));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code(), Code::Retry);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(reader->close(test::in(std::chrono::seconds(2))), Closed::Clean);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(8));
  EXPECT_EQ(seen.revocations, 1);
  ASSERT_TRUE(told.has_value());
  EXPECT_FALSE(*told);
}

TEST_F(ConsumerTest, ListsTopicsForARegex) {
  topic("b", 1);
  topic("a", 1);
  const auto reader = consumer();
  EXPECT_EQ(reader->topics(Duration(10'000)).value(), (std::vector<std::string>{"a", "b"}));
}

TEST_F(ConsumerTest, CooperativeMembersKeepWhatTheyKeep) {
  connector_.set("consumer.override.partition.assignment.strategy",
                 "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
  worker_.set("consumer.session.timeout.ms", "4000"); // a slow machine must not end a session
  topic("t", 2);
  Rebalances first_seen, second_seen;
  const auto first = consumer(first_seen.handler(), 0);
  ASSERT_TRUE(first->subscribe({"t"}));
  ASSERT_TRUE(poll_until(*first, [&] { return first_seen.assigned.size() == 2; }));
  const auto second = consumer(second_seen.handler(), 1);
  ASSERT_TRUE(second->subscribe({"t"}));
  ASSERT_TRUE(poll_until(*first, [&] {
    EXPECT_TRUE(second->poll(100, Duration(50)));
    return second_seen.assigned.size() == 1;
  }));
  EXPECT_EQ(first_seen.revoked.size(), 1u) << "only what moves is given up";
  EXPECT_EQ(first_seen.revoked[0], second_seen.assigned[0].partition);
}

} // namespace
} // namespace host::kafka
