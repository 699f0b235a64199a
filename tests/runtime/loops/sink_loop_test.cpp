#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/runtime/loops/abi_text.h"
#include "tests/runtime/loops/loop_test.h"
#include "tests/runtime/loops/scripted_sink.h"

namespace host::runtime::test {
namespace {

using metrics::TaskSlot;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::StartsWith;
using Answer = SinkScript::Answer;

const Answer kOk(SLUICE_OK, "");

std::vector<std::string> numbers(int first, int last) {
  std::vector<std::string> values;
  for (int i = first; i <= last; ++i)
    values.push_back(std::to_string(i));
  return values;
}

class SinkLoop : public LoopTest {
protected:
  SinkLoop() {
    EXPECT_TRUE(cluster_->create_topic("t", 1));
    connector_.set("topics", "t");
  }

  static bool has(const SinkScript &script, std::size_t records) {
    return script.wait_until([&](const auto &seen) { return seen.records.size() >= records; });
  }
  // What the group has committed for a partition; -1: nothing.
  std::int64_t committed(const std::string &topic, std::int32_t partition = 0);
  bool wait_for_committed(std::int64_t offset, const std::string &topic = "t",
                          std::int32_t partition = 0);
};

std::int64_t SinkLoop::committed(const std::string &topic, std::int32_t partition) {
  const auto offsets = group_offsets("connect-c", topic, partition + 1);
  return offsets.at(static_cast<std::size_t>(partition));
}

bool SinkLoop::wait_for_committed(std::int64_t offset, const std::string &topic,
                                  std::int32_t partition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < deadline)
    if (committed(topic, partition) == offset)
      return true;
  return false;
}

TEST_F(SinkLoop, RecordsArriveAndAreCommitted) {
  write("t", numbers(1, 5));
  SinkScript script;
  auto task = run(script.connector());
  ASSERT_TRUE(has(script, 5));
  EXPECT_EQ(script.values(), numbers(1, 5));
  EXPECT_TRUE(wait_for_committed(5));
  EXPECT_EQ(count(&TaskSlot::records_in), 5u);
  EXPECT_EQ(count(&TaskSlot::records_out), 5u);
  EXPECT_NE(slot_->member_id[0].load(), '\0');
  stop(*task);
  EXPECT_TRUE(host_.wait_for(State::Unassigned));
  EXPECT_THAT(script.seen().calls,
              ElementsAre("create", "start", "open t-0@-1", "close t-0", "stop", "destroy"));
}

TEST_F(SinkLoop, ASuccessorStartsAtTheCommittedOffset) {
  write("t", numbers(1, 3));
  {
    SinkScript script;
    worker_.set("offset.flush.interval.ms", "60000"); // only the last commit
    auto task = run(script.connector());
    ASSERT_TRUE(has(script, 3));
    stop(*task);
  }
  EXPECT_EQ(committed("t"), 3);
  write("t", numbers(4, 5));
  SinkScript script;
  auto task = run(script.connector());
  ASSERT_TRUE(has(script, 2));
  EXPECT_EQ(script.values(), numbers(4, 5));
  EXPECT_THAT(script.seen().calls, Contains("open t-0@3"));
  stop(*task);
}

TEST_F(SinkLoop, EmptyPutsComeWithoutRecords) {
  SinkScript script;
  auto task = run(script.connector());
  EXPECT_TRUE(script.wait_until([](const auto &seen) { return seen.empty_puts > 2; }));
  stop(*task);
}

TEST_F(SinkLoop, OnlyWhatPreCommitAllowsIsCommitted) {
  write("t", numbers(1, 9));
  SinkScript script;
  std::atomic<std::int64_t> safe{4};
  script.on_pre_commit = [&](sluice_tp *tps, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i)
      tps[i].offset = std::min(tps[i].offset, safe.load());
    return kOk;
  };
  auto task = run(script.connector());
  ASSERT_TRUE(has(script, 9));
  EXPECT_TRUE(wait_for_committed(4));
  safe = -1; // leaves the partition out
  const int before = script.seen().pre_commits;
  EXPECT_TRUE(script.wait_until([&](const auto &seen) { return seen.pre_commits > before + 2; }));
  EXPECT_EQ(committed("t"), 4);
  safe = 9;
  EXPECT_TRUE(wait_for_committed(9));
  stop(*task);
}

TEST_F(SinkLoop, RetryBringsTheSameBatchAgain) {
  write("t", numbers(1, 3));
  SinkScript script;
  std::vector<const sluice_sink_batch *> batches;
  script.on_put = [&](const sluice_sink_batch &batch) {
    if (batch.n_records == 0)
      return kOk;
    batches.push_back(&batch);
    if (batches.size() < 4) {
      script.services().retry_after(script.ctx, 10);
      return Answer(SLUICE_E_RETRY, "not now");
    }
    return kOk;
  };
  auto task = run(script.connector());
  ASSERT_TRUE(has(script, 3));
  write("t", numbers(4, 4));
  ASSERT_TRUE(has(script, 4)); // and it goes on
  EXPECT_EQ(script.values(), numbers(1, 4));
  EXPECT_TRUE(wait_for_committed(4));
  EXPECT_EQ(count(&TaskSlot::retries), 3u);
  stop(*task);
  ASSERT_GE(batches.size(), 4u);
  EXPECT_EQ(batches[0], batches[3]);
}

TEST_F(SinkLoop, WhatIsBeingRetriedIsNotCommitted) {
  write("t", numbers(1, 3));
  SinkScript script;
  script.on_put = [&](const sluice_sink_batch &batch) {
    script.services().retry_after(script.ctx, 10);
    return batch.n_records == 0 ? kOk : Answer(SLUICE_E_RETRY, "never");
  };
  auto task = run(script.connector());
  EXPECT_TRUE(script.wait_until([](const auto &seen) { return seen.puts > 5; }));
  stop(*task);
  EXPECT_EQ(committed("t"), -1);
}

TEST_F(SinkLoop, AFailedPutFailsTheTask) {
  write("t", numbers(1, 1));
  SinkScript script;
  script.on_put = [&](const sluice_sink_batch &batch) {
    return batch.n_records == 0 ? kOk : Answer(SLUICE_E_FATAL, "disk full");
  };
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_for(State::Failed));
  EXPECT_EQ(host_.last_trace(),
            "org.apache.kafka.connect.errors.ConnectException: Exiting WorkerSinkTask due to "
            "unrecoverable exception.\nCaused by: "
            "org.apache.kafka.connect.errors.ConnectException: disk full\n");
  EXPECT_THAT(script.seen().calls,
              ElementsAre("create", "start", "open t-0@-1", "close t-0", "stop", "destroy"));
  EXPECT_EQ(committed("t"), -1);
  stop(*task);
}

TEST_F(SinkLoop, AFailedStartOnlyDestroys) {
  SinkScript script;
  script.on_start = [] { return Answer(SLUICE_E_CONFIG, "no such directory"); };
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_for(State::Failed));
  EXPECT_THAT(host_.last_trace(), HasSubstr("ConfigException: no such directory"));
  EXPECT_THAT(script.seen().calls, ElementsAre("create", "start", "destroy"));
  stop(*task);
}

TEST_F(SinkLoop, AFailedOpenFailsTheTask) {
  SinkScript script;
  script.on_open = [](const sluice_tp *, std::size_t) { return Answer(SLUICE_E_FATAL, "no"); };
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_for(State::Failed));
  EXPECT_EQ(host_.last_trace(), "org.apache.kafka.connect.errors.ConnectException: no\n");
  stop(*task);
}

TEST_F(SinkLoop, AFailedPreCommitGoesBackToWhatIsCommitted) {
  write("t", numbers(1, 2));
  SinkScript script;
  std::atomic<bool> failing{false};
  script.on_pre_commit = [&](sluice_tp *, std::size_t) {
    return failing.exchange(false) ? Answer(SLUICE_E_RETRY, "flush failed") : kOk;
  };
  auto task = run(script.connector());
  ASSERT_TRUE(wait_for_committed(2));
  failing = true;
  write("t", numbers(3, 4));
  // Either the records came before the failure and come again, or only after it.
  ASSERT_TRUE(wait_for_committed(4));
  EXPECT_THAT(script.values(), IsSupersetOf(numbers(1, 4)));
  EXPECT_EQ(count(&TaskSlot::commit_failures), 1u);
  EXPECT_EQ(host_.said().back().state, State::Running);
  stop(*task);
}

TEST_F(SinkLoop, AFailedPreCommitRedeliversFromTheStartIfNothingIsCommitted) {
  write("t", numbers(1, 3));
  SinkScript script;
  std::atomic<int> failures{0};
  script.on_pre_commit = [&](sluice_tp *, std::size_t) {
    return failures++ == 0 ? Answer(SLUICE_E_FATAL, "flush failed") : kOk;
  };
  auto task = run(script.connector());
  ASSERT_TRUE(has(script, 6));
  const auto values = script.values();
  EXPECT_EQ(std::vector(values.begin(), values.begin() + 3), numbers(1, 3));
  EXPECT_EQ(std::vector(values.begin() + 3, values.begin() + 6), numbers(1, 3));
  EXPECT_TRUE(wait_for_committed(3));
  stop(*task);
}

TEST_F(SinkLoop, CommitOnRequest) {
  worker_.set("offset.flush.interval.ms", "60000");
  write("t", numbers(1, 1));
  SinkScript script;
  script.on_put = [&](const sluice_sink_batch &batch) {
    if (batch.n_records > 0)
      script.services().request_commit(script.ctx);
    return kOk;
  };
  auto task = run(script.connector());
  EXPECT_TRUE(wait_for_committed(1));
  stop(*task);
}

TEST_F(SinkLoop, SeekInOpenDecidesWhereReadingStarts) {
  write("t", numbers(1, 5));
  SinkScript script;
  script.on_open = [&](const sluice_tp *tps, std::size_t n) {
    sluice_tp to = tps[0];
    EXPECT_EQ(n, 1u);
    to.offset = 3;
    EXPECT_EQ(script.services().seek(script.ctx, &to, 1, nullptr), SLUICE_OK);
    return kOk;
  };
  auto task = run(script.connector());
  ASSERT_TRUE(has(script, 2));
  EXPECT_EQ(script.values(), numbers(4, 5));
  stop(*task);
}

TEST_F(SinkLoop, SeekInPutReadsAgain) {
  write("t", numbers(1, 3));
  SinkScript script;
  std::atomic<bool> sought{false};
  script.on_put = [&](const sluice_sink_batch &batch) {
    if (batch.n_records > 0 && !sought.exchange(true)) {
      sluice_tp to = {batch.topics[0], 0, 0, 1};
      EXPECT_EQ(script.services().seek(script.ctx, &to, 1, nullptr), SLUICE_OK);
    }
    return kOk;
  };
  auto task = run(script.connector());
  ASSERT_TRUE(script.wait_until([](const auto &seen) {
    return seen.records.size() >= 3 && seen.records.back().offset == 2;
  }));
  const auto values = script.values();
  EXPECT_GE(values.size(), 3u);
  stop(*task);
}

TEST_F(SinkLoop, PartitionsArePausedAndResumedByTheTask) {
  write("t", numbers(1, 1));
  SinkScript script;
  std::atomic<bool> resume{false};
  script.on_put = [&](const sluice_sink_batch &batch) {
    sluice_tp tp = {abi("t"), 0, 0, -1};
    if (batch.n_records > 0 && !resume) {
      EXPECT_EQ(script.services().pause(script.ctx, &tp, 1, nullptr), SLUICE_OK);
    } else if (resume.exchange(false)) {
      EXPECT_EQ(script.services().resume(script.ctx, &tp, 1, nullptr), SLUICE_OK);
    }
    sluice_tp other = {abi("nobody"), 0, 0, -1};
    EXPECT_EQ(script.services().pause(script.ctx, &other, 1, nullptr), SLUICE_E_FATAL);
    return kOk;
  };
  auto task = run(script.connector());
  ASSERT_TRUE(has(script, 1));
  write("t", numbers(2, 2));
  const int puts = script.seen().puts;
  ASSERT_TRUE(script.wait_until([&](const auto &seen) { return seen.puts > puts + 5; }));
  EXPECT_EQ(script.values(), numbers(1, 1));
  resume = true;
  ASSERT_TRUE(has(script, 2));
  stop(*task);
}

TEST_F(SinkLoop, APausedConnectorKeepsItsMembership) {
  SinkScript script;
  auto task = run(script.connector());
  ASSERT_TRUE(
      script.wait_until([](const auto &seen) { return seen.last_call() == "open t-0@-1"; }));
  task->set_target(TargetState::Paused);
  ASSERT_TRUE(host_.wait_for(State::Paused));
  write("t", numbers(1, 1));
  const int puts = script.seen().puts;
  ASSERT_TRUE(script.wait_until([&](const auto &seen) { return seen.puts > puts + 3; }));
  EXPECT_TRUE(script.values().empty());
  task->set_target(TargetState::Started);
  ASSERT_TRUE(host_.wait_for(State::Running));
  ASSERT_TRUE(has(script, 1));
  EXPECT_THAT(script.seen().calls, ElementsAre("create", "start", "open t-0@-1"));
  stop(*task);
}

TEST_F(SinkLoop, RetainedRecordsStayReadableAndAreBounded) {
  connector_.set("sluice.sink.retained.max.bytes", "100");
  worker_.set("consumer.max.poll.records", "5");
  write("t", std::vector<std::string>(30, std::string(50, 'r')));
  SinkScript script;
  std::mutex mutex;
  std::vector<std::pair<sluice_batch *, sluice_datum>> kept;
  script.on_put = [&](const sluice_sink_batch &batch) {
    if (batch.n_records == 0)
      return kOk;
    script.host->batch_retain(batch.handle);
    std::lock_guard lock(mutex);
    kept.emplace_back(batch.handle, static_cast<const sluice_sink_record *>(batch.records)->value);
    return kOk;
  };
  auto task = run(script.connector());
  // One batch of five records is above the budget: no more comes until it is given back.
  ASSERT_TRUE(has(script, 5));
  const int puts = script.seen().puts;
  ASSERT_TRUE(script.wait_until([&](const auto &seen) { return seen.puts > puts + 5; }));
  EXPECT_EQ(script.seen().records.size(), 5u);
  std::thread releaser([&] { // a thread of the plugin's own
    for (std::size_t released = 0; released < 30;) {
      sluice_batch *handle = nullptr;
      {
        std::lock_guard lock(mutex);
        if (!kept.empty()) {
          EXPECT_EQ(kept.back().second.raw.len, 50u);
          EXPECT_EQ(kept.back().second.raw.ptr[49], 'r');
          handle = kept.back().first;
          kept.pop_back();
        }
      }
      if (handle != nullptr) {
        script.host->batch_release(handle);
        released += 5;
      } else {
        std::this_thread::yield();
      }
    }
  });
  EXPECT_TRUE(has(script, 30));
  releaser.join();
  stop(*task);
}

TEST_F(SinkLoop, RecordsHeldBeyondStopAreAnErrorAndNotAHang) {
  worker_.set("task.shutdown.graceful.timeout.ms", "300");
  write("t", numbers(1, 1));
  SinkScript script;
  std::atomic<sluice_batch *> kept{nullptr};
  script.on_put = [&](const sluice_sink_batch &batch) {
    if (batch.n_records == 0)
      return kOk;
    script.host->batch_retain(batch.handle);
    kept = batch.handle;
    return Answer(SLUICE_E_FATAL, "gave up");
  };
  auto task = run(script.connector());
  ASSERT_TRUE(host_.wait_for(State::Failed));
  EXPECT_THAT(host_.last_trace(), HasSubstr("gave up"));
  stop(*task);
  script.host->batch_release(kept); // after the task: harmless
}

TEST_F(SinkLoop, HeadersAreKeptWhateverTheRecordIsLike) {
  using Headers = std::vector<std::pair<std::string, std::string>>;
  worker_.set("header.converter", "org.apache.kafka.connect.storage.StringConverter");
  const std::vector<Headers> wanted = {{}, {{"a", "1"}, {"a", ""}}};
  std::vector<Stored> records;
  for (const auto &key : {std::optional<std::string>(), std::optional<std::string>("k")})
    for (const auto &value : {std::optional<std::string>(), std::optional<std::string>(""),
                              std::optional<std::string>("v")})
      for (const Headers &headers : wanted)
        records.push_back({0, 0, -1, key, value, headers});
  write_records("t", records);
  SinkScript script;
  auto task = run(script.connector());
  ASSERT_TRUE(has(script, records.size()));
  const auto seen = script.seen();
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(seen.records[i].key, records[i].key) << i;
    EXPECT_EQ(seen.records[i].value, records[i].value) << i;
    EXPECT_EQ(seen.records[i].headers, records[i].headers) << i;
  }
  stop(*task);
}

TEST_F(SinkLoop, ConvertsWithJson) {
  worker_.set("value.converter", "org.apache.kafka.connect.json.JsonConverter");
  worker_.set("value.converter.schemas.enable", "false");
  write("t", {R"({"a":[1,2]})"});
  SinkScript script;
  auto task = run(script.connector());
  ASSERT_TRUE(has(script, 1));
  EXPECT_THAT(script.values(), ElementsAre("(5 cells)"));
  stop(*task);
}

// A number may have a scale of its own until a connector reads it.
TEST_F(SinkLoop, DecimalsHaveTheScaleOfTheirSchemaOrAreLeftOut) {
  worker_.set("value.converter", "org.apache.kafka.connect.json.JsonConverter");
  connector_.set("errors.tolerance", "all");
  const std::string head =
      R"({"schema":{"type":"bytes","name":"org.apache.kafka.connect.data.Decimal",)"
      R"("parameters":{"scale":"2"}},"payload":)";
  write("t", {head + "12.345}", head + "12.3}"});
  SinkScript script;
  auto task = run(script.connector());
  ASSERT_TRUE(has(script, 1));
  EXPECT_TRUE(wait_for_committed(2));
  EXPECT_THAT(script.values(), ElementsAre("\x04\xCE")); // 12.30
  stop(*task);
}

TEST_F(SinkLoop, BadRecordsFailTheTaskOrAreLeftOut) {
  worker_.set("value.converter", "org.apache.kafka.connect.json.JsonConverter");
  worker_.set("value.converter.schemas.enable", "false");
  write("t", {"1", "{broken", "3"});
  {
    SinkScript script;
    auto task = run(script.connector());
    ASSERT_TRUE(host_.wait_for(State::Failed));
    EXPECT_THAT(host_.last_trace(),
                StartsWith("org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded "
                           "in error handler\nCaused by: "
                           "org.apache.kafka.connect.errors.DataException"));
    EXPECT_EQ(committed("t"), -1);
    stop(*task);
  }
  connector_.set("errors.tolerance", "all");
  SinkScript script;
  auto task = run(script.connector());
  ASSERT_TRUE(has(script, 2));
  EXPECT_TRUE(wait_for_committed(3));
  EXPECT_EQ(count(&TaskSlot::records_skipped), 1u);
  stop(*task);
}

TEST_F(SinkLoop, ReportedRecordsObeyTheTolerance) {
  write("t", numbers(1, 2));
  const auto reporting = [](SinkScript &script) {
    script.on_put = [&script](const sluice_sink_batch &batch) {
      if (batch.n_records == 0)
        return kOk;
      EXPECT_EQ(script.services().report_record_error(script.ctx, &batch, 0, abi("no good")),
                SLUICE_OK);
      return kOk;
    };
  };
  {
    SinkScript script;
    reporting(script);
    auto task = run(script.connector());
    ASSERT_TRUE(host_.wait_for(State::Failed));
    EXPECT_THAT(host_.last_trace(), HasSubstr("Caused by: "
                                              "org.apache.kafka.connect.errors.ConnectException: "
                                              "no good"));
    stop(*task);
  }
  connector_.set("errors.tolerance", "all");
  write("t", numbers(3, 3));
  SinkScript script;
  reporting(script);
  auto task = run(script.connector());
  ASSERT_TRUE(has(script, 1));
  EXPECT_TRUE(wait_for_committed(3));
  EXPECT_EQ(host_.said().back().state, State::Running);
  stop(*task);
}

TEST_F(SinkLoop, AConnectorThatReadsCellsGetsCells) {
  write("t", {"text"});
  SinkScript script;
  auto task = run(script.connector(SLUICE_FORM_VALUE));
  ASSERT_TRUE(has(script, 1));
  EXPECT_TRUE(script.seen().records[0].as_cell);
  EXPECT_EQ(script.seen().records[0].value, "text");
  stop(*task);
}

TEST_F(SinkLoop, AConnectorThatReadsBytesCannotHaveStructures) {
  worker_.set("value.converter", "org.apache.kafka.connect.json.JsonConverter");
  SinkScript script;
  auto task = run(script.connector(SLUICE_FORM_BYTES));
  ASSERT_TRUE(host_.wait_for(State::Failed));
  EXPECT_THAT(host_.last_trace(),
              HasSubstr("test.ScriptedSinkConnector reads bytes only, and value.converter "
                        "org.apache.kafka.connect.json.JsonConverter makes structured values"));
  stop(*task);
}

TEST_F(SinkLoop, TopicsByRegexAreFoundWhenTheyAppear) {
  connector_.erase("topics");
  connector_.set("topics.regex", "t[0-9]+");
  connector_.set("consumer.override.metadata.max.age.ms", "100");
  ASSERT_TRUE(cluster_->create_topic("t1", 1));
  ASSERT_TRUE(cluster_->create_topic("other1", 1));
  write("t1", {"a"});
  write("other1", {"x"});
  SinkScript script;
  auto task = run(script.connector());
  ASSERT_TRUE(has(script, 1));
  ASSERT_TRUE(cluster_->create_topic("t22", 1));
  write("t22", {"b"});
  ASSERT_TRUE(has(script, 2));
  auto values = script.values();
  EXPECT_THAT(values, ElementsAre("a", "b"));
  stop(*task);
}

TEST_F(SinkLoop, PartitionsMoveBetweenTasks) {
  ASSERT_TRUE(cluster_->create_topic("two", 2));
  connector_.set("topics", "two");
  SinkScript first, second;
  auto task_one = run(first.connector(), 0);
  ASSERT_TRUE(first.wait_until(
      [](const auto &seen) { return seen.last_call() == "open two-0@-1 two-1@-1"; }));
  write("two", {"a"}, 0);
  write("two", {"b"}, 1);
  ASSERT_TRUE(has(first, 2));
  // The mock refuses commits during a rebalance, which a broker takes.
  ASSERT_TRUE(wait_for_committed(1, "two", 0) && wait_for_committed(1, "two", 1));
  const auto own_slot = std::move(slot_);
  slot_ = std::make_unique<TaskSlot>();
  auto task_two = run(second.connector(), 1);
  ASSERT_TRUE(
      second.wait_until([](const auto &seen) { return seen.last_call().starts_with("open "); }));
  write("two", {"c"}, 0);
  write("two", {"d"}, 1);
  ASSERT_TRUE(has(second, 1));
  ASSERT_TRUE(has(first, 3)); // each has one, and nothing comes twice
  auto all = first.values();
  const auto others = second.values();
  all.insert(all.end(), others.begin(), others.end());
  EXPECT_THAT(all, ::testing::UnorderedElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(first.seen().calls, Contains(StartsWith("close ")));
  task_one->request_stop();
  stop(*task_two);
  stop(*task_one);
}

} // namespace
} // namespace host::runtime::test
