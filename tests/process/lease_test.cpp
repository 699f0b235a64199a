#include "fixture.h"

#include <sys/wait.h>

#include <csignal>

#include <gmock/gmock.h>

#include "host/metrics/callback_guard.h"
#include "host_program.h"

// A worker that has lost its lease has no process left that can write.
namespace process_test {

using namespace host;
using namespace host::supervisor;
using ::testing::HasSubstr;

class LeaseTest : public SupervisorTest {
protected:
  void renew(Duration length) { supervisor_->renew_lease(metrics::boottime_ms() + length.count()); }
  // Losses of its own are not forgiven.
  ConnectorSpec strict() const {
    ConnectorSpec c = spec();
    c.limits.restart_max = 0;
    return c;
  }
};

TEST_F(LeaseTest, ARunnerDiesWithItAndComesBackWhenItIsRenewed) {
  start();
  renew(Duration(1'500));
  run_task({}, strict());
  const std::string trace = events_.wait_for(task_, State::Restarting);
  EXPECT_THAT(trace, HasSubstr("runner killed by SIGKILL"));
  EXPECT_THAT(trace, HasSubstr("the worker's lease has ended"));
  EXPECT_EQ(runner_pids(), std::vector<std::int64_t>());
  renew(Duration(60'000));
  events_.wait_for(task_, State::Running, 2);
  events_.wait_for(object_, State::Running, 2);
}

TEST_F(LeaseTest, NothingStartsWithoutIt) {
  start();
  renew(Duration(0));
  auto starting = std::make_shared<std::promise<Status>>();
  supervisor_->start_connector(strict(), TargetState::Started,
                               [starting](Status started) { starting->set_value(started); });
  EXPECT_EQ(runner_pids(), std::vector<std::int64_t>());
  renew(Duration(60'000));
  EXPECT_TRUE(starting->get_future().get());
}

TEST_F(LeaseTest, AStoppedRunnerDiesWithItToo) {
  start();
  renew(Duration(1'500));
  run_task({}, strict());
  const auto pid = static_cast<pid_t>(runner_pids().at(0));
  ASSERT_EQ(::kill(pid, SIGSTOP), 0);
  EXPECT_TRUE(wait_gone(pid));
}

TEST_F(LeaseTest, ARenewedOneGoesOn) {
  start();
  const std::int64_t first_end = metrics::boottime_ms() + 1'500;
  supervisor_->renew_lease(first_end);
  run_task({}, strict());
  renew(Duration(60'000));
  ASSERT_TRUE(eventually([&] { return metrics::boottime_ms() > first_end + 200; }));
  EXPECT_EQ(runner_pids().size(), 1u);
  EXPECT_EQ(events_.count(task_, State::Restarting), 0);
}

TEST_F(LeaseTest, WhatStopsMeanwhileStays) {
  start();
  renew(Duration(1'500));
  run_task({}, strict());
  events_.wait_for(task_, State::Restarting);
  stop_tasks({task_});
  remove_connector();
  renew(Duration(60'000));
  EXPECT_EQ(runner_pids(), std::vector<std::int64_t>());
}

TEST(HostLease, AHostWithRunnersOnItsThreadsDiesWithIt) {
  const HostProgram program = HostProgram::start("", Duration(300));
  int status = 0;
  ASSERT_EQ(::waitpid(program.host, &status, 0), program.host);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  EXPECT_TRUE(program.wait_all_gone());
}

} // namespace process_test
