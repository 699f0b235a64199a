#include "host/kafka/producer.h"

#include <filesystem>
#include <map>
#include <thread>

#include "tests/runtime/kafka/fixture.h"
#include "tests/unit/kafka/tsv.h"

namespace host::kafka {
namespace {

class ProducerTest : public test::MockTest {};

OutRecord record_of(Topic topic, std::string_view value) {
  OutRecord record;
  record.topic = topic;
  record.value = Slice::of(value);
  return record;
}

TEST_F(ProducerTest, EveryRecordIsDeliveredOnceWithItsOpaque) {
  topic("t", 2);
  const auto writer = producer();
  const Topic handle = writer->topic("t").value();
  std::vector<int> seen(1000, 0);
  std::map<std::int32_t, std::int64_t> last;
  const auto check = [&](std::span<const Delivery> deliveries) {
    EXPECT_LE(deliveries.size(), Producer::kDeliverySpan);
    for (const Delivery &delivery : deliveries) {
      EXPECT_EQ(delivery.error, ErrorCode::None);
      EXPECT_EQ(delivery.bytes, 5u);
      ++*static_cast<int *>(delivery.opaque);
      EXPECT_GT(delivery.offset, last.try_emplace(delivery.partition, -1).first->second);
      last[delivery.partition] = delivery.offset;
    }
  };
  for (std::size_t i = 0; i < seen.size(); ++i) {
    OutRecord record = record_of(handle, "value");
    record.partition = static_cast<std::int32_t>(i % 2);
    record.opaque = &seen[i];
    ASSERT_EQ(writer->produce(record).outcome, Produced::Queued);
  }
  EXPECT_GT(writer->outstanding(), 0u);
  ASSERT_TRUE(writer->flush(test::in(std::chrono::seconds(20)), check));
  EXPECT_EQ(writer->outstanding(), 0u);
  EXPECT_EQ(seen, std::vector<int>(1000, 1));
  EXPECT_EQ(last[0], 499);
  EXPECT_FALSE(writer->fatal_error());
}

TEST_F(ProducerTest, FirstAcknowledgementOfATopicIsFast) {
  topic("t", 1);
  const auto writer = producer();
  const auto start = std::chrono::steady_clock::now();
  ASSERT_EQ(writer->produce(record_of(writer->topic("t").value(), "x")).outcome, Produced::Queued);
  std::size_t delivered = 0;
  while (delivered == 0)
    delivered = writer->poll(Duration(10'000), [](auto) {});
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(450));
}

TEST_F(ProducerTest, TooLargeIsWhatJavaCallsTooLarge) {
  topic("t", 1);
  const auto writer = producer();
  const Topic handle = writer->topic("t").value();
  // Java's bound of one record: 61 + 21 + a byte for the null key + 3 for the length + the value +
  // 1 for the headers.
  const std::string largest((1 << 20) - 87, 'x');
  EXPECT_EQ(writer->produce(record_of(handle, largest)).outcome, Produced::Queued);
  EXPECT_EQ(writer->produce(record_of(handle, largest + "x")).outcome, Produced::TooLarge);
  std::vector<ErrorCode> errors;
  ASSERT_TRUE(writer->flush(test::in(std::chrono::seconds(20)), [&](auto deliveries) {
    for (const Delivery &delivery : deliveries)
      errors.push_back(delivery.error);
  }));
  EXPECT_EQ(errors, std::vector{ErrorCode::None});
}

TEST_F(ProducerTest, FullQueueTakesNothingAndRoomComesWithDeliveries) {
  topic("t", 1);
  connector_.set("producer.override.buffer.memory", "1");
  connector_.set("producer.override.max.request.size", "100000");
  const auto writer = producer();
  const Topic handle = writer->topic("t").value();
  ASSERT_TRUE(cluster_->set_down(true));
  const std::string value(50'000, 'x');
  std::size_t queued = 0;
  ProduceResult result;
  while ((result = writer->produce(record_of(handle, value))).outcome == Produced::Queued)
    ++queued;
  EXPECT_EQ(result.outcome, Produced::QueueFull);
  EXPECT_GT(queued, 10u);
  EXPECT_LT(queued, 30u);
  ASSERT_TRUE(cluster_->set_down(false));
  std::size_t delivered = 0;
  const TimePoint deadline = test::in(std::chrono::seconds(20));
  while (delivered < queued && std::chrono::steady_clock::now() < deadline)
    delivered += writer->poll(Duration(1'000), [](auto) {});
  EXPECT_EQ(delivered, queued);
  EXPECT_EQ(writer->produce(record_of(handle, value)).outcome, Produced::Queued);
}

TEST_F(ProducerTest, FlushSaysWhatIsMissingAndPurgeReportsIt) {
  topic("t", 1);
  const auto writer = producer();
  const Topic handle = writer->topic("t").value();
  ASSERT_TRUE(cluster_->set_down(true));
  ASSERT_EQ(writer->produce(record_of(handle, "x")).outcome, Produced::Queued);
  const Status flushed =
      writer->flush(std::chrono::steady_clock::now() + Duration(50), [](auto) {});
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().code(), Code::Timeout);
  EXPECT_EQ(flushed.error().message(), "flushing the producer: 1 records are not acknowledged yet");
  writer->purge();
  std::vector<ErrorCode> errors;
  writer->poll(Duration(5'000), [&](auto deliveries) {
    for (const Delivery &delivery : deliveries)
      errors.push_back(delivery.error);
  });
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_NE(errors[0], ErrorCode::None);
}

TEST_F(ProducerTest, BrokenAnswersAreRetriedWithoutLossOrDouble) {
  topic("t", 1);
  // Produce requests answered with NOT_LEADER, REQUEST_TIMED_OUT.
  cluster_->push_errors(0, 6, 2);
  cluster_->push_errors(0, 7, 2);
  fill("t", 0, 100);
  const auto reader = consumer();
  ASSERT_TRUE(reader->subscribe({"t"}));
  std::vector<MessageBatch> batches;
  ASSERT_TRUE(poll_until(
      *reader, [&] { return test::count_of(batches) >= 100; }, &batches));
  std::vector<std::string> values;
  for (const MessageBatch &batch : batches)
    for (std::size_t i = 0; i < batch.size(); ++i)
      values.emplace_back(batch[i].value.text());
  ASSERT_EQ(values.size(), 100u);
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_EQ(values[i], "v" + std::to_string(i));
  batches.clear();
}

TEST_F(ProducerTest, WakeEndsAWaitElsewhere) {
  const auto writer = producer();
  std::size_t delivered = 1;
  const auto start = std::chrono::steady_clock::now();
  std::thread waiting([&] { delivered = writer->poll(Duration(30'000), [](auto) {}); });
  writer->wake(); // the present or the next wait: no need to know that it has begun
  waiting.join();
  EXPECT_EQ(delivered, 0u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST_F(ProducerTest, SeveralThreadsShareOne) {
  topic("t", 4);
  const auto writer = producer();
  const Topic handle = writer->topic("t").value();
  std::atomic<int> delivered{0};
  const auto count = [&](std::span<const Delivery> deliveries) {
    delivered += static_cast<int>(deliveries.size());
  };
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 2000; ++i) {
          ASSERT_EQ(writer->produce(record_of(handle, "x")).outcome, Produced::Queued);
          if (i % 100 == 0)
            writer->poll(Duration::zero(), count);
        }
      });
  }
  ASSERT_TRUE(writer->flush(test::in(std::chrono::seconds(20)), count));
  EXPECT_EQ(delivered, 8000);
}

std::string from_hex(const std::string &hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

TEST_F(ProducerTest, KeysGoWhereJavaPutsThem) {
  topic("p25", 25);
  topic("p7", 7);
  const auto rows = test::read_tsv("runtime/kafka/java_partitions.tsv");
  ASSERT_GE(rows.size(), 1000u);
  const auto writer = producer();
  const Topic topics[] = {writer->topic("p25").value(), writer->topic("p7").value()};
  std::vector<std::pair<std::int32_t, std::int32_t>> wanted_and_got;
  wanted_and_got.reserve(rows.size() * 2);
  for (const auto &row : rows) {
    const std::string key = from_hex(row[0]);
    for (std::size_t t = 0; t < 2; ++t) {
      OutRecord record = record_of(topics[t], "");
      record.key = Slice::of(key);
      record.opaque = &wanted_and_got.emplace_back(std::stoi(row[1 + t]), -1);
      ASSERT_EQ(writer->produce(record).outcome, Produced::Queued);
    }
  }
  ASSERT_TRUE(writer->flush(test::in(std::chrono::seconds(20)), [](auto deliveries) {
    for (const Delivery &delivery : deliveries)
      static_cast<std::pair<std::int32_t, std::int32_t> *>(delivery.opaque)->second =
          delivery.partition;
  }));
  for (const auto &[wanted, got] : wanted_and_got)
    ASSERT_EQ(wanted, got);
}

TEST(ProducerConfig, EverySettingOfOursIsAccepted) {
  const StringMap worker{{"producer.compression.type", "zstd"},
                         {"producer.compression.zstd.level", "-5"},
                         {"producer.batch.size", "0"},
                         {"producer.linger.ms", "9999999999"},
                         {"producer.request.timeout.ms", "0"},
                         {"producer.metadata.max.age.ms", "0"},
                         {"producer.socket.connection.setup.timeout.ms", "1"},
                         {"producer.send.buffer.bytes", "-1"},
                         {"producer.retry.backoff.ms", "0"},
                         {"producer.metadata.recovery.strategy", "REBOOTSTRAP"},
                         {"producer.security.protocol", "PLAINTEXT"},
                         {"producer.max.request.size", "0"}};
  const auto config = client_config({.kind = ClientKind::SourceProducer, .worker = worker});
  ASSERT_TRUE(config) << config.error().message();
  const auto made = Producer::create(*config);
  EXPECT_TRUE(made) << made.error().message();
}

TEST(Library, WarmUpLeavesNoThread) {
  const auto threads = [] {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto &entry :
         std::filesystem::directory_iterator("/proc/self/task"))
      ++count;
    return count;
  };
  std::thread([] {}).join(); // ThreadSanitizer starts one of its own with the first
  const std::size_t before = threads();
  warm_up();
  EXPECT_EQ(threads(), before);
}

} // namespace
} // namespace host::kafka
