#include <algorithm>

#include <gmock/gmock.h>

#include "host/metrics/callback_guard.h"
#include "tests/unit/runner/fixture.h"

namespace host::runner {
namespace {

using Texts = std::vector<std::string>;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class TaskTest : public RunnerTest {
protected:
  TaskTest() {
    welcome_.worker_config = {{"bootstrap.servers", "127.0.0.1:1"},
                              {"offset.flush.interval.ms", "60000"}};
    open();
  }

  std::string start(std::int32_t number, StringMap config,
                    TargetState target = TargetState::Started) {
    return text_of(ask(task(number, std::move(config), target)));
  }
  std::string stop(std::int32_t number, std::int64_t timeout_ms = 10'000) {
    return text_of(ask(link::Stop{{"c", number}, timeout_ms}));
  }
};

TEST_P(TaskTest, RunsPausesAndStops) {
  EXPECT_EQ(start(0, {}), "OK");
  told_.wait_for(1);
  EXPECT_EQ(text_of(ask(link::Pause{{"c", 0}})), "OK");
  told_.wait_for(2);
  EXPECT_EQ(text_of(ask(link::Resume{{"c", 0}})), "OK");
  told_.wait_for(3);
  EXPECT_EQ(stop(0), "OK");
  EXPECT_EQ(told_.wait_for(4), (Texts{"0 RUNNING", "0 PAUSED", "0 RUNNING", "0 UNASSIGNED"}));
  EXPECT_EQ(logs_.wait_for(3), (Texts{"start", "stop", "destroy"}));
}

TEST_P(TaskTest, ATaskThatStartsPausedIsNotStarted) {
  EXPECT_EQ(start(0, {}, TargetState::Paused), "OK");
  EXPECT_EQ(told_.wait_for(1)[0], "0 PAUSED");
  EXPECT_TRUE(logs_.now().empty());
  EXPECT_EQ(stop(0), "OK");
  EXPECT_EQ(told_.wait_for(2)[1], "0 UNASSIGNED");
}

TEST_P(TaskTest, AFailedTaskIsToldAndItsPlaceIsFree) {
  EXPECT_EQ(start(0, {{"on.start", "fail"}, {"say", "why"}}), "OK") << "the thread existed";
  EXPECT_THAT(told_.wait_for(1)[0], StartsWith("0 FAILED "));
  EXPECT_THAT(told_.now()[0], HasSubstr("start fails as told: why"));
  EXPECT_EQ(stop(0), "OK");
  EXPECT_EQ(start(0, {}), "OK");
  EXPECT_EQ(told_.wait_for(2)[1], "0 RUNNING");
  EXPECT_EQ(stop(0), "OK");
}

TEST_P(TaskTest, SeveralTasksShareARunner) {
  EXPECT_EQ(start(0, {}), "OK");
  EXPECT_EQ(start(1, {}), "OK");
  told_.wait_for(2);
  EXPECT_EQ(stop(0), "OK");
  EXPECT_EQ(told_.wait_for(3)[2], "0 UNASSIGNED");
  EXPECT_EQ(text_of(ask(link::Shutdown{10'000})), "OK");
  EXPECT_EQ(told_.wait_for(4)[3], "1 UNASSIGNED");
  EXPECT_EQ(end_of_runner(), 0);
}

TEST_P(TaskTest, WhatDoesNotFitIsRefused) {
  EXPECT_EQ(start(0, {}), "OK");
  EXPECT_EQ(start(0, {}), "Task already exists in this worker: c-0");
  link::StartTask other = task(1, {});
  other.slot = 1;
  EXPECT_EQ(text_of(ask(other)), "slot 1 of task c-1 is still used by task c-0");
  for (const std::uint32_t slot : {0u, link::SharedPage::kSlots}) {
    other.slot = slot;
    EXPECT_EQ(text_of(ask(other)),
              "task c-1 has no slot " + std::to_string(slot) + " in the shared page");
  }
  EXPECT_EQ(text_of(ask(link::Pause{{"c", 3}})), "task c-3 does not run here");
  EXPECT_EQ(stop(3), "OK") << "it is not there";
  EXPECT_EQ(stop(0), "OK");
}

TEST_P(TaskTest, APluginThatCannotBeLoadedIsTheRepliesToSay) {
  link::StartTask start = task(0, {});
  start.plugin_path = "/nowhere/x.so";
  EXPECT_THAT(text_of(ask(start)), HasSubstr("/nowhere/x.so"));
  start = task(0, {});
  start.class_name = "x.Y";
  EXPECT_THAT(text_of(ask(start)), HasSubstr("x.Y"));
  EXPECT_EQ(text_of(ask(task(0, {}))), "OK");
  EXPECT_EQ(told_.wait_for(1), Texts{"0 RUNNING"}) << "no status was told before";
  EXPECT_EQ(stop(0), "OK");
}

TEST_P(TaskTest, OffsetsAreAskedOfTheHost) {
  on_read_ = [](const link::ReadOffsets &read, const link::Responder<link::OffsetsRead> &answer) {
    EXPECT_EQ(read.connector, "c");
    answer.reply({{std::string(R"({"o":2})")}});
  };
  EXPECT_EQ(start(0, {{"on.start", "read"}}), "OK");
  EXPECT_THAT(told_.wait_for(2), ElementsAre(R"(read ["c",{"p":1}])", "0 RUNNING"));
  EXPECT_EQ(logs_.wait_for(1)[0], R"(offset {"o":2})");
  EXPECT_EQ(stop(0), "OK");
}

TEST_P(TaskTest, AStopDoesNotWaitForOffsetsThatDoNotCome) {
  std::optional<link::Responder<link::OffsetsRead>> kept;
  on_read_ = [&](const link::ReadOffsets &, link::Responder<link::OffsetsRead> answer) {
    kept = std::move(answer);
  };
  EXPECT_EQ(start(0, {{"on.start", "read"}}), "OK");
  told_.wait_for(1);
  EXPECT_EQ(stop(0), "OK");
  loop_.call([&] { kept.reset(); });
}

TEST_P(TaskTest, TheSlotIsTheTasks) {
  EXPECT_EQ(start(0, {{"on.start", "wait"}}), "OK");
  logs_.wait_for(1);
  const auto reading = link::read_callback(page_.page().slots[1], metrics::boottime_ms() + 1000);
  EXPECT_EQ(reading.incarnation, 7u);
  EXPECT_EQ(reading.callback, link::Callback::Start);
  EXPECT_GE(reading.age_ms, 1000);
  EXPECT_EQ(stop(0), "OK");
}

TEST_P(TaskTest, SecretsStayInside) {
  link::StartTask start = task(0, {{"on.start", "fail"}, {"say", "hunter22"}});
  start.secrets = {"hunter22"};
  EXPECT_EQ(text_of(ask(start)), "OK");
  EXPECT_THAT(told_.wait_for(1)[0], HasSubstr("start fails as told: [hidden]"));
}

TEST_P(TaskTest, AStopDuringTheLoadOfAnotherIsInOrder) {
  auto begun = begin(task(0, {}));
  auto stopped = begin(link::Stop{{"c", 0}, 10'000});
  EXPECT_EQ(text_of(stopped.get()), "OK");
  const std::string text = text_of(begun.get());
  EXPECT_TRUE(text == "OK" || text == "the task was stopped before it started") << text;
  EXPECT_EQ(start(0, {}), "OK") << "its place is free";
  EXPECT_EQ(stop(0), "OK");
}

TEST_P(TaskTest, TheLossOfTheHostStopsTasks) {
  EXPECT_EQ(start(0, {}), "OK");
  told_.wait_for(1);
  hang_up();
  end_of_runner();
  if (GetParam() == Where::ThisProcess) {
    EXPECT_EQ(logs_.now(), (Texts{"start", "stop", "destroy"}));
  }
}

INSTANTIATE_TEST_SUITE_P(OwnProcess, TaskTest, testing::Values(Where::OwnProcess));
INSTANTIATE_TEST_SUITE_P(ThisProcess, TaskTest, testing::Values(Where::ThisProcess));

// A thread that does not end can be left only to the end of its process.
class HungTaskTest : public TaskTest {};

TEST_P(HungTaskTest, IsToldByTimeoutAndEndsWithItsProcess) {
  EXPECT_EQ(start(0, {{"on.stop", "hang"}}), "OK");
  EXPECT_EQ(start(1, {}), "OK");
  told_.wait_for(2);
  EXPECT_EQ(stop(0, 1), "Graceful stop of task c-0 failed.");
  EXPECT_EQ(start(0, {}), "Task already exists in this worker: c-0");
  EXPECT_EQ(stop(1), "OK") << "another task is not held up";
  EXPECT_EQ(text_of(ask(link::Shutdown{1})), "not everything stopped in time");
  EXPECT_EQ(end_of_runner(), 0);
}

INSTANTIATE_TEST_SUITE_P(OwnProcess, HungTaskTest, testing::Values(Where::OwnProcess));

} // namespace
} // namespace host::runner
