#include "host/herder/tick.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/unit/herder/manual_clock.h"

// How long pieces of work keep the herder's thread.
namespace host::herder {
namespace {

class TickTest : public testing::Test {
protected:
  Tick::Work work_of(Duration time) {
    return [this, time] { clock.advance(time); };
  }
  // But the rests, which take no time.
  std::uint64_t milliseconds() const { return tick.times_us().sum / 1'000; }

  tests::ManualClock clock;
  Tick tick{clock};
};

TEST_F(TickTest, NothingHasKeptAFreshOne) {
  EXPECT_EQ(tick.times_us().count, 0u);
  EXPECT_EQ(tick.times_us().largest, std::nullopt);
}

TEST_F(TickTest, TellsHowLongEachPieceOfWorkKeptIt) {
  tick.post(work_of(Duration(3)));
  tick.post(work_of(Duration(40)));
  tick.run_due();
  const metrics::MeasureReading times = tick.times_us();
  EXPECT_EQ(times.count, 2u);
  EXPECT_EQ(times.sum, 43'000u);
  EXPECT_EQ(times.largest, 40'000u);
}

TEST_F(TickTest, TimersRestsAndWhatThrowsCountAsWell) {
  tick.set_rest(work_of(Duration(1)));
  tick.post([this] {
    tick.after(Duration(5), work_of(Duration(7)));
    clock.advance(Duration(10));
    throw std::runtime_error("a defect");
  });
  tick.run_due();
  EXPECT_EQ(tick.times_us().count, 3u);
  EXPECT_EQ(milliseconds(), 18u);
}

TEST_F(TickTest, TheLongestOfLongAgoIsForgotten) {
  tick.post(work_of(Duration(500)));
  tick.run_due();
  clock.advance(std::chrono::seconds(100));
  EXPECT_EQ(tick.times_us().largest, std::nullopt);
  tick.post(work_of(Duration(2)));
  tick.run_due();
  EXPECT_EQ(tick.times_us().largest, 2'000u);
  EXPECT_EQ(milliseconds(), 502u);
}

} // namespace
} // namespace host::herder
