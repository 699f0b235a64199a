#include <thread>

#include <gtest/gtest.h>

#include "host/runtime/offset_holds.h"
#include "host/runtime/retry_policy.h"

namespace host::runtime {
namespace {

using namespace std::chrono_literals;

TEST(RetryPolicy, PausesDoubleAndAreRandomAboveTheMost) {
  const RetryPolicy policy{-1ms, 1000ms};
  constexpr Duration kLong{1'000'000};
  EXPECT_EQ(policy.pause(1, 0.5, kLong), 300ms);
  EXPECT_EQ(policy.pause(2, 0.5, kLong), 600ms);
  EXPECT_EQ(policy.pause(3, 0.5, kLong), 500ms);
  EXPECT_EQ(policy.pause(3, 0.999, kLong), 999ms);
  EXPECT_EQ(policy.pause(1000, 0.25, kLong), 250ms);
}

TEST(RetryPolicy, NoPauseGoesBeyondTheTimeout) {
  const RetryPolicy policy{500ms, 60'000ms};
  EXPECT_EQ(policy.pause(1, 0.5, 500ms), 300ms);
  EXPECT_EQ(policy.pause(2, 0.5, 200ms), 200ms);
  EXPECT_EQ(policy.pause(2, 0.5, -1ms), 0ms);
}

TEST(RetryPolicy, AMostOfZeroDoesNotPause) {
  EXPECT_EQ((RetryPolicy{-1ms, 0ms}.pause(1, 0.9, 1000ms)), 0ms);
}

TEST(Retries, WithoutATimeoutThereIsOneTry) {
  const RetryPolicy policy;
  Signals signals(TargetState::Started);
  const SystemClock clock;
  EXPECT_EQ(Retries(policy, signals, clock).wait(), Retries::Next::GiveUp);
}

TEST(Retries, TriesUntilTheTimeout) {
  const RetryPolicy policy{20ms, 2ms};
  Signals signals(TargetState::Started);
  const SystemClock clock;
  Retries retries(policy, signals, clock);
  int tries = 1;
  while (retries.wait() == Retries::Next::Again)
    ++tries;
  EXPECT_GT(tries, 5);
  EXPECT_EQ(retries.wait(), Retries::Next::GiveUp);
}

TEST(Retries, AStopEndsThePause) {
  const RetryPolicy policy{-1ms, 3'600'000ms};
  Signals signals(TargetState::Started);
  const SystemClock clock;
  Retries retries(policy, signals, clock);
  std::thread stopper([&] { signals.request_stop(); });
  EXPECT_EQ(retries.wait(), Retries::Next::Stopped);
  stopper.join();
}

TEST(OffsetHolds, TheFirstHeldRecordIsTheLimit) {
  OffsetHolds holds;
  const TopicPartition a{"t", 0}, b{"t", 1};
  EXPECT_EQ(holds.limit(a, 10), 10);
  holds.hold(a, 7);
  holds.hold(a, 5);
  holds.hold(a, 5);
  EXPECT_EQ(holds.limit(a, 10), 5);
  EXPECT_EQ(holds.limit(a, 3), 3);
  EXPECT_EQ(holds.limit(b, 10), 10);
  holds.release(a, 5);
  EXPECT_EQ(holds.limit(a, 10), 5);
  holds.release(a, 5);
  EXPECT_EQ(holds.limit(a, 10), 7);
  holds.release(a, 7);
  holds.release(a, 99);
  EXPECT_EQ(holds.limit(a, 10), 10);
}

} // namespace
} // namespace host::runtime
