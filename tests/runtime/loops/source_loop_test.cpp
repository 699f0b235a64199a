#include <atomic>

#include <librdkafka/rdkafka.h>

#include "tests/runtime/loops/loop_test.h"
#include "tests/runtime/loops/scripted_source.h"

namespace host::runtime::test {
namespace {

using metrics::TaskSlot;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto kKey = R"(["c",{"p":1}])";

SourceRecord line(std::string value, std::string offset) {
  SourceRecord record;
  record.value = std::move(value);
  record.offset = std::move(offset);
  return record;
}

class SourceLoop : public LoopTest {
protected:
  SourceLoop() { EXPECT_TRUE(cluster_->create_topic("t", 4)); }
};

TEST_F(SourceLoop, RecordsArriveAndTheirOffsetIsStored) {
  SourceScript script;
  task_.set("file", "x");
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_for(State::Running));
  script.feed({line("a", R"({"position": 1})"), line("b", R"({"position":2})")});
  script.feed({line("c", R"({"position":3})")});
  EXPECT_TRUE(host_.wait_for_offset(kKey, R"({"position":3})"));
  EXPECT_THAT(values_of(read("t", 3)), ElementsAre("a", "b", "c"));
  stop(*task);
  EXPECT_TRUE(host_.wait_for(State::Unassigned));
  const auto seen = script.seen();
  EXPECT_THAT(seen.calls, ElementsAre("create", "start", "stop", "destroy"));
  EXPECT_THAT(seen.config, ElementsAre(std::pair<std::string, std::string>{"name", "c"},
                                       std::pair<std::string, std::string>{"file", "x"}));
  EXPECT_GT(seen.commits, 0);
  EXPECT_EQ(seen.max_record_bytes, 1048576);
  EXPECT_THAT(host_.topics(), ElementsAre("t"));
  EXPECT_EQ(count(&TaskSlot::records_in), 3u);
  EXPECT_EQ(count(&TaskSlot::records_out), 3u);
  EXPECT_EQ(count(&TaskSlot::bytes_out), 3u);
  EXPECT_EQ(count(&TaskSlot::in_flight_records), 0u);
}

TEST_F(SourceLoop, KeyTimestampHeadersAndNullsAreKept) {
  SourceScript script;
  auto task = run(script.connector());
  SourceRecord full = line("v", R"({"position":1})");
  full.key = "k";
  full.timestamp_ms = 1234567890123;
  full.kafka_partition = 2;
  full.headers = {{"h", "1"}, {"h", "2"}};
  SourceRecord tombstone = line("", R"({"position":2})");
  tombstone.value = std::nullopt;
  tombstone.key = "";
  script.feed({full, tombstone});
  ASSERT_TRUE(host_.wait_for_offset(kKey, R"({"position":2})"));
  auto records = read("t", 2);
  if (records[0].partition == 0)
    std::swap(records[0], records[1]);
  EXPECT_EQ(records[0].partition, 2);
  EXPECT_EQ(records[0].key, "k");
  EXPECT_EQ(records[0].value, "v");
  EXPECT_EQ(records[0].timestamp_ms, 1234567890123);
  EXPECT_EQ(records[0].headers.size(), 2u);
  EXPECT_EQ(records[1].key, "");
  EXPECT_EQ(records[1].value, std::nullopt);
  stop(*task);
}

TEST_F(SourceLoop, StoredOffsetsAreReadAtStart) {
  host_.store(kKey, R"({"position":42})");
  SourceScript script;
  script.ask_at_start = {R"({ "p" : 1 })", R"({"p":2})"};
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_for(State::Running));
  EXPECT_THAT(script.seen().offsets_at_start, ElementsAre(R"({"position":42})", std::nullopt));
  stop(*task);
}

TEST_F(SourceLoop, AnIdleTaskSleepsLongAndHasNoProducer) {
  SourceScript script;
  script.with_wake = true;
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_for(State::Running));
  // commit() of the plugin is called every interval, so a poll is never longer than that.
  EXPECT_TRUE(script.wait_until([](const auto &seen) { return seen.commits > 2; }));
  EXPECT_EQ(host_.commits(), 0);
  stop(*task);
}

TEST_F(SourceLoop, PausesAndResumes) {
  SourceScript script;
  worker_.set("offset.flush.interval.ms", "60000");
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_for(State::Running));
  task->set_target(TargetState::Paused);
  ASSERT_TRUE(host_.wait_for(State::Paused));
  script.feed({line("a", R"({"position":1})")});
  task->set_target(TargetState::Started);
  ASSERT_TRUE(host_.wait_for(State::Running));
  EXPECT_THAT(values_of(read("t", 1)), ElementsAre("a"));
  stop(*task);
  EXPECT_EQ(host_.offset(kKey), R"({"position":1})"); // by the last commit
  EXPECT_GE(script.seen().longest_wait_ms, 5'000);
}

TEST_F(SourceLoop, PausedFromTheStartIsNotCreatedUntilResumed) {
  SourceScript script;
  target_ = TargetState::Paused;
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_for(State::Paused));
  EXPECT_TRUE(script.seen().calls.empty());
  task->set_target(TargetState::Started);
  ASSERT_TRUE(host_.wait_for(State::Running));
  EXPECT_THAT(script.seen().calls, ElementsAre("create", "start"));
  stop(*task);
}

TEST_F(SourceLoop, StoppedWhilePausedFromTheStart) {
  SourceScript script;
  target_ = TargetState::Paused;
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_for(State::Paused));
  stop(*task);
  EXPECT_TRUE(host_.wait_for(State::Unassigned));
  EXPECT_TRUE(script.seen().calls.empty());
}

TEST_F(SourceLoop, AFailedStartIsFailedWithItsTrace) {
  SourceScript script;
  script.on_start = [] {
    return std::pair<sluice_status, std::string>(SLUICE_E_FATAL, "no such file: x");
  };
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_for(State::Failed));
  EXPECT_EQ(host_.last_trace(),
            "org.apache.kafka.connect.errors.ConnectException: no such file: x\n");
  EXPECT_THAT(script.seen().calls, ElementsAre("create", "start", "destroy"));
  stop(*task);
}

TEST_F(SourceLoop, AStopThatEndsItsStartIsNoFailure) {
  host_.hold_reads();
  SourceScript script;
  script.ask_at_start = {R"({"p":1})"};
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_until_read());
  stop(*task);
  const auto said = host_.said();
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].state, State::Unassigned) << said[0].trace;
}

TEST_F(SourceLoop, AFailedCreateHasNothingToDestroy) {
  SourceScript script;
  script.on_create = [] {
    return std::pair<sluice_status, std::string>(SLUICE_E_CONFIG, "file is wrong");
  };
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_for(State::Failed));
  EXPECT_EQ(host_.last_trace(), "org.apache.kafka.common.config.ConfigException: file is wrong\n");
  EXPECT_THAT(script.seen().calls, ElementsAre("create"));
  stop(*task);
}

TEST_F(SourceLoop, AFailedPollSeesItsRecordsThroughFirst) {
  SourceScript script;
  worker_.set("offset.flush.interval.ms", "60000");
  auto task = run(script.connector());
  script.feed({line("a", R"({"position":1})")});
  script.feed_status(SLUICE_E_FATAL, "the disk is gone");
  ASSERT_TRUE(host_.wait_for(State::Failed));
  EXPECT_THAT(host_.last_trace(),
              StartsWith("org.apache.kafka.connect.errors.ConnectException: the disk is gone"));
  EXPECT_EQ(host_.offset(kKey), R"({"position":1})");
  EXPECT_THAT(script.seen().calls, ElementsAre("create", "start", "stop", "destroy"));
  stop(*task);
}

TEST_F(SourceLoop, ARetriablePollIsTriedAgain) {
  SourceScript script;
  auto task = run(script.connector());
  script.feed_status(SLUICE_E_RETRY, "busy");
  script.feed({line("a", R"({"position":1})")});
  EXPECT_TRUE(host_.wait_for_offset(kKey, R"({"position":1})"));
  EXPECT_EQ(count(&TaskSlot::retries), 1u);
  EXPECT_EQ(host_.said().back().state, State::Running);
  stop(*task);
}

TEST_F(SourceLoop, AFailureOnAPluginThreadFailsTheTask) {
  SourceScript script;
  script.with_wake = false;
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_for(State::Running));
  script.host->fail(script.ctx, SLUICE_E_RETRY, {"lost the socket", 15});
  ASSERT_TRUE(host_.wait_for(State::Failed));
  EXPECT_THAT(host_.last_trace(),
              StartsWith("org.apache.kafka.connect.errors.RetriableException: lost the socket"));
  stop(*task);
}

TEST_F(SourceLoop, ATooLargeRecordFailsNamingWhatItWas) {
  SourceScript script;
  auto task = run(script.connector());
  SourceRecord large = line(std::string(1'100'000, 'x'), R"({"position":2})");
  large.key = "the-key";
  script.feed({line("a", R"({"position":1})"), large, line("b", R"({"position":3})")});
  ASSERT_TRUE(host_.wait_for(State::Failed));
  const std::string trace = host_.last_trace();
  EXPECT_THAT(trace, StartsWith("org.apache.kafka.connect.errors.ConnectException: Unrecoverable "
                                "exception from producer send callback\nCaused by: "
                                "org.apache.kafka.common.errors.RecordTooLargeException: The "
                                "message is 1100007 bytes when serialized, which is larger than "
                                "1048576, the value of the max.request.size configuration"));
  EXPECT_THAT(trace, HasSubstr(R"(source partition ["c",{"p":1}])"));
  EXPECT_THAT(trace, HasSubstr(R"(source offset {"position":2}, key the-key)"));
  EXPECT_EQ(host_.offset(kKey), R"({"position":1})"); // what came before is safe
  stop(*task);
}

TEST_F(SourceLoop, ARefusedRecordFailsTheTaskAndIsNotCommittedPast) {
  SourceScript script;
  auto task = run(script.connector());
  constexpr std::int16_t kProduce = 0;
  cluster_->push_errors(kProduce, 29, 1); // TOPIC_AUTHORIZATION_FAILED
  script.feed({line("a", R"({"position":1})")});
  ASSERT_TRUE(host_.wait_for(State::Failed));
  EXPECT_THAT(host_.last_trace(),
              StartsWith("org.apache.kafka.connect.errors.ConnectException: Unrecoverable "
                         "exception from producer send callback\nCaused by: "
                         "org.apache.kafka.common.errors.TopicAuthorizationException"));
  EXPECT_THAT(host_.last_trace(), HasSubstr(R"(source offset {"position":1})"));
  EXPECT_EQ(host_.offset(kKey), std::nullopt);
  stop(*task);
}

TEST_F(SourceLoop, OffsetsWaitForTheBroker) {
  SourceScript script;
  auto task = run(script.connector());
  script.feed({line("a", R"({"position":1})")});
  ASSERT_TRUE(host_.wait_for_offset(kKey, R"({"position":1})"));
  ASSERT_TRUE(cluster_->set_down(true));
  script.feed({line("b", R"({"position":2})")});
  const int commits = script.seen().commits;
  EXPECT_TRUE(script.wait_until([&](const auto &seen) { return seen.commits > commits + 3; }));
  EXPECT_EQ(host_.offset(kKey), R"({"position":1})");
  ASSERT_TRUE(cluster_->set_down(false));
  EXPECT_TRUE(host_.wait_for_offset(kKey, R"({"position":2})"));
  stop(*task);
}

TEST_F(SourceLoop, TheByteBudgetHoldsRecordsBack) {
  connector_.set("sluice.source.in.flight.max.bytes", "1000");
  SourceScript script;
  std::atomic<std::uint64_t> most{0};
  constexpr std::uint64_t kLarge = 5'000; // alone above the budget
  script.on_poll = [&] {
    if (const std::uint64_t now = slot_->in_flight_bytes.load(); now != kLarge)
      most = std::max(most.load(), now);
  };
  ASSERT_TRUE(cluster_->set_round_trip(Duration(20)));
  auto task = run(script.connector());
  std::vector<std::string> values;
  for (int i = 0; i < 20; ++i) {
    std::vector<SourceRecord> batch;
    for (int k = 0; k < 5; ++k) {
      values.push_back(std::string(90, static_cast<char>('a' + i)));
      batch.push_back(line(values.back(), "{\"position\":" + std::to_string(i * 5 + k) + "}"));
    }
    script.feed(batch);
  }
  values.push_back(std::string(kLarge, 'z')); // goes when nothing else is under way
  script.feed({line(values.back(), R"({"position":100})")});
  EXPECT_TRUE(host_.wait_for_offset(kKey, R"({"position":100})"));
  EXPECT_EQ(values_of(read("t", values.size())), values);
  EXPECT_LE(most.load(), 1000u);
  EXPECT_GT(most.load(), 0u);
  stop(*task);
}

TEST_F(SourceLoop, StopsWhileRecordsWaitForRoom) {
  connector_.set("sluice.source.in.flight.max.bytes", "10");
  worker_.set("offset.flush.timeout.ms", "200");
  SourceScript script;
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_for(State::Running));
  ASSERT_TRUE(cluster_->set_down(true));
  script.feed({line("0123456789", R"({"position":1})"), line("more", R"({"position":2})")});
  ASSERT_TRUE(script.wait_until([](const auto &seen) { return seen.batches == 1; }));
  stop(*task);
  EXPECT_TRUE(host_.wait_for(State::Unassigned));
  EXPECT_EQ(host_.offset(kKey), std::nullopt);
  // Its records were dropped with the producer, so nothing of the plugin is left behind.
  EXPECT_THAT(script.seen().calls, ElementsAre("create", "start", "stop", "destroy"));
}

TEST_F(SourceLoop, FailedCommitsAreRepeated) {
  SourceScript script;
  std::atomic<int> refused{0};
  host_.answer_commits([&]() -> Status {
    if (refused++ < 2)
      return fail(Code::Unavailable, "the offsets topic is not there yet");
    return {};
  });
  auto task = run(script.connector());
  script.feed({line("a", R"({"position":1})")});
  EXPECT_TRUE(host_.wait_for_offset(kKey, R"({"position":1})"));
  EXPECT_EQ(count(&TaskSlot::commit_failures), 2u);
  EXPECT_EQ(host_.said().back().state, State::Running);
  stop(*task);
}

TEST_F(SourceLoop, AnOverdueCommitIsGivenUpAndRepeated) {
  worker_.set("offset.flush.timeout.ms", "50");
  SourceScript script;
  host_.hold_commits();
  auto task = run(script.connector());
  script.feed({line("a", R"({"position":1})")});
  EXPECT_TRUE(host_.wait_until([this] { return count(&TaskSlot::commit_failures) > 0; }));
  host_.release_commits();
  EXPECT_TRUE(host_.wait_for_offset(kKey, R"({"position":1})"));
  stop(*task);
}

TEST_F(SourceLoop, DeliveriesAreToldBeforeTheBatchIsGivenBack) {
  SourceScript script;
  script.with_on_delivered = true;
  auto task = run(script.connector());
  script.feed({line("a", R"({"position":1})"), line("b", R"({"position":2})")});
  EXPECT_TRUE(script.wait_until([](const auto &seen) { return seen.deliveries.size() == 2; }));
  const auto deliveries = script.seen().deliveries;
  EXPECT_EQ(deliveries[0].outcome, SLUICE_DELIVERED);
  EXPECT_EQ(deliveries[0].partition, 0);
  EXPECT_EQ(deliveries[1].offset, 1);
  stop(*task);
}

TEST_F(SourceLoop, LargeValuesAreSentFromThePluginsMemory) {
  SourceScript script;
  auto task = run(script.connector());
  const std::string large(100'000, 'L');
  script.feed({line(large, R"({"position":1})"), line(large, R"({"position":2})")});
  ASSERT_TRUE(host_.wait_for_offset(kKey, R"({"position":2})"));
  EXPECT_THAT(values_of(read("t", 2)), ElementsAre(large, large));
  stop(*task);
}

TEST_F(SourceLoop, ABadValueFailsTheTaskOrIsLeftOut) {
  worker_.set("value.converter", "org.apache.kafka.connect.converters.LongConverter");
  {
    SourceScript script;
    auto task = run(script.connector());
    script.feed({line("text", R"({"position":1})")});
    ASSERT_TRUE(host_.wait_for(State::Failed));
    EXPECT_THAT(host_.last_trace(),
                StartsWith("org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded "
                           "in error handler\nCaused by: "
                           "org.apache.kafka.connect.errors.DataException"));
    EXPECT_EQ(host_.offset(kKey), std::nullopt);
    stop(*task);
  }
  connector_.set("errors.tolerance", "all");
  SourceScript script;
  script.with_on_delivered = true;
  auto task = run(script.connector());
  SourceRecord good = line("", R"({"position":2})");
  good.value = std::nullopt;
  script.feed({line("text", R"({"position":1})"), good});
  EXPECT_TRUE(host_.wait_for_offset(kKey, R"({"position":2})"));
  EXPECT_TRUE(script.wait_until([](const auto &seen) { return seen.deliveries.size() == 2; }));
  EXPECT_EQ(script.seen().deliveries[0].outcome, SLUICE_SKIPPED);
  EXPECT_EQ(count(&TaskSlot::records_skipped), 1u);
  stop(*task);
}

TEST_F(SourceLoop, TasksOfARunnerShareAProducer) {
  SourceScript scripts[3];
  std::vector<std::unique_ptr<metrics::TaskSlot>> slots;
  std::vector<std::unique_ptr<Task>> tasks;
  for (int i = 0; i < 3; ++i) {
    tasks.push_back(run(scripts[i].connector(), i));
    std::vector<SourceRecord> records;
    for (int k = 0; k < 50; ++k) {
      SourceRecord record = line("v", "{\"position\":" + std::to_string(k) + "}");
      record.partition_json = "{\"task\":" + std::to_string(i) + "}";
      records.push_back(record);
    }
    for (int k = 0; k < 20; ++k)
      scripts[i].feed(records);
  }
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(host_.wait_for_offset("[\"c\",{\"task\":" + std::to_string(i) + "}]",
                                      R"({"position":49})"));
  TaskSpec spec;
  spec.id = {"c", 0};
  spec.connector_config = connector_;
  spec.worker_config = worker_;
  const auto first = pool_.acquire(spec, std::int64_t{32} << 20);
  const auto second = pool_.acquire(spec, std::int64_t{32} << 20);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->get(), second->get());
  for (auto &task : tasks)
    stop(*task);
}

TEST_F(SourceLoop, ALostProducerIsReplacedAndTheTaskStartsAgain) {
  SourceScript script;
  script.ask_at_start = {R"({"p":1})"};
  auto task = run(script.connector());
  script.feed({line("a", R"({"position":1})")});
  ASSERT_TRUE(host_.wait_for_offset(kKey, R"({"position":1})"));
  script.on_start = [&] {
    script.feed({line("b", R"({"position":2})")}); // as a plugin would: from the stored offset on
    return std::pair<sluice_status, std::string>(SLUICE_OK, "");
  };
  {
    TaskSpec spec;
    spec.id = {"c", 0};
    spec.connector_config = connector_;
    spec.worker_config = worker_;
    const auto producer = pool_.acquire(spec, std::int64_t{32} << 20);
    ASSERT_TRUE(producer);
    rd_kafka_test_fatal_error((*producer)->producer().handle(),
                              RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "made up");
  }
  script.feed({line("lost", R"({"position":2})")});
  EXPECT_TRUE(host_.wait_for_offset(kKey, R"({"position":2})"));
  EXPECT_THAT(values_of(read("t", 2)), ElementsAre("a", "b"));
  EXPECT_THAT(script.seen().calls,
              ElementsAre("create", "start", "stop", "destroy", "create", "start"));
  EXPECT_THAT(script.seen().offsets_at_start, ElementsAre(R"({"position":1})"));
  EXPECT_EQ(host_.said().size(), 1u); // RUNNING all the time
  stop(*task);
}

TEST_F(SourceLoop, ARecordWithoutATopicIsTheFaultOfThePlugin) {
  SourceScript script;
  auto task = run(script.connector());
  script.feed({line("a", R"({"position":1})")});
  ASSERT_TRUE(host_.wait_for_offset(kKey, R"({"position":1})"));
  SourceRecord nowhere = line("b", R"({"position":2})");
  nowhere.topic = "";
  script.feed({nowhere});
  ASSERT_TRUE(host_.wait_for(State::Failed));
  EXPECT_THAT(host_.last_trace(), HasSubstr("plugin misbehaving: a record has no topic"));
  stop(*task);
}

TEST_F(SourceLoop, RecordsGoToManyTopics) {
  ASSERT_TRUE(cluster_->create_topic("u", 4));
  SourceScript script;
  auto task = run(script.connector());
  std::vector<SourceRecord> batch;
  for (int i = 0; i < 10; ++i) {
    batch.push_back(line(std::to_string(i), "{\"position\":" + std::to_string(i) + "}"));
    batch.back().topic = i % 3 == 0 ? "u" : "t";
  }
  script.feed(batch);
  ASSERT_TRUE(host_.wait_for_offset(kKey, R"({"position":9})"));
  EXPECT_THAT(values_of(read("u", 4)), ElementsAre("0", "3", "6", "9"));
  EXPECT_THAT(values_of(read("t", 6)), ElementsAre("1", "2", "4", "5", "7", "8"));
  EXPECT_THAT(host_.topics(), ElementsAre("u", "t"));
  stop(*task);
}

} // namespace
} // namespace host::runtime::test
