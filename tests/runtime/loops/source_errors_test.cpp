// Records of sources that fail: dead letters (which Connect has not), and where every record went.
#include <mutex>

#include <librdkafka/rdkafka.h>

#include "host/base/log.h"

#include "tests/runtime/loops/loop_test.h"
#include "tests/runtime/loops/scripted_source.h"

namespace host::runtime::test {
namespace {

using metrics::TaskSlot;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr std::int16_t kProduceApi = 0;
constexpr auto kKey = R"(["c",{"p":1}])";

SourceRecord line(std::optional<std::string> value, std::string offset) {
  SourceRecord record;
  record.value = std::move(value);
  record.offset = std::move(offset);
  return record;
}

class SourceErrors : public LoopTest {
protected:
  SourceErrors() {
    EXPECT_TRUE(cluster_->create_topic("t", 1));
    EXPECT_TRUE(cluster_->create_topic("dlq", 1));
    connector_.set("errors.tolerance", "all");
    connector_.set("errors.deadletterqueue.topic.name", "dlq");
    connector_.set("errors.deadletterqueue.context.headers.enable", "true");
  }
  void expect_balance(std::uint64_t out, std::uint64_t dead_lettered, std::uint64_t skipped,
                      std::uint64_t returned) const {
    EXPECT_EQ(count(&TaskSlot::records_out), out);
    EXPECT_EQ(count(&TaskSlot::records_dead_lettered), dead_lettered);
    EXPECT_EQ(count(&TaskSlot::records_skipped), skipped);
    EXPECT_EQ(count(&TaskSlot::records_returned), returned);
    EXPECT_EQ(count(&TaskSlot::records_in), out + dead_lettered + skipped + returned);
  }
};

TEST_F(SourceErrors, ARecordThatDoesNotConvertBecomesALetter) {
  worker_.set("value.converter", "Long");
  SourceScript script;
  script.with_on_delivered = true;
  auto task = run(script.connector());
  SourceRecord bad = line("no number", R"({"position":1})");
  bad.key = "k";
  bad.timestamp_ms = 1'700'000'000'123;
  bad.headers = {{"h", "1"}};
  script.feed({bad, line(std::nullopt, R"({"position":2})")});
  ASSERT_TRUE(host_.wait_for_offset(kKey, R"({"position":2})"));
  const auto letters = read("dlq", 1);
  EXPECT_EQ(letters[0].key, "k");
  EXPECT_EQ(letters[0].value, "no number");
  EXPECT_EQ(letters[0].timestamp_ms, bad.timestamp_ms);
  const Headers &headers = letters[0].headers;
  ASSERT_EQ(headers.size(), 12u);
  EXPECT_EQ(
      Headers(headers.begin(), headers.begin() + 10),
      (Headers{{"h", "MQ=="}, // bytes, as SimpleHeaderConverter writes them
               {"__connect.errors.topic", "t"},
               {"__connect.errors.partition", "0"},
               {"__connect.errors.source.partition", kKey},
               {"__connect.errors.source.offset", R"({"position":1})"},
               {"__connect.errors.connector.name", "c"},
               {"__connect.errors.task.id", "0"},
               {"__connect.errors.stage", "VALUE_CONVERTER"},
               {"__connect.errors.class.name", "org.apache.kafka.connect.converters.LongConverter"},
               {"__connect.errors.exception.class.name",
                "org.apache.kafka.connect.errors.DataException"}}));
  EXPECT_TRUE(script.wait_until([](const auto &seen) { return seen.deliveries.size() == 2; }));
  EXPECT_EQ(script.seen().deliveries[0].outcome, SLUICE_SKIPPED);
  EXPECT_EQ(script.seen().deliveries[1].outcome, SLUICE_DELIVERED);
  stop(*task);
  expect_balance(1, 1, 0, 0);
}

TEST_F(SourceErrors, AnOffsetWaitsForItsLetter) {
  worker_.set("value.converter", "Long");
  cluster_->push_errors(kProduceApi, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, 1);
  SourceScript script;
  auto task = run(script.connector());
  script.feed({line("no number", R"({"position":1})")});
  ASSERT_TRUE(host_.wait_for(State::Failed));
  EXPECT_THAT(host_.last_trace(), StartsWith("org.apache.kafka.connect.errors.ConnectException: "
                                             "Could not produce message to dead letter queue. "
                                             "topic=dlq\nCaused by: "));
  stop(*task);
  EXPECT_EQ(host_.offset(kKey), std::nullopt);
  EXPECT_EQ(script.seen().batches_out, 0) << "the batch was given back";
  expect_balance(0, 0, 0, 1);
}

TEST_F(SourceErrors, ARecordThatIsTooLargeIsCutForItsLetter) {
  SourceScript script;
  auto task = run(script.connector());
  const std::string large(1'100'000, 'x');
  script.feed({line("a", R"({"position":1})"), line(large, R"({"position":2})"),
               line("b", R"({"position":3})")});
  ASSERT_TRUE(host_.wait_for_offset(kKey, R"({"position":3})"));
  EXPECT_THAT(values_of(read("t", 2)), ElementsAre("a", "b"));
  const auto letters = read("dlq", 1);
  EXPECT_GT(letters[0].value->size(), 1'000'000u);
  EXPECT_TRUE(large.starts_with(*letters[0].value));
  EXPECT_THAT(letters[0].headers, Contains(std::pair<std::string, std::string>(
                                      "__connect.errors.value.size", "1100000")));
  EXPECT_THAT(letters[0].headers, Contains(std::pair<std::string, std::string>(
                                      "__connect.errors.exception.class.name",
                                      "org.apache.kafka.common.errors.RecordTooLargeException")));
  stop(*task);
  expect_balance(2, 1, 0, 0);
}

TEST_F(SourceErrors, ARecordThatTheBrokerRefusesBecomesALetter) {
  SourceScript script;
  auto task = run(script.connector());
  cluster_->push_errors(kProduceApi, RD_KAFKA_RESP_ERR_INVALID_RECORD, 1);
  script.feed({line("a", R"({"position":1})")});
  const auto letters = read("dlq", 1);
  EXPECT_EQ(letters[0].value, "a");
  const Headers &headers = letters[0].headers;
  EXPECT_THAT(headers, Contains(std::pair<std::string, std::string>("__connect.errors.stage",
                                                                    "KAFKA_PRODUCE")));
  EXPECT_THAT(headers, Contains(std::pair<std::string, std::string>(
                           "__connect.errors.class.name",
                           "org.apache.kafka.connect.runtime.WorkerSourceTask")));
  EXPECT_THAT(headers, Contains(std::pair<std::string, std::string>(
                           "__connect.errors.exception.class.name",
                           "org.apache.kafka.common.InvalidRecordException")));
  ASSERT_TRUE(host_.wait_for_offset(kKey, R"({"position":1})"));
  script.feed({line("b", R"({"position":2})")});
  ASSERT_TRUE(host_.wait_for_offset(kKey, R"({"position":2})"));
  EXPECT_THAT(values_of(read("t", 1)), ElementsAre("b"));
  stop(*task);
  expect_balance(1, 1, 0, 0);
}

TEST_F(SourceErrors, WithoutALetterARefusedRecordIsSkipped) {
  connector_.erase("errors.deadletterqueue.topic.name");
  SourceScript script;
  auto task = run(script.connector());
  cluster_->push_errors(kProduceApi, RD_KAFKA_RESP_ERR_INVALID_RECORD, 1);
  script.feed({line("a", R"({"position":1})")});
  ASSERT_TRUE(host_.wait_for_offset(kKey, R"({"position":1})"));
  stop(*task);
  expect_balance(0, 0, 1, 0);
}

TEST_F(SourceErrors, TheLogShowsARecordAsConnectDoes) {
  static std::mutex mutex;
  static std::vector<std::string> lines;
  log::set_sink([](const log::Event &event) {
    const std::lock_guard lock(mutex);
    lines.emplace_back(event.message);
  });
  connector_.set("errors.log.enable", "true");
  connector_.set("errors.log.include.messages", "true");
  worker_.set("value.converter", "Long");
  SourceScript script;
  auto task = run(script.connector());
  SourceRecord bad = line("no number", R"({"position":1})");
  script.feed({bad});
  ASSERT_TRUE(host_.wait_for_offset(kKey, R"({"position":1})"));
  stop(*task);
  log::set_sink([](const log::Event &) {});
  const std::lock_guard lock(mutex);
  EXPECT_THAT(lines, Contains(StartsWith(
                         "Error encountered in task c-0. Executing stage 'VALUE_CONVERTER' with "
                         "class 'org.apache.kafka.connect.converters.LongConverter', where source "
                         "record is = SourceRecord{sourcePartition={p=1}, sourceOffset={position=1}"
                         "} ConnectRecord{topic='t', kafkaPartition=0, key=null, ")));
}

TEST_F(SourceErrors, ARecordThatFailsTheTaskIsALetterToo) {
  connector_.set("errors.tolerance", "none");
  worker_.set("value.converter", "Long");
  SourceScript script;
  auto task = run(script.connector());
  script.feed({line(std::nullopt, R"({"position":1})"), line("no number", R"({"position":2})"),
               line(std::nullopt, R"({"position":3})")});
  ASSERT_TRUE(host_.wait_for(State::Failed));
  EXPECT_EQ(read("dlq", 1)[0].value, "no number");
  stop(*task);
  EXPECT_NE(host_.offset(kKey), R"({"position":2})");
  EXPECT_NE(host_.offset(kKey), R"({"position":3})");
  EXPECT_EQ(script.seen().batches_out, 0);
  expect_balance(1, 1, 0, 1);
}

} // namespace
} // namespace host::runtime::test
