#include "fixture.h"

#include <csignal>
#include <cstdlib>

#include <gmock/gmock.h>

// What becomes of runners whose plugins do what native code can do.
namespace process_test {

using namespace host;
using namespace host::supervisor;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

constexpr const char *kClass = "org.apache.kafka.connect.errors.ConnectException: ";

class LossTest : public SupervisorTest {
protected:
  // The act, done once in a process; the next one is healthy.
  std::string once(const std::string &act) const { return "once:" + path("done") + " " + act; }

  ConnectorSpec limited(Duration stall, std::int64_t memory = 0) const {
    ConnectorSpec c = spec();
    c.limits.stall_timeout = stall;
    c.limits.memory_max_bytes = memory;
    return c;
  }
};

struct Harm {
  const char *name;
  const char *act;
  const char *first_line; // regular expression, after the class
};

class HarmTest : public LossTest, public ::testing::WithParamInterface<Harm> {};

TEST_P(HarmTest, InPollIsToldAndHealed) {
  start();
  run_task({{"poll", "after:2 " + once(GetParam().act)}},
           limited(Duration(300), std::int64_t{64} << 20));
  const std::string trace = events_.wait_for(task_, State::Restarting);
  EXPECT_THAT(trace.substr(0, trace.find('\n')),
              MatchesRegex(std::string(kClass) + GetParam().first_line));
  EXPECT_THAT(trace, HasSubstr("restart 1 of 5 in "));
  events_.wait_for(task_, State::Running, 2);
  // The connector object was in the same process.
  EXPECT_EQ(events_.count(object_, State::Restarting), 1);
  events_.wait_for(object_, State::Running, 2);
}

INSTANTIATE_TEST_SUITE_P(
    All, HarmTest,
    ::testing::Values(
        Harm{"segv", "segv", "runner killed by SIGSEGV in poll \\(task 0\\)"},
        Harm{"abort", "abort", "runner killed by SIGABRT in poll \\(task 0\\)"},
        Harm{"exit", "exit:0", "runner exited with code 0 in poll \\(task 0\\)"},
        Harm{"exit3", "exit:3", "runner exited with code 3 in poll \\(task 0\\)"},
        Harm{"throw", "throw", "runner killed by SIGABRT in poll \\(task 0\\)"},
        Harm{"spin", "spin",
             "runner killed: poll \\(task 0\\) blocked for [0-9]+ ms, longer than "
             "task.stall.timeout.ms"},
        Harm{"hang", "hang",
             "runner killed: poll \\(task 0\\) blocked for [0-9]+ ms, longer than "
             "task.stall.timeout.ms"},
        Harm{"grow", "grow:400",
             "runner killed by SIGKILL in poll \\(task 0\\): [0-9]+ MiB of memory, above "
             "runner.memory.max \\(64 MiB\\)"},
        Harm{"close", "close hang", "runner killed in poll \\(task 0\\): it closed its link.*"},
        Harm{"flood", "flood",
             "runner killed: poll \\(task 0\\) blocked for [0-9]+ ms, longer than "
             "task.stall.timeout.ms"}),
    [](const auto &info) { return std::string(info.param.name); });

TEST_F(LossTest, TraceEndsWithTheStandardError) {
  start();
  run_task({{"poll", "after:2 stderr:last-words abort"}}, spec());
  EXPECT_THAT(
      events_.wait_for(task_, State::Restarting),
      AllOf(StartsWith(kClass), HasSubstr("end of its standard error"), HasSubstr("last-words\n")));
}

TEST_F(LossTest, SecretsAreNotInTheTrace) {
  start();
  ConnectorSpec c = spec();
  c.secrets = {"s3cr3t"};
  run_task({{"poll", "after:2 stderr:password=s3cr3t abort"}}, c);
  const std::string trace = events_.wait_for(task_, State::Restarting);
  EXPECT_THAT(trace, HasSubstr("password=[hidden]"));
  EXPECT_EQ(trace.find("s3cr3t"), std::string::npos);
}

TEST_F(LossTest, AfterTheLimitItIsLeftForAPersonWhoMayRestartIt) {
  start();
  ConnectorSpec c = spec();
  c.limits.restart_max = 2;
  run_task({{"poll", "segv"}}, c);
  const std::string trace = events_.wait_for(task_, State::Failed);
  EXPECT_THAT(trace, AllOf(StartsWith(std::string(kClass) + "runner killed by SIGSEGV in poll"),
                           HasSubstr("given up: more than 2 losses within 600000 ms")));
  EXPECT_EQ(events_.count(task_, State::Restarting), 2);
  EXPECT_EQ(events_.count(object_, State::Failed), 1);
  EXPECT_TRUE(eventually([&] { return runner_pids().empty(); }));

  stop_tasks({task_});
  ASSERT_TRUE(start_connector(c));
  supervisor_->start_task(task_, {}, TargetState::Started);
  events_.wait_for(task_, State::Running, 4);
}

TEST_F(LossTest, BackoffGrowsBetweenRestarts) {
  start();
  ConnectorSpec c = spec();
  c.limits.restart_max = 3;
  c.limits.restart_backoff = Duration(100);
  c.limits.restart_backoff_max = Duration(10'000);
  run_task({{"start", ""}, {"poll", "segv"}}, c);
  std::vector<int> delays;
  for (int n = 1; n <= 3; ++n) {
    const std::string trace = events_.wait_for(task_, State::Restarting, n);
    const auto at = trace.find(" in ", trace.find("restart " + std::to_string(n)));
    delays.push_back(std::atoi(trace.c_str() + at + 4));
  }
  EXPECT_GE(delays[0], 80);
  EXPECT_LE(delays[0], 120);
  EXPECT_GT(delays[1], delays[0]);
  EXPECT_GT(delays[2], delays[1]);
  EXPECT_GE(delays[2], 320);
}

TEST_F(LossTest, CrashInStartOfTheConnectorFailsTheCallAndIsRestarted) {
  start();
  const Status started = start_connector(spec({{"connector.start", once("segv")}}));
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().message(), "runner killed by SIGSEGV in start (connector)");
  EXPECT_THAT(events_.wait_for(object_, State::Restarting),
              StartsWith(std::string(kClass) + "runner killed by SIGSEGV in start (connector)"));
  events_.wait_for(object_, State::Running);
}

TEST_F(LossTest, CrashInTaskConfigsFailsTheCall) {
  start();
  ASSERT_TRUE(start_connector(spec({{"task_configs", once("abort")}})));
  const auto configs = wait_result<Result<std::vector<StringMap>>>(
      [&](auto done) { supervisor_->task_configs("c", 1, done); });
  ASSERT_FALSE(configs);
  EXPECT_EQ(configs.error().message(), "runner killed by SIGABRT in task_configs (connector)");
  events_.wait_for(object_, State::Running, 2);
}

TEST_F(LossTest, AFailedTaskStaysFailedWhenItsProcessIsReplaced) {
  start();
  run_task({{"poll", "after:20 " + once("segv")}}, spec());
  supervisor_->start_task({"c", 1}, {{"start", "error:bad-config"}}, TargetState::Started);
  events_.wait_for({"c", 1}, State::Failed);
  events_.wait_for(task_, State::Running, 2);
  EXPECT_EQ(events_.count({"c", 1}, State::Failed), 1);
  EXPECT_EQ(events_.count({"c", 1}, State::Restarting), 0);
}

TEST_F(LossTest, ATaskThatDoesNotStopIsKilledAndItsNeighboursAreRestarted) {
  start();
  run_task({}, spec());
  supervisor_->start_task({"c", 1}, {{"stop", "spin"}}, TargetState::Started);
  events_.wait_for({"c", 1}, State::Running);
  stop_tasks({{"c", 1}});
  EXPECT_THAT(events_.wait_for(task_, State::Restarting),
              AllOf(HasSubstr("runner killed in stop (task 1): not stopped within 700 ms"),
                    HasSubstr("replaced at once")));
  events_.wait_for(task_, State::Running, 2);
  EXPECT_EQ(events_.count({"c", 1}, State::Restarting), 0);
}

TEST_F(LossTest, AConnectorThatDoesNotStopIsKilled) {
  start();
  run_task({}, spec({{"connector.stop", "spin"}}));
  stop_tasks({task_});
  const auto pids = runner_pids();
  remove_connector();
  EXPECT_TRUE(wait_gone(static_cast<pid_t>(pids.at(0))));
}

TEST_F(LossTest, StoppingTheSupervisorEndsWhatDoesNotWantTo) {
  start();
  run_task({{"poll", "after:2 spin"}}, spec());
  const auto pids = runner_pids();
  stop();
  EXPECT_TRUE(wait_gone(static_cast<pid_t>(pids.at(0))));
}

TEST_F(LossTest, WhatPluginsForkedEndsWithTheRunner) {
  start();
  run_task({{"start", "fork"}}, spec());
  ASSERT_EQ(runner_pids().size(), 1u);
  stop_tasks({task_});
  remove_connector();
  EXPECT_TRUE(eventually([&] { return children_of_this_process().size() == 1; }))
      << "only the template is left";
}

TEST_F(LossTest, AStoppedProcessIsReplacedWhenKilledFromOutside) {
  start();
  run_task({}, spec());
  ::kill(static_cast<pid_t>(runner_pids().at(0)), SIGKILL);
  const std::string trace = events_.wait_for(task_, State::Restarting);
  EXPECT_THAT(trace, StartsWith(std::string(kClass) + "runner killed by SIGKILL"));
  events_.wait_for(task_, State::Running, 2);
}

TEST_F(LossTest, OtherConnectorsDoNotNoticeAFlood) {
  start();
  ConnectorSpec flood = spec();
  flood.name = "flood";
  ASSERT_TRUE(start_connector(flood));
  supervisor_->start_task({"flood", 0}, {{"poll", "flood"}}, TargetState::Started);
  events_.wait_for({"flood", 0}, State::Running);

  run_task({}, spec());
  std::vector<double> took_ms;
  for (int i = 0; i < 200; ++i) {
    const auto began = std::chrono::steady_clock::now();
    const auto configs = wait_result<Result<std::vector<StringMap>>>(
        [&](auto done) { supervisor_->task_configs("c", 1, done); });
    ASSERT_TRUE(configs);
    took_ms.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began)
            .count());
  }
  std::ranges::sort(took_ms);
  EXPECT_LT(took_ms[197], 50) << "p99 of a call through the supervisor to another runner";
}

} // namespace process_test
