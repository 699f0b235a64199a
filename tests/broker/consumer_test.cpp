#include "host/kafka/consumer.h"

#include <set>

#include "host/kafka/producer.h"
#include "tests/broker/fixture.h"

namespace host::kafka {
namespace {

class ConsumerBrokerTest : public test::BrokerTest {
protected:
  void fill(const std::string &topic, std::int32_t partition, int count) {
    const auto producer = Producer::create(config(ClientKind::SourceProducer)).value();
    OutRecord record;
    record.topic = producer->topic(topic).value();
    record.partition = partition;
    record.value = Slice::of("x");
    for (int i = 0; i < count; ++i)
      ASSERT_EQ(producer->produce(record).outcome, Produced::Queued);
    ASSERT_TRUE(
        producer->flush(std::chrono::steady_clock::now() + std::chrono::seconds(20), [](auto) {}));
  }

  // Polls until `done`; false after 30 s.
  bool poll_until(Consumer &consumer, const std::function<bool()> &done, std::size_t *read) {
    const TimePoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!done() && std::chrono::steady_clock::now() < deadline) {
      auto batch = consumer.poll(500, Duration(100));
      EXPECT_TRUE(batch) << batch.error().message();
      if (!batch)
        return false;
      *read += batch->size();
    }
    return done();
  }
};

TEST_F(ConsumerBrokerTest, ASuccessorOfAStaticMemberStartsAtOnceWhereItCommitted) {
  const std::string topic = unique("t");
  make_topic(topic, 2);
  fill(topic, 0, 10);
  fill(topic, 1, 10);
  std::string first_member;
  {
    const auto first = Consumer::create(config(ClientKind::SinkConsumer), {}).value();
    ASSERT_TRUE(first->subscribe({topic}));
    std::size_t read = 0;
    ASSERT_TRUE(poll_until(
        *first, [&] { return read == 20; }, &read));
    const PartitionOffset offsets[] = {{{topic, 0}, Offset(10)}, {{topic, 1}, Offset(4)}};
    const Status committed = first->commit(offsets, Duration(10'000));
    ASSERT_TRUE(committed) << committed.error().message();
    first_member = first->member_id();
    EXPECT_EQ(first->close(std::chrono::steady_clock::now() + std::chrono::seconds(10)),
              Closed::Clean);
  }
  // The member is still known to the group (session 45 s), so a dynamic successor would wait.
  std::vector<PartitionOffset> assigned;
  const auto start = std::chrono::steady_clock::now();
  const auto second = Consumer::create(config(ClientKind::SinkConsumer),
                                       {.on_assigned =
                                            [&](std::span<NewPartition> partitions) {
                                              for (const NewPartition &p : partitions)
                                                assigned.push_back({p.partition, p.start});
                                            },
                                        .on_revoked = {}})
                          .value();
  ASSERT_TRUE(second->subscribe({topic}));
  std::size_t read = 0;
  ASSERT_TRUE(poll_until(
      *second, [&] { return read == 6; }, &read));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  EXPECT_EQ(assigned,
            (std::vector<PartitionOffset>{{{topic, 0}, Offset(10)}, {{topic, 1}, Offset(4)}}));
  EXPECT_NE(second->member_id(), first_member);
  EXPECT_EQ(admin_->group_offsets("connect-" + connector_.get("name"), {}).value().size(), 2u);
}

TEST_F(ConsumerBrokerTest, AZombieIsFencedWithItsClass) {
  const std::string topic = unique("t");
  make_topic(topic, 1);
  fill(topic, 0, 1);
  const auto zombie = Consumer::create(config(ClientKind::SinkConsumer), {}).value();
  ASSERT_TRUE(zombie->subscribe({topic}));
  std::size_t read = 0;
  ASSERT_TRUE(poll_until(
      *zombie, [&] { return read == 1; }, &read));
  const auto heir = Consumer::create(config(ClientKind::SinkConsumer), {}).value();
  ASSERT_TRUE(heir->subscribe({topic}));
  read = 0;
  ASSERT_TRUE(poll_until(
      *heir, [&] { return read == 1; }, &read));
  std::optional<Error> fenced;
  const TimePoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!fenced && std::chrono::steady_clock::now() < deadline)
    if (auto batch = zombie->poll(10, Duration(100)); !batch)
      fenced = batch.error();
  ASSERT_TRUE(fenced.has_value());
  EXPECT_EQ(fenced->exception(), "org.apache.kafka.common.errors.FencedInstanceIdException");
  const PartitionOffset offsets[] = {{{topic, 0}, Offset(1)}};
  EXPECT_FALSE(zombie->commit(offsets, Duration(5'000)));
  EXPECT_EQ(zombie->close(std::chrono::steady_clock::now() + std::chrono::seconds(5)),
            Closed::Clean);
}

TEST_F(ConsumerBrokerTest, WithoutAResetPolicyAnUnknownPositionIsAnError) {
  const std::string topic = unique("t");
  make_topic(topic, 1);
  connector_.set("consumer.override.auto.offset.reset", "none");
  const auto consumer = Consumer::create(config(ClientKind::SinkConsumer), {}).value();
  ASSERT_TRUE(consumer->subscribe({topic}));
  std::optional<Error> failed;
  const TimePoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!failed && std::chrono::steady_clock::now() < deadline)
    if (auto batch = consumer->poll(10, Duration(100)); !batch)
      failed = batch.error();
  ASSERT_TRUE(failed.has_value());
  EXPECT_EQ(failed->exception(), "org.apache.kafka.clients.consumer.NoOffsetForPartitionException");
}

} // namespace
} // namespace host::kafka
