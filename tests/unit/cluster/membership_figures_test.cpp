#include "host/cluster/membership_figures.h"

#include "tests/unit/cluster/membership_fixture.h"

// What a membership counts of itself (contract 12.9).
namespace host::cluster::test {
namespace {

using wire::GroupError;
constexpr std::int16_t kSync = wire::SyncGroup::kKey;
constexpr std::int16_t kBeat = wire::Heartbeat::kKey;

TimePoint at(std::int64_t ms) { return TimePoint{} + std::chrono::hours(1) + Duration(ms); }

TEST(MembershipCountersTest, NothingHasHappenedYet) {
  const MembershipFigures figures = MembershipCounters().read(at(0));
  EXPECT_EQ(figures.joins.count, 0u);
  EXPECT_EQ(figures.since_heartbeat, std::nullopt);
  EXPECT_EQ(figures.since_rebalance, std::nullopt);
}

TEST(MembershipCountersTest, ARebalanceBeginsWithItsFirstAttempt) {
  MembershipCounters counters;
  counters.rebalance_began(at(0));
  counters.joined(at(0), at(100));
  counters.rebalance_failed();
  counters.rebalance_began(at(150));
  counters.joined(at(150), at(200));
  counters.synced(at(200), at(230));
  counters.rebalance_completed(at(230));
  counters.rebalance_began(at(1'000)); // the next one
  counters.rebalance_completed(at(1'010));
  const MembershipFigures figures = counters.read(at(5'010));
  EXPECT_EQ(figures.failed_rebalances, 1u);
  EXPECT_EQ(figures.rebalances.count, 2u);
  EXPECT_EQ(figures.rebalances.sum, 240'000u);
  EXPECT_EQ(figures.rebalances.largest, 230'000u);
  EXPECT_EQ(figures.joins.sum, 150'000u);
  EXPECT_EQ(figures.syncs.largest, 30'000u);
  EXPECT_EQ(figures.since_rebalance, Duration(4'000));
}

TEST(MembershipCountersTest, AHeartbeatCountsWhenItIsAnswered) {
  MembershipCounters counters;
  counters.heartbeat_sent(at(0));
  EXPECT_EQ(counters.read(at(5)).heartbeats.count, 0u);
  EXPECT_EQ(counters.read(at(5)).since_heartbeat, Duration(5));
  counters.heartbeat_answered(at(0), at(7));
  EXPECT_EQ(counters.read(at(7)).heartbeats.largest, 7'000u);
}

TEST_F(MembershipTest, TellsWhatItHasDoneInTheGroup) {
  start_and_join();
  ASSERT_TRUE(coordinator.wait_for([this] { return membership->figures().heartbeats.count >= 3; }));
  MembershipFigures figures = membership->figures();
  EXPECT_EQ(figures.client_id, "connect-here");
  EXPECT_EQ(figures.joins.count, 1u) << "being given a member id is no join";
  EXPECT_EQ(figures.syncs.count, 1u);
  EXPECT_EQ(figures.rebalances.count, 1u);
  EXPECT_EQ(figures.failed_rebalances, 0u);
  EXPECT_GE(figures.rebalances.sum, figures.joins.sum + figures.syncs.sum);
  EXPECT_LE(figures.since_heartbeat.value(), Duration(20'000));
  EXPECT_TRUE(figures.since_rebalance);

  refuse_once(kSync, GroupError::RebalanceInProgress);
  membership->request_rejoin("a test wants it");
  listener.wait("assigned 3 work of m-1");
  figures = membership->figures();
  EXPECT_EQ(figures.failed_rebalances, 1u);
  EXPECT_EQ(figures.joins.count, 3u);
  EXPECT_EQ(figures.syncs.count, 2u);
  EXPECT_EQ(figures.rebalances.count, 2u);
}

TEST_F(MembershipTest, TellsWhatGoesToItsBrokers) {
  start_and_join();
  const auto traffic = [this] { return membership->figures().traffic; };
  const auto before = traffic();
  EXPECT_GE(before.opened - before.closed, 2u) << "heartbeats have one of their own";
  EXPECT_GE(before.requests, before.responses);
  EXPECT_GT(before.bytes_in, 0u);
  ASSERT_TRUE(coordinator.wait_for([&] { return traffic().responses >= before.responses + 3; }));
  EXPECT_GT(traffic().bytes_out, before.bytes_out);
  coordinator.cut_connections();
  ASSERT_TRUE(coordinator.wait_for([&] { return traffic().opened > before.opened; }));
  EXPECT_GT(traffic().closed, before.closed);
  membership->stop();
  const auto after = traffic();
  EXPECT_LE(after.opened - after.closed, 1u) << "but for the one on which it left";
}

TEST_F(MembershipTest, AHeartbeatThatIsRefusedWasAnswered) {
  start_and_join();
  refuse(kBeat, GroupError::RebalanceInProgress);
  const std::uint64_t before = membership->figures().heartbeats.count;
  EXPECT_TRUE(
      coordinator.wait_for([&] { return membership->figures().heartbeats.count >= before + 3; }));
}

} // namespace
} // namespace host::cluster::test
