#include "tests/unit/cluster/membership_fixture.h"

#include <future>

#include "host/metrics/callback_guard.h"

namespace host::cluster::test {
namespace {

using wire::GroupError;
using namespace std::string_literals;
using Events = std::vector<std::string>;

constexpr std::int16_t kFind = wire::FindCoordinator::kKey;
constexpr std::int16_t kJoin = wire::JoinGroup::kKey;
constexpr std::int16_t kSync = wire::SyncGroup::kKey;
constexpr std::int16_t kBeat = wire::Heartbeat::kKey;
constexpr std::int16_t kLeave = wire::LeaveGroup::kKey;

TEST_F(MembershipTest, JoinsLeadsAndHeartbeats) {
  start();
  EXPECT_EQ(listener.wait("assigned 1 work of m-1"),
            (Events{"joining", "elected 1", "assigned 1 work of m-1"}));
  ASSERT_TRUE(coordinator.wait_requests(kBeat, 3));
  const auto joins = coordinator.requests(kJoin);
  ASSERT_EQ(joins.size(), 2u) << "once without a member id, once with it";
  const std::string protocols = "\xff\xff\x00\x07"
                                "connect\x00\x00\x00\x02\x00\x09sessioned\x00\x00\x00\x01s"
                                "\x00\x07"
                                "default\x00\x00\x00\x01"
                                "d"s;
  const std::string timeouts = "\x00\x00\x4e\x20\x00\x00\x4e\x20"s;
  EXPECT_EQ(joins[0].body, "\x00\x01g"s + timeouts + "\x00\x00"s + protocols);
  EXPECT_EQ(joins[1].body, "\x00\x01g"s + timeouts + "\x00\x03m-1"s + protocols);
  const auto beats = coordinator.requests(kBeat);
  EXPECT_EQ(beats[0].body, "\x00\x01g\x00\x00\x00\x01\x00\x03m-1\xff\xff"s);
  EXPECT_NE(beats[0].connection, joins[0].connection) << "a connection of their own";
  EXPECT_EQ(membership->trouble(), "");
}

TEST_F(MembershipTest, AFollowerIsToldItsWork) {
  coordinator.on(kJoin, [](const Request &request) {
    wire::Joined answer;
    answer.generation = 7;
    answer.protocol = "sessioned";
    answer.leader_id = "other";
    answer.member_id = "m-1";
    return FakeCoordinator::joined(request, answer);
  });
  coordinator.on(kSync,
                 [](const Request &request) { return FakeCoordinator::synced(request, "mine"); });
  start();
  EXPECT_EQ(listener.wait("assigned 7 mine"), (Events{"joining", "assigned 7 mine"}));
  EXPECT_EQ(coordinator.requests(kSync)[0].body,
            "\x00\x01g\x00\x00\x00\x07\x00\x03m-1\xff\xff\x00\x00\x00\x00"s);
}

TEST_F(MembershipTest, ARebalanceIsJoinedWithTheSameId) {
  start_and_join();
  refuse_once(kBeat, GroupError::RebalanceInProgress);
  EXPECT_EQ(listener.wait("assigned 2 work of m-1"),
            (Events{"joining", "elected 1", "assigned 1 work of m-1", "joining", "elected 2",
                    "assigned 2 work of m-1"}));
  EXPECT_EQ(coordinator.requests(kJoin).size(), 3u);
}

TEST_F(MembershipTest, HeartbeatsGoOnWhileAJoinGroupWaits) {
  start_and_join();
  coordinator.on(kJoin, [](const Request &) { return std::string(); });
  refuse(kBeat, GroupError::RebalanceInProgress);
  ASSERT_TRUE(coordinator.wait_requests(kJoin, 3));
  const std::size_t leases = listener.leases().size();
  ASSERT_TRUE(coordinator.wait_for([&] { return listener.leases().size() >= leases + 5; }));
  EXPECT_EQ(coordinator.requests(kJoin).size(), 3u) << "it is asked once";
}

TEST_F(MembershipTest, WhoIsUnknownStopsEverythingAndJoinsAnew) {
  start_and_join();
  refuse_once(kBeat, GroupError::UnknownMember);
  EXPECT_EQ(listener.wait("assigned 2 work of m-1"),
            (Events{"joining", "elected 1", "assigned 1 work of m-1", "revoked expelled", "joining",
                    "elected 2", "assigned 2 work of m-1"}));
  EXPECT_EQ(coordinator.requests(kJoin).size(), 4u) << "again without a member id first";
}

TEST_F(MembershipTest, WhoIsUnknownWhenJoiningDoesTheSame) {
  start_and_join();
  refuse_once(kJoin, GroupError::UnknownMember);
  membership->request_rejoin("a test wants it");
  const Events events = listener.wait("assigned 2 work of m-1");
  EXPECT_EQ(std::count(events.begin(), events.end(), "revoked expelled"), 1);
}

TEST_F(MembershipTest, AnIllegalGenerationStopsNothing) {
  start_and_join();
  refuse_once(kBeat, GroupError::IllegalGeneration);
  const Events events = listener.wait("assigned 2 work of m-1");
  EXPECT_EQ(std::count(events.begin(), events.end(), "revoked expelled"), 0);
}

TEST_F(MembershipTest, ARebalanceWithinARebalanceIsJoined) {
  refuse_once(kSync, GroupError::RebalanceInProgress);
  start();
  EXPECT_EQ(listener.wait("assigned 2 work of m-1"),
            (Events{"joining", "elected 1", "joining", "elected 2", "assigned 2 work of m-1"}));
  EXPECT_EQ(membership->trouble(), "");
}

TEST_F(MembershipTest, AMovedCoordinatorIsFollowed) {
  FakeCoordinator other;
  start_and_join();
  coordinator.on(
      kFind, [&](const Request &request) { return FakeCoordinator::found(request, other.port()); });
  refuse(kBeat, GroupError::NotCoordinator);
  ASSERT_TRUE(other.wait_requests(kBeat, 3));
  EXPECT_EQ(listener.events().size(), 3u) << "nobody notices";
  membership->request_rejoin("a test wants it");
  EXPECT_TRUE(other.wait_requests(kSync, 1));
}

TEST_F(MembershipTest, ALostConnectionIsOpenedAgain) {
  start_and_join();
  const std::size_t beats = coordinator.requests(kBeat).size();
  coordinator.cut_connections();
  ASSERT_TRUE(coordinator.wait_requests(kBeat, beats + 3));
  EXPECT_EQ(listener.events().size(), 3u) << "a connection is no membership";
  membership->request_rejoin("a test wants it");
  listener.wait("assigned 2 work of m-1");
}

TEST_F(MembershipTest, ASilentCoordinatorEndsTheWorkInTimeAndIsJoinedAgainLater) {
  settings.session_timeout = Duration(900);
  start_and_join();
  coordinator.freeze(true);
  const Events events = listener.wait("revoked lapsing");
  EXPECT_EQ(std::count(events.begin(), events.end(), "revoked expelled"), 0);
  EXPECT_NE(membership->trouble(), "");
  coordinator.freeze(false);
  listener.wait("assigned 2 work of m-1");
  EXPECT_EQ(membership->trouble(), "");
}

TEST_F(MembershipTest, ALeaseCountsFromTheTimeOfSending) {
  struct Asked {
    std::mutex mutex;
    std::vector<std::int64_t> times;
  };
  const auto asked = std::make_shared<Asked>(); // the last answer may outlive this function
  coordinator.on(kBeat, [this, asked](const Request &request) {
    const std::int64_t now = metrics::boottime_ms(); // the request was sent before
    {
      const std::lock_guard lock(asked->mutex);
      asked->times.push_back(now);
    }
    coordinator.wait_for([&] { return metrics::boottime_ms() > now + 60; });
    return coordinator.usual(request);
  });
  start_and_join();
  ASSERT_TRUE(coordinator.wait_for([&] { return listener.leases().size() >= 3; }));
  const auto leases = listener.leases();
  const std::lock_guard lock(asked->mutex);
  for (std::size_t i = 0; i < leases.size(); ++i)
    EXPECT_LE(leases[i], asked->times[i] + 20'000 - 500) << i;
}

TEST_F(MembershipTest, StoppingLeaves) {
  start_and_join();
  membership->stop();
  const auto leaves = coordinator.requests(kLeave);
  ASSERT_EQ(leaves.size(), 1u);
  EXPECT_EQ(leaves[0].body, "\x00\x01g\x00\x00\x00\x01\x00\x03m-1\xff\xff"s);
}

TEST_F(MembershipTest, StoppingWaitsForNobody) {
  start_and_join();
  coordinator.freeze(true);
  ASSERT_TRUE(coordinator.wait_requests(kBeat, coordinator.requests(kBeat).size() + 1));
  membership->request_rejoin("a test wants it");
  ASSERT_TRUE(coordinator.wait_requests(kJoin, 3));
  const auto start = std::chrono::steady_clock::now();
  membership->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST_F(MembershipTest, ADeadMemberIsRemovedWhileAJoinWaits) {
  start_and_join();
  coordinator.on(kJoin, [](const Request &) { return std::string(); });
  membership->request_rejoin("a test wants it");
  ASSERT_TRUE(coordinator.wait_requests(kJoin, 3));
  membership->remove_member("dead", [](bool) {});
  ASSERT_TRUE(coordinator.wait_requests(kLeave, 1));
  EXPECT_EQ(coordinator.requests(kLeave)[0].body, "\x00\x01g\x00\x00\x00\x01\x00\x04"
                                                  "dead\xff\xff"s);
}

TEST_F(MembershipTest, WhoHadLeftByItselfIsToldFromTheDead) {
  start_and_join();
  for (const auto error : {GroupError::None, GroupError::UnknownMember}) {
    coordinator.on(kLeave, [error](const Request &request) {
      wire::Encoder body;
      body.int32(0);
      body.int16(0);
      body.int32(1);
      body.string("m");
      body.nullable(std::nullopt);
      body.int16(static_cast<std::int16_t>(error));
      return tests::response_frame(request.correlation, body);
    });
    std::promise<bool> answer;
    membership->remove_member("m", [&](bool was_member) { answer.set_value(was_member); });
    EXPECT_EQ(answer.get_future().get(), error == GroupError::None);
  }
}

TEST_F(MembershipTest, WhoIsNotReadyInTimeLeavesAndJoinsWhenItIs) {
  start_and_join();
  settings.rebalance_timeout = Duration(100);
  membership->stop();
  listener.hold_offers(true);
  start();
  listener.wait("joining", 2);
  listener.release_offer(); // the first join may take as long as it wants
  listener.wait("assigned 2 work of m-1");
  membership->request_rejoin("a test wants it");
  listener.wait("joining", 3);
  listener.wait("revoked late");
  EXPECT_TRUE(coordinator.wait_requests(kLeave, 2));
  listener.wait("joining", 4); // asked anew
  listener.release_offer();
  listener.wait("assigned 3 work of m-1");
}

TEST_F(MembershipTest, OnlyTheAnswerToTheLastQuestionCounts) {
  start_and_join();
  listener.hold_offers(true);
  membership->request_rejoin("a test wants it");
  listener.wait("joining", 2);
  refuse_once(kBeat, GroupError::UnknownMember); // what was offered is no longer true
  listener.wait("revoked expelled");
  listener.hold_offers(false);
  listener.wait("joining", 3);
  listener.release_offer();
  ASSERT_TRUE(coordinator.wait_requests(kSync, 1));
}

struct Refusal {
  GroupError error;
  std::string key;
};
class RefusedJoinTest : public MembershipTest, public testing::WithParamInterface<Refusal> {};

TEST_P(RefusedJoinTest, NamesTheKeyAndTriesAgain) {
  refuse(kJoin, GetParam().error);
  start();
  ASSERT_TRUE(coordinator.wait_for([&] { return membership->trouble() != ""; }));
  EXPECT_NE(membership->trouble().find(GetParam().key), std::string::npos) << membership->trouble();
  coordinator.as_usual(kJoin);
  listener.wait("assigned 1 work of m-1");
  ASSERT_TRUE(coordinator.wait_for([&] { return membership->trouble().empty(); }));
}

INSTANTIATE_TEST_SUITE_P(
    Errors, RefusedJoinTest,
    testing::Values(Refusal{GroupError::InvalidSessionTimeout, "session.timeout.ms"},
                    Refusal{GroupError::InconsistentProtocol, "group.id"},
                    Refusal{GroupError::InvalidGroup, "group.id"},
                    Refusal{GroupError::GroupAuthorizationFailed, "READ on the group"},
                    Refusal{GroupError::GroupIsFull, "group.max.size"},
                    Refusal{GroupError::LoadInProgress, "COORDINATOR_LOAD_IN_PROGRESS"},
                    Refusal{static_cast<GroupError>(12345), "error 12345"}),
    [](const auto &info) { return "Error" + std::to_string(static_cast<int>(info.param.error)); });

} // namespace
} // namespace host::cluster::test
