#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "host/kafka/client_config.h"
#include "host/kafka/consumer.h"
#include "host/kafka/mock_cluster.h"
#include "host/kafka/producer.h"

namespace host::kafka::test {

inline TimePoint in(std::chrono::seconds time) { return std::chrono::steady_clock::now() + time; }

// A mock cluster and the clients of a connector `c` on it.
class MockTest : public testing::Test {
protected:
  void SetUp() override {
    auto cluster = MockCluster::create(1);
    ASSERT_TRUE(cluster) << cluster.error().message();
    cluster_ = *std::move(cluster);
    worker_ = {{"bootstrap.servers", cluster_->bootstrap()}, {std::string(kDevModeKey), "true"}};
    // A heartbeat is how a member learns of a rebalance, and the mock lets each rebalance wait
    // until a second before the session's end.
    worker_.set("consumer.heartbeat.interval.ms", "100");
    worker_.set("consumer.session.timeout.ms", "1500");
  }

  void topic(const std::string &name, std::int32_t partitions) {
    const Status made = cluster_->create_topic(name, partitions);
    ASSERT_TRUE(made) << made.error().message();
  }

  ClientConfig config(ClientKind kind, std::int32_t task = 0) const {
    const StringMap connector = connector_;
    auto made = client_config({.kind = kind,
                               .worker = worker_,
                               .connector = &connector,
                               .task = TaskId{"c", task},
                               .store = "offsets"});
    EXPECT_TRUE(made) << made.error().message();
    return *made;
  }

  std::unique_ptr<Producer> producer() const {
    auto made = Producer::create(config(ClientKind::SourceProducer));
    EXPECT_TRUE(made) << made.error().message();
    return *std::move(made);
  }
  std::unique_ptr<Consumer> consumer(RebalanceHandler handler = {}, std::int32_t task = 0) const {
    auto made = Consumer::create(config(ClientKind::SinkConsumer, task), std::move(handler));
    EXPECT_TRUE(made) << made.error().message();
    return *std::move(made);
  }

  // Writes `count` records with values `<prefix>0`, `<prefix>1`, … and waits for them.
  void fill(const std::string &topic, std::int32_t partition, int count,
            const std::string &prefix = "v") const {
    const auto writer = producer();
    const Topic handle = writer->topic(topic).value();
    for (int i = 0; i < count; ++i) {
      const std::string value = prefix + std::to_string(i);
      OutRecord record;
      record.topic = handle;
      record.partition = partition;
      record.value = Slice::of(value);
      ASSERT_EQ(writer->produce(record).outcome, Produced::Queued);
    }
    ASSERT_TRUE(writer->flush(in(std::chrono::seconds(20)), [](auto) {}));
  }

  // Polls until `done` or 20 s have passed; what was read goes to `batches`.
  bool poll_until(Consumer &consumer, const std::function<bool()> &done,
                  std::vector<MessageBatch> *batches = nullptr) const {
    const TimePoint deadline = in(std::chrono::seconds(20));
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline)
        return false;
      auto batch = consumer.poll(100, Duration(100));
      EXPECT_TRUE(batch) << batch.error().message();
      if (!batch)
        return false;
      if (batches != nullptr && !batch->empty())
        batches->push_back(*std::move(batch));
    }
    return true;
  }

  std::unique_ptr<MockCluster> cluster_;
  StringMap worker_;
  StringMap connector_{{"name", "c"}};
};

inline std::size_t count_of(const std::vector<MessageBatch> &batches) {
  std::size_t count = 0;
  for (const MessageBatch &batch : batches)
    count += batch.size();
  return count;
}

} // namespace host::kafka::test
