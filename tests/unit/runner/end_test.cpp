#include "host/link/exit_code.h"
#include "tests/unit/runner/fixture.h"

namespace host::runner {
namespace {

class EndTest : public RunnerTest {
protected:
  // Exit codes exist only for processes.
  int expected(int code) const { return GetParam() == Where::OwnProcess ? code : 0; }
};

TEST_P(EndTest, ShutdownStopsTheConnectorAndEnds) {
  open();
  EXPECT_EQ(text_of(ask(connector({}))), "OK");
  EXPECT_EQ(text_of(ask(link::Shutdown{10'000})), "OK");
  EXPECT_EQ(told_.wait_for(3),
            (std::vector<std::string>{"-1 RUNNING", "-1 UNASSIGNED",
                                      "closed: the other end of the link is closed"}));
  EXPECT_EQ(logs_.wait_for(3), (std::vector<std::string>{"start", "stop", "destroy"}));
  EXPECT_EQ(end_of_runner(), 0);
}

TEST_P(EndTest, AnIdleRunnerEndsAtOnce) {
  open();
  EXPECT_EQ(text_of(ask(link::Shutdown{10'000})), "OK");
  EXPECT_EQ(end_of_runner(), 0);
}

TEST_P(EndTest, ShutdownDoesNotWaitLongerThanItWasTold) {
  open();
  auto started = begin(connector({{"on.start", "wait"}}));
  logs_.wait_for(1);
  EXPECT_EQ(text_of(ask(link::Shutdown{1})), "not everything stopped in time");
  EXPECT_EQ(end_of_runner(), 0) << "cancelled, it ends";
}

TEST_P(EndTest, NothingStartsDuringShutdown) {
  open();
  auto started = begin(connector({{"on.start", "wait"}}));
  logs_.wait_for(1);
  auto shutdown = begin(link::Shutdown{300});
  EXPECT_EQ(text_of(ask(task(0, {}))), "the runner is shutting down");
  EXPECT_EQ(text_of(ask(connector({}))), "the runner is shutting down");
  EXPECT_EQ(text_of(ask(link::Shutdown{1})), "the runner is shutting down already");
  EXPECT_FALSE(shutdown.get());
}

TEST_P(EndTest, TheHostsEndIsTheRunnersEnd) {
  open();
  EXPECT_EQ(text_of(ask(connector({}))), "OK");
  hang_up();
  EXPECT_EQ(end_of_runner(), expected(link::kExitHostGone));
  if (GetParam() == Where::ThisProcess) {
    EXPECT_EQ(logs_.now(), (std::vector<std::string>{"start", "stop", "destroy"}));
  }
}

TEST_P(EndTest, ARefusedRunnerEnds) {
  open_and_refuse(Error(Code::Unsupported, "another build"));
  EXPECT_EQ(end_of_runner(), expected(link::kExitBadStart));
}

TEST_P(EndTest, AHostOfAnotherProtocolIsLeft) {
  welcome_.protocol = 999;
  open();
  EXPECT_EQ(end_of_runner(), expected(link::kExitBadStart));
}

TEST_P(EndTest, AHostThatBreaksTheRulesIsLeft) {
  open();
  peer_->tell(link::TopicActive{{"c", 0}, "t"}); // not for runners
  EXPECT_EQ(end_of_runner(), expected(link::kExitHostGone));
}

TEST_P(EndTest, AProcessWhoseHostIsGoneEndsWhateverThePluginDoes) {
  if (GetParam() == Where::ThisProcess)
    return; // nobody can end a thread
  open();
  auto started = begin(connector({{"on.start", "hang"}}));
  logs_.wait_for(1);
  hang_up();
  EXPECT_EQ(end_of_runner(), link::kExitHostGone);
}

INSTANTIATE_TEST_SUITE_P(OwnProcess, EndTest, testing::Values(Where::OwnProcess));
INSTANTIATE_TEST_SUITE_P(ThisProcess, EndTest, testing::Values(Where::ThisProcess));

} // namespace
} // namespace host::runner
