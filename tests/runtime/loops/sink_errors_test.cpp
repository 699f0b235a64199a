// Records of sinks that fail: dead letters, what may be committed, and where every record went.
#include <atomic>
#include <mutex>
#include <thread>

#include <librdkafka/rdkafka.h>

#include "host/base/log.h"
#include "tests/runtime/loops/abi_text.h"
#include "tests/runtime/loops/loop_test.h"
#include "tests/runtime/loops/scripted_sink.h"

namespace host::runtime::test {
namespace {

using metrics::TaskSlot;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr std::int16_t kProduceApi = 0;

class SinkErrors : public LoopTest {
protected:
  SinkErrors() {
    EXPECT_TRUE(cluster_->create_topic("t", 1));
    EXPECT_TRUE(cluster_->create_topic("dlq", 1));
    connector_.set("topics", "t");
    connector_.set("errors.deadletterqueue.topic.name", "dlq");
    connector_.set("errors.deadletterqueue.context.headers.enable", "true");
    worker_.set("value.converter", "Json");
    worker_.set("value.converter.schemas.enable", "false");
  }

  static bool has(const SinkScript &script, std::size_t records) {
    return script.wait_until([&](const auto &seen) { return seen.records.size() >= records; });
  }
  std::int64_t committed() { return group_offsets("connect-c", "t", 1).at(0); }
  bool wait_for_committed(std::int64_t offset) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < deadline)
      if (committed() == offset)
        return true;
    return false;
  }
  static void report(SinkScript &script, const sluice_sink_batch &batch, std::string_view message,
                     std::size_t index = 0) {
    EXPECT_EQ(script.services().report_record_error(script.ctx, &batch, index, abi(message)),
              SLUICE_OK);
  }
};

TEST_F(SinkErrors, ALetterIsTheRecordWithConnectsHeaders) {
  connector_.set("errors.tolerance", "all");
  Stored bad;
  bad.timestamp_ms = 1'700'000'000'123;
  bad.key = "the key";
  bad.value = "{broken";
  bad.headers = {{"h", "1"}, {"h", "2"}};
  Stored good;
  good.value = "1";
  write_records("t", {good, bad, good});
  SinkScript script;
  auto task = run(script.connector());
  ASSERT_TRUE(has(script, 2));
  const auto letters = read("dlq", 1);
  EXPECT_EQ(letters[0].key, bad.key);
  EXPECT_EQ(letters[0].value, bad.value);
  EXPECT_EQ(letters[0].timestamp_ms, bad.timestamp_ms);
  const Headers &headers = letters[0].headers;
  ASSERT_EQ(headers.size(), 12u);
  EXPECT_EQ(Headers(headers.begin(), headers.begin() + 10),
            (Headers{{"h", "1"},
                     {"h", "2"},
                     {"__connect.errors.topic", "t"},
                     {"__connect.errors.partition", "0"},
                     {"__connect.errors.offset", "1"},
                     {"__connect.errors.connector.name", "c"},
                     {"__connect.errors.task.id", "0"},
                     {"__connect.errors.stage", "VALUE_CONVERTER"},
                     {"__connect.errors.class.name", "org.apache.kafka.connect.json.JsonConverter"},
                     {"__connect.errors.exception.class.name",
                      "org.apache.kafka.connect.errors.DataException"}}));
  EXPECT_EQ(headers[10].first, "__connect.errors.exception.message");
  EXPECT_THAT(headers[10].second, StartsWith("Converting byte[] to Kafka Connect data failed"));
  EXPECT_EQ(headers[11].first, "__connect.errors.exception.stacktrace");
  EXPECT_THAT(headers[11].second,
              StartsWith("org.apache.kafka.connect.errors.DataException: " + headers[10].second +
                         "\nCaused by: org.apache.kafka.common.errors.SerializationException: "));
  EXPECT_TRUE(wait_for_committed(3));
  stop(*task);
  EXPECT_EQ(count(&TaskSlot::records_out), 2u);
  EXPECT_EQ(count(&TaskSlot::records_dead_lettered), 1u);
  EXPECT_EQ(count(&TaskSlot::records_returned), 0u);
  EXPECT_EQ(count(&TaskSlot::record_failures), 1u);
  EXPECT_EQ(count(&TaskSlot::record_errors), 1u);
  EXPECT_EQ(count(&TaskSlot::dead_letter_requests), 1u);
  EXPECT_EQ(count(&TaskSlot::dead_letter_failures), 0u);
  EXPECT_GT(slot_->last_error_ms.load(), 1'700'000'000'000);
}

TEST_F(SinkErrors, WithoutContextHeadersOnlyTheRecordsOwn) {
  connector_.set("errors.tolerance", "all");
  connector_.set("errors.deadletterqueue.context.headers.enable", "false");
  write("t", {"{broken"});
  SinkScript script;
  auto task = run(script.connector());
  const auto letters = read("dlq", 1);
  EXPECT_EQ(letters[0].value, "{broken");
  EXPECT_TRUE(letters[0].headers.empty());
  stop(*task);
}

// Connect's reporters are told before the tolerance is looked at.
TEST_F(SinkErrors, ARecordThatFailsTheTaskIsALetterToo) {
  write("t", {"1", "{broken", "3"});
  SinkScript script;
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_for(State::Failed));
  EXPECT_THAT(host_.last_trace(), StartsWith("org.apache.kafka.connect.errors.ConnectException: "
                                             "Tolerance exceeded in error handler\nCaused by: "));
  EXPECT_EQ(read("dlq", 1)[0].value, "{broken");
  stop(*task);
  EXPECT_EQ(committed(), -1);
  EXPECT_EQ(count(&TaskSlot::records_dead_lettered), 1u);
  EXPECT_EQ(count(&TaskSlot::records_out), 0u);
  EXPECT_EQ(count(&TaskSlot::records_returned), 2u);
}

TEST_F(SinkErrors, ALetterThatIsRefusedFailsTheTaskAndNothingBehindItIsCommitted) {
  connector_.set("errors.tolerance", "all");
  write("t", {"1", "{broken", "3"});
  cluster_->push_errors(kProduceApi, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, 1);
  SinkScript script;
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_for(State::Failed));
  EXPECT_THAT(host_.last_trace(),
              StartsWith("org.apache.kafka.connect.errors.ConnectException: Could not produce "
                         "message to dead letter queue. topic=dlq\nCaused by: "
                         "org.apache.kafka.common.errors.TopicAuthorizationException"));
  stop(*task);
  EXPECT_LE(committed(), 1);
  EXPECT_EQ(count(&TaskSlot::records_dead_lettered), 0u);
  EXPECT_GE(count(&TaskSlot::records_returned), 1u);
  EXPECT_EQ(count(&TaskSlot::dead_letter_failures), 1u);
}

TEST_F(SinkErrors, ReportedRecordsBecomeLettersOnce) {
  connector_.set("errors.tolerance", "all");
  write("t", {"1", "2", "3"});
  SinkScript script;
  script.on_put = [&](const sluice_sink_batch &batch) {
    for (std::size_t i = 0; i < batch.n_records; ++i)
      if (SLUICE_AT(sluice_sink_record, batch.records, batch.record_stride, i)->offset == 1) {
        report(script, batch, "no good", i);
        report(script, batch, "no good at all", i);
      }
    return SinkScript::Answer(SLUICE_OK, "");
  };
  auto task = run(script.connector());
  ASSERT_TRUE(has(script, 3));
  const auto letters = read("dlq", 1);
  EXPECT_EQ(letters[0].value, "2");
  EXPECT_THAT(
      letters[0].headers,
      ElementsAre(
          std::pair("__connect.errors.topic", "t"), std::pair("__connect.errors.partition", "0"),
          std::pair("__connect.errors.offset", "1"),
          std::pair("__connect.errors.connector.name", "c"),
          std::pair("__connect.errors.task.id", "0"),
          std::pair("__connect.errors.stage", "TASK_PUT"),
          std::pair("__connect.errors.class.name", "org.apache.kafka.connect.sink.SinkTask"),
          std::pair("__connect.errors.exception.class.name",
                    "org.apache.kafka.connect.errors.ConnectException"),
          std::pair("__connect.errors.exception.message", "no good"),
          std::pair("__connect.errors.exception.stacktrace",
                    "org.apache.kafka.connect.errors.ConnectException: no good\n")));
  EXPECT_TRUE(wait_for_committed(3));
  stop(*task);
  EXPECT_EQ(count(&TaskSlot::records_out), 2u);
  EXPECT_EQ(count(&TaskSlot::records_dead_lettered), 1u);
}

TEST_F(SinkErrors, ARecordMayBeReportedLongAfterItsPutFromAnyThread) {
  connector_.set("errors.tolerance", "all");
  write("t", {"{broken", "2", "3"});
  SinkScript script;
  std::atomic<const sluice_sink_batch *> kept{nullptr};
  script.on_put = [&](const sluice_sink_batch &batch) {
    if (batch.n_records > 0 && kept.load() == nullptr) {
      script.host->batch_retain(batch.handle);
      kept = &batch;
    }
    return SinkScript::Answer(SLUICE_OK, "");
  };
  auto task = run(script.connector());
  ASSERT_TRUE(has(script, 1));
  ASSERT_TRUE(script.wait_until([](const auto &seen) { return seen.empty_puts > 0; }));
  std::thread([&] { report(script, *kept.load(), "late"); }).join();
  const auto letters = read("dlq", 2);
  EXPECT_EQ(letters[0].value, "{broken");
  EXPECT_EQ(letters[1].value, "2") << "the first record of the put, but not the first message";
  EXPECT_EQ(letters[1].headers.at(2).second, "1");
  script.host->batch_release(kept.load()->handle);
  stop(*task);
  EXPECT_EQ(count(&TaskSlot::records_dead_lettered), 2u);
  EXPECT_EQ(count(&TaskSlot::records_out), 1u);
}

TEST_F(SinkErrors, AReportThatIsNotToleratedFailsTheTaskWithoutACommit) {
  connector_.erase("errors.deadletterqueue.topic.name");
  write("t", {"1", "2"});
  SinkScript script;
  script.on_put = [&](const sluice_sink_batch &batch) {
    if (batch.n_records > 0)
      report(script, batch, "no good");
    return SinkScript::Answer(SLUICE_OK, "");
  };
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_for(State::Failed));
  EXPECT_EQ(host_.last_trace(),
            "org.apache.kafka.connect.errors.ConnectException: Exiting WorkerSinkTask due to "
            "unrecoverable exception.\n"
            "Caused by: org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in "
            "error handler\n"
            "Caused by: org.apache.kafka.connect.errors.ConnectException: no good\n");
  stop(*task);
  EXPECT_EQ(committed(), -1);
  EXPECT_EQ(count(&TaskSlot::records_out), 0u);
  EXPECT_EQ(count(&TaskSlot::records_returned), 2u);
}

TEST_F(SinkErrors, LogLinesAreConnects) {
  static std::mutex mutex;
  static std::vector<std::string> lines;
  log::set_sink([](const log::Event &event) {
    const std::lock_guard lock(mutex);
    lines.emplace_back(event.message);
  });
  connector_.erase("errors.deadletterqueue.topic.name");
  connector_.set("errors.tolerance", "all");
  connector_.set("errors.log.enable", "true");
  connector_.set("errors.log.include.messages", "true");
  Stored bad;
  bad.timestamp_ms = 1'700'000'000'123;
  bad.value = "{broken";
  write_records("t", {bad});
  SinkScript script;
  auto task = run(script.connector());
  EXPECT_TRUE(wait_for_committed(1));
  stop(*task);
  log::set_sink([](const log::Event &) {});
  const std::lock_guard lock(mutex);
  EXPECT_THAT(lines,
              ::testing::Contains(StartsWith(
                  "Error encountered in task c-0. Executing stage 'VALUE_CONVERTER' with class "
                  "'org.apache.kafka.connect.json.JsonConverter', where consumed record is "
                  "{topic='t', partition=0, offset=0, timestamp=1700000000123, "
                  "timestampType=CreateTime}.\norg.apache.kafka.connect.errors.DataException: ")));
  EXPECT_EQ(count(&TaskSlot::errors_logged), 1u);
  EXPECT_EQ(count(&TaskSlot::records_skipped), 1u);
}

} // namespace
} // namespace host::runtime::test
