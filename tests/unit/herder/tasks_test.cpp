#include "tests/unit/herder/herder_fixture.h"

namespace tests {
namespace {

using namespace host;
using namespace std::chrono_literals;

TEST_F(HerderTest, MoreTasksThanAllowedFailTheConnector) {
  supervisor->task_counts["c"] = 3;
  const auto created = create("c", source());
  ASSERT_TRUE(**created);
  EXPECT_EQ(states("c"), "FAILED []");
  EXPECT_EQ(view("c")->status->trace.find(
                "org.apache.kafka.connect.runtime.TooManyTasksException: The connector c has "
                "generated 3 tasks, which is greater than 1, the maximum number of tasks it is "
                "configured to create. This behaviour should be considered a bug and is disallowed."
                " If necessary, it can be permitted by reconfiguring the connector with "
                "'tasks.max.enforce' set to false;"),
            0U);
}

TEST_F(HerderTest, MoreTasksArePermittedWhereNotEnforced) {
  supervisor->task_counts["c"] = 2;
  auto config = source();
  config.set("tasks.max.enforce", "false");
  create("c", config);
  EXPECT_EQ(states("c"), "RUNNING [RUNNING, RUNNING]");
}

TEST_F(HerderTest, TaskConfigsThatFailAreTriedAgainWithBackoff) {
  supervisor->task_config_errors.emplace("c", Error(Code::Fatal, "not now"));
  const auto created = create("c", source());
  ASSERT_TRUE(**created) << "the connector is there all the same";
  EXPECT_EQ(states("c"), "RUNNING []");
  supervisor->take_calls();
  for (const auto delay : {250ms, 500ms, 1000ms, 2000ms}) {
    clock.advance(delay - 1ms);
    run();
    EXPECT_TRUE(supervisor->take_calls().empty());
    clock.advance(1ms);
    run();
    EXPECT_EQ(supervisor->take_calls(), (Calls{"task_configs c 1"})) << delay.count();
  }
  supervisor->task_config_errors.clear();
  clock.advance(4000ms);
  run();
  EXPECT_EQ(states("c"), "RUNNING [RUNNING]");
}

TEST_F(HerderTest, ARetryOfAConnectorThatWasReplacedDoesNothing) {
  supervisor->task_config_errors.emplace("c", Error(Code::Fatal, "not now"));
  create("c", source());
  remove("c");
  supervisor->task_config_errors.clear();
  create("c", source(), TargetState::Stopped);
  supervisor->take_calls();
  clock.advance(60s);
  run();
  EXPECT_TRUE(supervisor->take_calls().empty());
}

TEST_F(HerderTest, ReconfigurationReplacesTasksOnlyWhereTheyDiffer) {
  create("c", source());
  supervisor->take_calls();
  herder->on_reconfigure_requested("c");
  run();
  EXPECT_EQ(supervisor->take_calls(), (Calls{"task_configs c 1"}));
  supervisor->task_counts["c"] = 0;
  herder->on_reconfigure_requested("c");
  run();
  EXPECT_EQ(supervisor->take_calls(), (Calls{"task_configs c 1", "stop_tasks c-0"}));
  EXPECT_EQ(states("c"), "RUNNING []");
  herder->on_reconfigure_requested("nobody");
  run();
}

TEST_F(HerderTest, RequestsWhileTaskConfigsAreMadeBecomeOneMore) {
  create("c", source());
  supervisor->take_calls();
  supervisor->hold = [](const std::string &call) { return call.starts_with("task_configs"); };
  for (int i = 0; i < 5; ++i)
    herder->on_reconfigure_requested("c");
  run();
  EXPECT_EQ(supervisor->take_calls(), (Calls{"task_configs c 1"}));
  supervisor->hold = [](const std::string &) { return false; };
  supervisor->release();
  run();
  EXPECT_EQ(supervisor->take_calls(), (Calls{"task_configs c 1"}));
}

TEST_F(HerderTest, APausedConnectorIsNotAskedForTaskConfigs) {
  create("c", source());
  target("c", TargetState::Paused);
  supervisor->take_calls();
  herder->on_reconfigure_requested("c");
  run();
  EXPECT_TRUE(supervisor->take_calls().empty());
}

TEST_F(HerderTest, StopWhileTaskConfigsAreMadeWins) {
  create("c", source());
  supervisor->hold = [](const std::string &call) { return call.starts_with("task_configs"); };
  supervisor->task_counts["c"] = 1;
  put("c", source("u"));
  target("c", TargetState::Stopped);
  supervisor->hold = [](const std::string &) { return false; };
  supervisor->release();
  run();
  EXPECT_EQ(states("c"), "STOPPED []");
}

} // namespace
} // namespace tests
