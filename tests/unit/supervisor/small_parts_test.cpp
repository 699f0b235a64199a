#include <gtest/gtest.h>

#include <functional>

#include "host/supervisor/environment.h"
#include "host/supervisor/log_relay.h"
#include "host/supervisor/memory_watch.h"
#include "host/supervisor/pending_calls.h"
#include "host/supervisor/stderr_tail.h"

namespace host::supervisor {
namespace {

TEST(StderrTailTest, KeepsTheLastBytesFromTheStartOfALine) {
  StderrTail tail(10);
  tail.append("first\n");
  EXPECT_EQ(tail.last(), "first\n");
  tail.append("second\nthird\n");
  EXPECT_EQ(tail.last(), "third\n");
  EXPECT_EQ(tail.total(), 19u);
}

TEST(StderrTailTest, OneEndlessLineIsCutAnywhere) {
  StderrTail tail(4);
  for (int i = 0; i < 1000; ++i)
    tail.append("abcdefgh");
  EXPECT_EQ(tail.last(), "efgh");
  EXPECT_EQ(tail.last(2), "gh");
}

TEST(EnvironmentTest, OnlyWhatIsListedAndNamed) {
  const char *const environment[] = {"PATH=/bin",      "AWS_SECRET_ACCESS_KEY=x", "LC_ALL=C",
                                     "PATHOLOGICAL=1", "PROXY=http://p",          nullptr};
  EXPECT_EQ(allowed_environment(environment, {"PROXY"}),
            (std::vector<std::string>{"PATH=/bin", "LC_ALL=C", "PROXY=http://p"}));
}

TEST(MemoryWatchTest, TheDataLimitGrowsWithTheThreads) {
  constexpr std::int64_t kMiB = std::int64_t{1} << 20;
  EXPECT_EQ(MemoryWatch::data_limit(100 * kMiB, 16), 228 * kMiB);
  EXPECT_EQ(MemoryWatch::data_limit(0, 16), 0) << "no cap, no limit";
}

TEST(MemoryWatchTest, LooksRarelyAtWhatDoesNotGrow) {
  MemoryWatch watch(::getpid(), std::int64_t{1} << 50);
  TimePoint now{};
  now += Duration(1); // zero is when nobody has looked yet
  int looks = 0;
  for (int ms = 0; ms < 60'000; ms += 50, now += Duration(50))
    if (const auto resident = watch.look(now)) {
      EXPECT_GT(*resident, 0);
      ++looks;
    }
  EXPECT_GE(looks, 16);
  EXPECT_LE(looks, 20);
}

TEST(MemoryWatchTest, LooksOftenAtWhatIsNearItsCap) {
  MemoryWatch watch(::getpid(), 1 << 20); // this process has more than that
  TimePoint now{};
  now += Duration(1);
  int looks = 0;
  for (int ms = 0; ms < 10'000; ms += 50, now += Duration(50))
    looks += watch.look(now).has_value() ? 1 : 0;
  EXPECT_EQ(looks, 40);
}

TEST(PendingCallsTest, EachCallIsSettledOnce) {
  std::vector<int> got;
  PendingCalls<std::function<void(int)>> calls;
  const auto first = calls.add([&](int value) { got.push_back(value); });
  const auto second = calls.add([&](int value) { got.push_back(10 * value); });
  first(1);
  first(2);
  calls.settle_all(3);
  second(4);
  calls.settle_all(5);
  EXPECT_EQ(got, (std::vector<int>{1, 30}));
}

TEST(PendingCallsTest, ACallMayAddAnother) {
  std::vector<int> got;
  PendingCalls<std::function<void(int)>> calls;
  calls.add([&](int value) {
    got.push_back(value);
    calls.add([&](int later) { got.push_back(later); });
  });
  calls.settle_all(1);
  calls.settle_all(2);
  EXPECT_EQ(got, (std::vector<int>{1, 2}));
}

struct Seen {
  std::string logger, context, message;
  std::int64_t wall_ms;
  friend bool operator==(const Seen &, const Seen &) = default;
};

class LogRelayTest : public ::testing::Test {
protected:
  void SetUp() override {
    log::set_sink([this](const log::Event &event) {
      seen_.push_back({std::string(event.logger), std::string(event.context),
                       std::string(event.message), event.wall_ms});
    });
  }
  void TearDown() override { log::set_sink(log::line_sink(STDERR_FILENO, log::Format::Text)); }

  Redactor redactor_;
  LogRelay relay_{redactor_};
  std::vector<Seen> seen_;
};

TEST_F(LogRelayTest, KeepsNameTimeAndContext) {
  relay_.write("orders", {5, log::Level::Info, "acme.Sink", "[orders|task-0] ", "hello"});
  EXPECT_EQ(seen_, (std::vector<Seen>{{"acme.Sink", "[orders|task-0] ", "hello", 5}}));
}

TEST_F(LogRelayTest, DoesNotBelieveAnothersContextAndTakesOutSecrets) {
  redactor_.add({"s3cr3t"});
  relay_.write("orders", {5, log::Level::Warn, "acme.Sink", "[billing|task-0] ", "pw s3cr3t"});
  EXPECT_EQ(seen_, (std::vector<Seen>{{"acme.Sink", "[orders|worker] ", "pw [hidden]", 5}}));
}

TEST_F(LogRelayTest, LevelsOfTheHostCount) {
  log::set_level("acme.quiet", log::Level::Error);
  relay_.write("orders", {5, log::Level::Info, "acme.quiet.Sink", "", "hello"});
  EXPECT_TRUE(seen_.empty());
}

TEST_F(LogRelayTest, TheNumberOfNamesIsBounded) {
  for (int i = 0; i < 3000; ++i)
    relay_.write("orders", {5, log::Level::Info, "flood." + std::to_string(i), "", "x"});
  ASSERT_EQ(seen_.size(), 3000u);
  EXPECT_EQ(seen_.front().logger, "flood.0");
  EXPECT_EQ(seen_.back().logger, "sluice.runner");
  EXPECT_LT(log::levels().size(), 1200u);
}

} // namespace
} // namespace host::supervisor
