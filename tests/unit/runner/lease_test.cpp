#include <csignal>

#include "host/metrics/callback_guard.h"
#include "tests/unit/runner/fixture.h"

namespace host::runner {
namespace {

class LeaseTest : public RunnerTest {};

TEST_P(LeaseTest, AProcessDiesAtTheEndOfTheLeaseThatItWasGiven) {
  welcome_.lease_until_boottime_ms = metrics::boottime_ms() + 60'000;
  open();
  EXPECT_EQ(text_of(ask(connector({}))), "OK");
  peer_->tell(link::Lease{metrics::boottime_ms() + 100});
  if (GetParam() == Where::OwnProcess) {
    EXPECT_EQ(end_of_runner(), 1000 + SIGKILL);
  } else { // the test's process lives on
    EXPECT_EQ(text_of(ask(link::Shutdown{10'000})), "OK");
    EXPECT_EQ(end_of_runner(), 0);
  }
}

TEST_P(LeaseTest, AnEndedLeaseEndsAProcessAtOnce) {
  if (GetParam() == Where::ThisProcess)
    return;
  welcome_.lease_until_boottime_ms = 1;
  open();
  EXPECT_EQ(end_of_runner(), 1000 + SIGKILL);
}

INSTANTIATE_TEST_SUITE_P(OwnProcess, LeaseTest, testing::Values(Where::OwnProcess));
INSTANTIATE_TEST_SUITE_P(ThisProcess, LeaseTest, testing::Values(Where::ThisProcess));

} // namespace
} // namespace host::runner
