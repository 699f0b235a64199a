#include "tests/unit/herder/herder_fixture.h"

namespace tests {
namespace {

using namespace host;
using herder::RestartFlags;

TEST_F(HerderTest, CreatedPausedOrStoppedHasNoTasks) {
  create("p", source(), TargetState::Paused);
  create("s", source(), TargetState::Stopped);
  EXPECT_EQ(states("p"), "PAUSED []");
  EXPECT_EQ(states("s"), "STOPPED []");
  EXPECT_TRUE(**target("p", TargetState::Started));
  EXPECT_EQ(states("p"), "RUNNING [RUNNING]");
}

TEST_F(HerderTest, PauseAndResumeKeepTheTasks) {
  create("c", source());
  supervisor->take_calls();
  EXPECT_TRUE(**target("c", TargetState::Paused));
  EXPECT_EQ(states("c"), "PAUSED [PAUSED]");
  EXPECT_TRUE(**target("c", TargetState::Started));
  EXPECT_EQ(states("c"), "RUNNING [RUNNING]");
  EXPECT_EQ(supervisor->take_calls(),
            (Calls{"task_target c-0 PAUSED", "target c PAUSED", "task_target c-0 STARTED",
                   "target c STARTED", "task_configs c 1"}));
}

TEST_F(HerderTest, StopEndsTheTasksAndResumeMakesThemAnew) {
  create("c", source());
  EXPECT_TRUE(**target("c", TargetState::Stopped));
  EXPECT_EQ(states("c"), "STOPPED []");
  EXPECT_TRUE(view("c")->task_configs.empty());
  target("c", TargetState::Paused);
  EXPECT_EQ(states("c"), "PAUSED []");
  target("c", TargetState::Started);
  EXPECT_EQ(states("c"), "RUNNING [RUNNING]");
}

TEST_F(HerderTest, UnknownConnectorsAreNamedAsConnectDoes) {
  for (const TargetState state :
       {TargetState::Started, TargetState::Paused, TargetState::Stopped}) {
    const auto answer = target("c", state);
    EXPECT_EQ((*answer)->error().code(), Code::NotFound);
    EXPECT_EQ((*answer)->error().message(), "Unknown connector c");
  }
  const auto restarted =
      start<void>([&](auto done) { herder->restart_connector("c", std::move(done)); });
  EXPECT_EQ((*restarted)->error().message(), "Unknown connector: c");
  const auto task = start<void>([&](auto done) {
    herder->restart_task({"c", 0}, std::move(done));
  });
  EXPECT_EQ((*task)->error().message(), "Unknown connector: c");
}

TEST_F(HerderTest, RestartOfTheConnectorLeavesItsTasks) {
  create("c", source());
  supervisor->take_calls();
  const auto restarted =
      start<void>([&](auto done) { herder->restart_connector("c", std::move(done)); });
  EXPECT_TRUE(**restarted);
  EXPECT_EQ(supervisor->take_calls(), (Calls{"start c STARTED", "task_configs c 1"}));
}

TEST_F(HerderTest, RestartOfAStoppedConnectorKeepsItStopped) {
  create("c", source());
  target("c", TargetState::Stopped);
  start<void>([&](auto done) { herder->restart_connector("c", std::move(done)); });
  EXPECT_EQ(states("c"), "STOPPED []");
}

TEST_F(HerderTest, RestartWithTasksShowsRestartingAndRestartsAll) {
  create("c", {{"connector.class", "FileStreamSink"}, {"topics", "t"}, {"tasks.max", "2"}});
  supervisor->take_calls();
  supervisor->hold = [](const std::string &call) { return call.starts_with("start"); };
  const auto planned = start<View>([&](auto done) {
    herder->restart("c", RestartFlags{true, false}, std::move(done));
  });
  ASSERT_TRUE(*planned && **planned);
  const View shown = (*planned)->value();
  EXPECT_EQ(shown->status->state, State::Restarting);
  EXPECT_EQ(shown->tasks.at(0).state, State::Restarting);
  EXPECT_EQ(shown->tasks.at(1).state, State::Restarting);
  EXPECT_EQ(supervisor->take_calls(),
            (Calls{"stop_tasks c-0 c-1", "start_task c-0", "start_task c-1", "start c STARTED"}));
  supervisor->release();
  run();
  EXPECT_EQ(states("c"), "RUNNING [RUNNING, RUNNING]");
}

TEST_F(HerderTest, RestartOfOnlyWhatFailedRestartsThat) {
  create("c", {{"connector.class", "FileStreamSink"}, {"topics", "t"}, {"tasks.max", "2"}});
  herder->on_status({"c", 1}, State::Failed, "boom");
  run();
  EXPECT_EQ(states("c"), "RUNNING [RUNNING, FAILED]");
  supervisor->take_calls();
  const auto planned = start<View>([&](auto done) {
    herder->restart("c", RestartFlags{true, true}, std::move(done));
  });
  EXPECT_EQ((*planned)->value()->status->state, State::Running);
  EXPECT_EQ((*planned)->value()->tasks.at(1).state, State::Restarting);
  EXPECT_EQ(supervisor->take_calls(), (Calls{"stop_tasks c-1", "start_task c-1"}));
  EXPECT_EQ(states("c"), "RUNNING [RUNNING, RUNNING]");
}

TEST_F(HerderTest, RestartOfOneTask) {
  create("c", source());
  supervisor->take_calls();
  const auto done = start<void>([&](auto answer) {
    herder->restart_task({"c", 0}, std::move(answer));
  });
  EXPECT_TRUE(**done);
  EXPECT_EQ(supervisor->take_calls(), (Calls{"stop_tasks c-0", "start_task c-0"}));
  for (const std::int32_t number : {1, -1}) {
    const auto missing = start<void>([&](auto answer) {
      herder->restart_task({"c", number}, std::move(answer));
    });
    EXPECT_EQ((*missing)->error().message(), "Task c-" + std::to_string(number) + " not found");
  }
  EXPECT_TRUE(supervisor->take_calls().empty()) << "a task that is not there is not started";
}

TEST_F(HerderTest, LossOfAProcessShowsInTheStatus) {
  create("c", source());
  herder->on_status({"c", 0}, State::Restarting, "runner killed by SIGSEGV in poll (task 0)");
  run();
  EXPECT_EQ(states("c"), "RUNNING [RESTARTING]");
  EXPECT_EQ(view("c")->tasks.at(0).trace, "runner killed by SIGSEGV in poll (task 0)");
  herder->on_status({"c", 0}, State::Running, "");
  run();
  EXPECT_EQ(view("c")->tasks.at(0).trace, "");
}

TEST_F(HerderTest, AConnectorWhoseProcessWasLostInStartGetsItsTasksWhenItIsBack) {
  supervisor->start_errors.emplace("c", Error(Code::Fatal, "runner killed by SIGSEGV in start"));
  create("c", source());
  EXPECT_EQ(states("c"), "FAILED []");
  supervisor->start_errors.clear();
  herder->on_status({"c", link::kConnectorItself}, State::Restarting, "lost");
  herder->on_status({"c", link::kConnectorItself}, State::Running, "");
  run();
  EXPECT_EQ(states("c"), "RUNNING [RUNNING]");
}

TEST_F(HerderTest, LateStatusesAreForgotten) {
  create("c", source());
  herder->on_status({"c", 1}, State::Unassigned, "");
  herder->on_status({"gone", 0}, State::Unassigned, "");
  run();
  EXPECT_EQ(states("c"), "RUNNING [RUNNING]");
  EXPECT_EQ(view("gone"), nullptr);
}

TEST_F(HerderTest, TopicsAreShownSortedAndOutliveTheConnector) {
  create("c", source());
  herder->on_topic_active({"c", 0}, "b");
  herder->on_topic_active({"c", 0}, "a");
  herder->on_topic_active({"c", 0}, "b");
  run();
  remove("c");
  EXPECT_EQ(herder->snapshot()->active_topics.at("c"), (std::vector<std::string>{"a", "b"}));
  start<void>([&](auto done) { herder->reset_topics("c", std::move(done)); });
  EXPECT_TRUE(herder->snapshot()->active_topics.empty());
}

} // namespace
} // namespace tests
