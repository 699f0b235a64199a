#include "fixture.h"

#include <gmock/gmock.h>

// What becomes of connectors and tasks that behave.
namespace process_test {

using namespace host;
using namespace host::supervisor;
using ::testing::HasSubstr;

class LifeTest : public SupervisorTest {};

TEST_F(LifeTest, ConnectorAndTaskRunInOneProcessAndEndWithIt) {
  start();
  run_task({}, spec());
  events_.wait_for(object_, State::Running);
  const auto pids = runner_pids();
  ASSERT_EQ(pids.size(), 1u);

  stop_tasks({task_});
  EXPECT_EQ(runner_pids(), pids) << "the connector object still lives there";
  remove_connector();
  EXPECT_TRUE(wait_gone(static_cast<pid_t>(pids[0])));
}

TEST_F(LifeTest, IsolationTaskGivesEachTaskItsProcess) {
  start();
  ConnectorSpec c = spec();
  c.isolation = Isolation::Task;
  run_task({}, c);
  supervisor_->start_task({"c", 1}, {}, TargetState::Started);
  events_.wait_for({"c", 1}, State::Running);
  EXPECT_EQ(runner_pids().size(), 3u);
  stop_tasks({task_});
  EXPECT_TRUE(eventually([&] { return runner_pids().size() == 2; }));
}

TEST_F(LifeTest, IsolationNoneNeedsNoProcess) {
  start();
  ConnectorSpec c = spec();
  c.isolation = Isolation::None;
  run_task({{"offset", "7"}}, c);
  EXPECT_TRUE(runner_pids().empty());
  stop_tasks({task_});
  EXPECT_EQ(offsets_.written(), (std::vector<OffsetRecord>{{"key", "7"}}));
  remove_connector();
}

TEST_F(LifeTest, ExecStartsTheSameRunner) {
  Settings settings = quick_settings();
  settings.spawn = SpawnMode::Exec;
  start(settings);
  run_task({{"poll", "report:" + path("report")}}, spec());
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(path("report")); }));
  EXPECT_EQ(supervisor_->template_pid().get(), 0);
  EXPECT_THAT(report_lines(path("report"), "title").at(0), HasSubstr("sluice-runner c"));
  stop_tasks({task_});
  remove_connector();
}

TEST_F(LifeTest, PausedFromTheStartNeedsNoProcessUntilResumed) {
  start();
  ASSERT_TRUE(start_connector(spec(), TargetState::Paused));
  events_.wait_for(object_, State::Paused);
  EXPECT_TRUE(runner_pids().empty());

  const Status resumed = wait_result<Status>(
      [&](auto done) { supervisor_->set_connector_target("c", TargetState::Started, done); });
  EXPECT_TRUE(resumed);
  events_.wait_for(object_, State::Running);
  EXPECT_EQ(runner_pids().size(), 1u);
}

TEST_F(LifeTest, TargetsReachTheRunner) {
  start();
  run_task({}, spec());
  supervisor_->set_task_target(task_, TargetState::Paused);
  events_.wait_for(task_, State::Paused);
  supervisor_->set_task_target(task_, TargetState::Started);
  events_.wait_for(task_, State::Running, 2);

  for (const auto &[target, state] :
       {std::pair(TargetState::Paused, State::Paused), {TargetState::Stopped, State::Stopped}}) {
    const Status changed = wait_result<Status>(
        [&](auto done) { supervisor_->set_connector_target("c", target, done); });
    EXPECT_TRUE(changed);
    events_.wait_for(object_, state);
  }
}

TEST_F(LifeTest, TaskConfigsComeFromTheConnectorObject) {
  start();
  ASSERT_TRUE(start_connector(spec()));
  const auto configs = wait_result<Result<std::vector<StringMap>>>(
      [&](auto done) { supervisor_->task_configs("c", 2, done); });
  ASSERT_TRUE(configs);
  EXPECT_EQ(*configs, (std::vector<StringMap>{{{"n", "0"}}, {{"n", "1"}}}));
}

TEST_F(LifeTest, AnErrorOfThePluginFailsTheConnectorAndIsNotRetried) {
  start();
  const Status started = start_connector(spec({{"connector.start", "error:no-such-host"}}));
  ASSERT_FALSE(started);
  EXPECT_THAT(events_.wait_for(object_, State::Failed), HasSubstr("no-such-host"));
  EXPECT_EQ(events_.count(object_, State::Restarting), 0);

  const Status resumed = wait_result<Status>(
      [&](auto done) { supervisor_->set_connector_target("c", TargetState::Started, done); });
  EXPECT_TRUE(resumed) << "the runner decides; this stub takes it";
}

TEST_F(LifeTest, AnErrorOfATaskIsToldAndOthersGoOn) {
  start();
  run_task({}, spec());
  supervisor_->start_task({"c", 1}, {{"poll", "after:3 error:disk-full"}}, TargetState::Started);
  EXPECT_THAT(events_.wait_for({"c", 1}, State::Failed),
              HasSubstr("org.apache.kafka.connect.errors.ConnectException: disk-full"));
  supervisor_->start_task({"c", 2}, {{"refuse", "no such class"}}, TargetState::Started);
  EXPECT_THAT(events_.wait_for({"c", 2}, State::Failed), HasSubstr("no such class"));
  EXPECT_EQ(events_.count(task_, State::Restarting), 0);
  EXPECT_EQ(events_.count(task_, State::Failed), 0);
  stop_tasks({task_, {"c", 1}, {"c", 2}});
}

TEST_F(LifeTest, ATaskThatIsThereIsNotStartedTwice) {
  start();
  run_task({}, spec());
  supervisor_->start_task(task_, {}, TargetState::Started);
  EXPECT_THAT(events_.wait_for(task_, State::Failed), HasSubstr("must be stopped before"));
  supervisor_->start_task({"nobody", 0}, {}, TargetState::Started);
  EXPECT_THAT(events_.wait_for({"nobody", 0}, State::Failed), HasSubstr("not known"));
}

TEST_F(LifeTest, RestartOfTheConnectorLeavesItsTasksAlone) {
  start();
  run_task({}, spec());
  const auto pids = runner_pids();
  ASSERT_TRUE(start_connector(spec()));
  events_.wait_for(object_, State::Running, 2);
  EXPECT_EQ(runner_pids(), pids);
  EXPECT_EQ(events_.count(task_, State::Restarting), 0);
}

TEST_F(LifeTest, OfManyRestartsAtOnceTheLastOneCounts) {
  start();
  ASSERT_TRUE(start_connector(spec()));
  std::vector<std::future<bool>> results;
  for (int i = 0; i < 3; ++i) {
    auto promise = std::make_shared<std::promise<bool>>();
    results.push_back(promise->get_future());
    supervisor_->start_connector(spec(), TargetState::Started, [promise](const Status &status) {
      promise->set_value(status.has_value());
    });
  }
  EXPECT_FALSE(results[0].get());
  EXPECT_FALSE(results[1].get());
  EXPECT_TRUE(results[2].get());
}

TEST_F(LifeTest, AChangedPluginFileGetsARunnerOfItsOwn) {
  start();
  run_task({}, spec());
  const auto before = runner_pids();
  write_file("plugin.so", "another");
  supervisor_->start_task({"c", 1}, {}, TargetState::Started);
  events_.wait_for({"c", 1}, State::Running);
  EXPECT_EQ(runner_pids().size(), 2u);
  EXPECT_EQ(events_.count(task_, State::Restarting), 0);
}

TEST_F(LifeTest, OffsetsOfATaskAreWrittenWhileItStops) {
  start();
  run_task({{"offset", "42"}}, spec());
  stop_tasks({task_});
  EXPECT_EQ(offsets_.written(), (std::vector<OffsetRecord>{{"key", "42"}}));
}

TEST_F(LifeTest, StoppingTheSupervisorEndsAllRunnersGracefully) {
  start();
  run_task({{"offset", "1"}}, spec());
  const auto pids = runner_pids();
  stop();
  EXPECT_TRUE(wait_gone(static_cast<pid_t>(pids.at(0))));
  EXPECT_EQ(offsets_.written(), (std::vector<OffsetRecord>{{"key", "1"}}));
}

TEST_F(LifeTest, CallsAfterTheStopWasRequestedAreRefused) {
  start();
  supervisor_->request_stop();
  const Status started = start_connector(spec());
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code(), Code::Cancelled);
}

} // namespace process_test
