#include "host/supervisor/restart_budget.h"

#include <gtest/gtest.h>

namespace host::supervisor {
namespace {

RunnerLimits limits() {
  RunnerLimits limits;
  limits.restart_max = 5;
  limits.restart_window = Duration(1000);
  limits.restart_backoff = Duration(100);
  limits.restart_backoff_max = Duration(500);
  return limits;
}

constexpr double kMiddle = 0.5; // no jitter

TEST(RestartBudgetTest, DelaysDoubleUpToTheLimit) {
  RestartBudget budget;
  const TimePoint now{};
  std::vector<std::int64_t> delays;
  for (int i = 0; i < 5; ++i)
    delays.push_back(budget.on_loss(now, limits(), kMiddle)->delay.count());
  EXPECT_EQ(delays, (std::vector<std::int64_t>{100, 200, 400, 500, 500}));
}

TEST(RestartBudgetTest, JitterIsAFifthToBothSidesAndNeverAboveTheLimit) {
  const TimePoint now{};
  EXPECT_EQ(RestartBudget().on_loss(now, limits(), 0)->delay, Duration(80));
  EXPECT_EQ(RestartBudget().on_loss(now, limits(), 0.9999)->delay, Duration(119));
  RestartBudget budget;
  for (int i = 0; i < 4; ++i)
    (void)budget.on_loss(now, limits(), kMiddle);
  EXPECT_EQ(budget.on_loss(now, limits(), 0.9999)->delay, Duration(500));
}

TEST(RestartBudgetTest, OneLossMoreThanAllowedInTheWindowGivesUp) {
  RestartBudget budget;
  TimePoint now{};
  for (int i = 1; i <= 5; ++i) {
    const auto restart = budget.on_loss(now, limits(), kMiddle);
    ASSERT_TRUE(restart);
    EXPECT_EQ(restart->number, i);
    now += Duration(10);
  }
  EXPECT_FALSE(budget.on_loss(now, limits(), kMiddle));
  // What comes after that is a person's restart.
  EXPECT_EQ(budget.on_loss(now, limits(), kMiddle)->number, 1);
}

TEST(RestartBudgetTest, LossesLeaveTheWindow) {
  RestartBudget budget;
  TimePoint now{};
  for (int i = 0; i < 100; ++i) {
    const auto restart = budget.on_loss(now, limits(), kMiddle);
    ASSERT_TRUE(restart);
    EXPECT_LE(restart->number, 4);
    now += Duration(300);
  }
}

TEST(RestartBudgetTest, ZeroMeansNever) {
  RunnerLimits none = limits();
  none.restart_max = 0;
  EXPECT_FALSE(RestartBudget().on_loss(TimePoint(), none, kMiddle));
}

} // namespace
} // namespace host::supervisor
