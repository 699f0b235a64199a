#include "fixture.h"

#include <csignal>

#include <gmock/gmock.h>

// The same life in each isolation, and what each of them keeps apart.
namespace process_test {

using namespace host;
using namespace host::supervisor;
using ::testing::HasSubstr;

struct Mode {
  const char *name;
  Isolation isolation;
  std::size_t processes; // of a connector object and two tasks
};
constexpr Mode kConnector{"connector", Isolation::Connector, 1};
constexpr Mode kTask{"task", Isolation::Task, 3};
constexpr Mode kNone{"none", Isolation::None, 0};

class Isolated : public SupervisorTest {
protected:
  ConnectorSpec isolated(Isolation isolation, StringMap config = {}) const {
    ConnectorSpec c = spec(std::move(config));
    c.isolation = isolation;
    return c;
  }
  int told(State state) const {
    return events_.count(object_, state) + events_.count(task_, state) +
           events_.count(second_, state);
  }

  const TaskId second_{"c", 1};
};

class IsolationTest : public Isolated, public ::testing::WithParamInterface<Mode> {
protected:
  using Isolated::isolated;
  ConnectorSpec isolated() const { return isolated(GetParam().isolation); }

  // The connector and two tasks, running.
  void run_two(StringMap first = {}, StringMap second = {}) {
    start();
    run_task(std::move(first), isolated());
    supervisor_->start_task(second_, std::move(second), TargetState::Started);
    events_.wait_for(second_, State::Running);
    events_.wait_for(object_, State::Running);
  }
};

class AnyIsolation : public IsolationTest {};
INSTANTIATE_TEST_SUITE_P(All, AnyIsolation, ::testing::Values(kConnector, kTask, kNone),
                         [](const auto &info) { return std::string(info.param.name); });

TEST_P(AnyIsolation, HasItsProcessesFromCreationToDeletion) {
  run_two();
  const auto pids = runner_pids();
  EXPECT_EQ(pids.size(), GetParam().processes);
  stop_tasks({task_, second_});
  remove_connector();
  for (const std::int64_t pid : pids)
    EXPECT_TRUE(wait_gone(static_cast<pid_t>(pid)));
  EXPECT_EQ(told(State::Restarting) + told(State::Failed), 0);
}

TEST_P(AnyIsolation, PausesAndResumes) {
  run_two();
  for (const TaskId &task : {task_, second_}) {
    supervisor_->set_task_target(task, TargetState::Paused);
    events_.wait_for(task, State::Paused);
    supervisor_->set_task_target(task, TargetState::Started);
    events_.wait_for(task, State::Running, 2);
  }
  for (const auto &[target, state, count] : {std::tuple(TargetState::Paused, State::Paused, 1),
                                             std::tuple(TargetState::Started, State::Running, 2),
                                             std::tuple(TargetState::Stopped, State::Stopped, 1)}) {
    const Status changed = wait_result<Status>(
        [&](auto done) { supervisor_->set_connector_target("c", target, done); });
    EXPECT_TRUE(changed) << changed.error().message();
    events_.wait_for(object_, state, count);
  }
}

TEST_P(AnyIsolation, GivesTaskConfigs) {
  start();
  ASSERT_TRUE(start_connector(isolated()));
  const auto configs = wait_result<Result<std::vector<StringMap>>>(
      [&](auto done) { supervisor_->task_configs("c", 2, done); });
  ASSERT_TRUE(configs) << configs.error().message();
  EXPECT_EQ(configs->size(), 2u);
}

TEST_P(AnyIsolation, AnErrorIsThatTasksAlone) {
  run_two({}, {{"poll", "after:2 error:disk-full"}});
  EXPECT_THAT(events_.wait_for(second_, State::Failed), HasSubstr("disk-full"));
  EXPECT_EQ(told(State::Restarting), 0);
  EXPECT_EQ(events_.count(task_, State::Failed), 0);
}

TEST_P(AnyIsolation, AnErrorInStartFailsTheConnector) {
  start();
  const Status started =
      start_connector(isolated(GetParam().isolation, {{"connector.start", "error:no-such-host"}}));
  ASSERT_FALSE(started);
  EXPECT_THAT(events_.wait_for(object_, State::Failed), HasSubstr("no-such-host"));
}

TEST_P(AnyIsolation, ARestartedTaskLeavesTheOthersAlone) {
  run_two();
  stop_tasks({second_});
  supervisor_->start_task(second_, {}, TargetState::Started);
  events_.wait_for(second_, State::Running, 2);
  ASSERT_TRUE(start_connector(isolated()));
  events_.wait_for(object_, State::Running, 2);
  EXPECT_EQ(told(State::Restarting) + told(State::Failed), 0);
  EXPECT_EQ(events_.count(task_, State::Running), 1);
  EXPECT_TRUE(eventually([&] { return runner_pids().size() == GetParam().processes; }));
}

TEST_P(AnyIsolation, LastOffsetsAreWrittenWhenATaskStops) {
  run_two({{"offset", "7"}});
  stop_tasks({task_});
  EXPECT_EQ(offsets_.written(), (std::vector<OffsetRecord>{{"key", "7"}}));
}

TEST_P(AnyIsolation, LastOffsetsAreWrittenWhenTheWorkerStops) {
  run_two({{"offset", "8"}});
  stop();
  EXPECT_EQ(offsets_.written(), (std::vector<OffsetRecord>{{"key", "8"}}));
}

class OwnProcess : public IsolationTest {
protected:
  bool per_task() const { return GetParam().isolation == Isolation::Task; }
  std::string once(const std::string &act) const { return "once:" + path("done") + " " + act; }
};
INSTANTIATE_TEST_SUITE_P(All, OwnProcess, ::testing::Values(kConnector, kTask),
                         [](const auto &info) { return std::string(info.param.name); });

TEST_P(OwnProcess, ACrashCostsWhatIsInTheProcess) {
  run_two({}, {{"poll", "after:2 " + once("segv")}});
  EXPECT_THAT(events_.wait_for(second_, State::Restarting),
              HasSubstr("runner killed by SIGSEGV in poll (task 1)"));
  events_.wait_for(second_, State::Running, 2);
  const int others = per_task() ? 0 : 1;
  EXPECT_EQ(events_.count(task_, State::Restarting), others);
  EXPECT_EQ(events_.count(object_, State::Restarting), others);
  if (!per_task())
    events_.wait_for(task_, State::Running, 2);
  EXPECT_EQ(told(State::Failed), 0);
}

TEST_P(OwnProcess, WhatIsGivenUpWaitsForAPerson) {
  start();
  ConnectorSpec c = isolated();
  c.limits.restart_max = 1;
  run_task({}, c);
  supervisor_->start_task(second_, {{"poll", "after:2 abort"}}, TargetState::Started);
  EXPECT_THAT(events_.wait_for(second_, State::Failed), HasSubstr("given up"));
  EXPECT_EQ(events_.count(task_, State::Failed), per_task() ? 0 : 1);
  stop_tasks({task_, second_});
  ASSERT_TRUE(start_connector(c));
  supervisor_->start_task(task_, {}, TargetState::Started);
  supervisor_->start_task(second_, {}, TargetState::Started);
  events_.wait_for(second_, State::Running, 3);
  EXPECT_TRUE(eventually([&] { return runner_pids().size() == GetParam().processes; }));
}

TEST_P(OwnProcess, ATaskThatDoesNotStopIsKilled) {
  run_two({}, {{"stop", "spin"}});
  stop_tasks({second_});
  if (!per_task())
    events_.wait_for(task_, State::Running, 2);
  else
    EXPECT_EQ(events_.count(task_, State::Restarting), 0);
  EXPECT_EQ(events_.count(second_, State::Restarting), 0);
  EXPECT_TRUE(
      eventually([&] { return runner_pids().size() == GetParam().processes - per_task(); }));
}

// Tasks go on where they were; what starts later is isolated as the connector says by then.
TEST_P(AnyIsolation, AChangeCountsForWhatStartsLater) {
  start();
  run_task({}, isolated());
  int starts = 1;
  for (const Mode &next : {kNone, kConnector, kTask}) {
    ASSERT_TRUE(start_connector(isolated(next.isolation)));
    stop_tasks({task_});
    supervisor_->start_task(task_, {}, TargetState::Started);
    events_.wait_for(task_, State::Running, ++starts);
    const std::size_t wanted = std::min<std::size_t>(next.processes, 2); // there is one task
    EXPECT_TRUE(eventually([&] { return runner_pids().size() == wanted; })) << next.name;
  }
  EXPECT_EQ(told(State::Restarting) + told(State::Failed), 0);
}

// One connector of each isolation: the loss of a process beside them is none of their concern.
TEST_F(Isolated, NeighboursDoNotNoticeACrash) {
  start();
  for (const Mode &mode : {kConnector, kTask, kNone}) {
    ConnectorSpec c = isolated(mode.isolation);
    c.name = mode.name;
    ASSERT_TRUE(start_connector(c));
    supervisor_->start_task({c.name, 0}, {}, TargetState::Started);
    events_.wait_for({c.name, 0}, State::Running);
  }
  run_task({{"poll", "after:2 once:" + path("done") + " segv"}}, isolated(Isolation::Connector));
  events_.wait_for(task_, State::Restarting);
  events_.wait_for(task_, State::Running, 2);
  EXPECT_EQ(runner_pids().size(), 1u + 2u + 0u + 1u);
  for (const Mode &mode : {kConnector, kTask, kNone})
    for (const State state : {State::Restarting, State::Failed}) {
      EXPECT_EQ(events_.count({mode.name, 0}, state), 0) << mode.name;
      EXPECT_EQ(events_.count({mode.name, kConnectorItself}, state), 0) << mode.name;
    }
}

} // namespace process_test
