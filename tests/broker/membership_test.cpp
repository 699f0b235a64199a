#include "host/wire/find_coordinator.h" // first: Asio's coroutines

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <condition_variable>
#include <mutex>

#include "host/cluster/membership_settings.h"
#include "tests/broker/fixture.h"

// Memberships in one group of a real broker.
namespace host::cluster {
namespace {

constexpr std::chrono::seconds kPatience{20};

// One worker: gives every member `for <its id>` when it leads.
class Worker final : public MembershipListener {
public:
  explicit Worker(MembershipSettings settings)
      : membership_(Membership::create(std::move(settings), *this).value()) {
    membership_->start();
  }
  ~Worker() override { membership_->stop(); }
  Membership *operator->() { return membership_.get(); }

  void on_joining(Offer offer) override { offer({{"sessioned", "m"}, {"default", "m"}}); }
  void on_elected(Seat, std::vector<wire::JoinedMember> members, Plan plan) override {
    std::vector<wire::MemberAssignment> assignments;
    for (const wire::JoinedMember &member : members)
      assignments.push_back({member.id, "for " + member.id});
    {
      const std::lock_guard lock(mutex_);
      members_ = members.size();
    }
    plan(std::move(assignments));
  }
  void on_assigned(Seat seat, std::string assignment) override {
    EXPECT_EQ(assignment, "for " + seat.member_id);
    EXPECT_EQ(seat.protocol, "sessioned");
    const std::lock_guard lock(mutex_);
    seat_ = std::move(seat);
    changed_.notify_all();
  }
  void on_revoked(Revocation, const std::string &why) override { ADD_FAILURE() << why; }
  void on_lease(std::int64_t) override {}

  // The seat in a generation from `generation` on, as leader of so many members if it is that.
  std::optional<Seat> wait(std::int32_t generation, std::size_t members) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kPatience, [&] {
          return seat_ && seat_->generation >= generation &&
                 (!seat_->leads() || members_ == members);
        }))
      return std::nullopt;
    return seat_;
  }

private:
  std::mutex mutex_; // guards the following
  std::condition_variable changed_;
  std::optional<Seat> seat_;
  std::size_t members_ = 0;
  std::unique_ptr<Membership> membership_;
};

class MembershipBrokerTest : public host::test::BrokerTest {
protected:
  MembershipSettings settings() {
    StringMap keys = worker_;
    keys.set("group.id", group_);
    keys.set("session.timeout.ms", "6000");
    keys.set("heartbeat.interval.ms", "300");
    return membership_settings(keys, "here:8083").value();
  }

  // Joins and is never heard of again, as after kill -9; its member id.
  std::string join_and_die() {
    const MembershipSettings given = settings();
    boost::asio::io_context io;
    wire::Connection connection(io, given.security, "ghost");
    std::string id;
    const auto join = [&]() -> wire::Async<void> {
      const TimePoint deadline = std::chrono::steady_clock::now() + kPatience;
      auto found = co_await wire::find_coordinator(
          connection, wire::parse_bootstrap(given.bootstrap)->front(), given.group, deadline);
      EXPECT_TRUE(found);
      for (int step = 0; step < 2; ++step) { // without a member id, then with it
        wire::Encoder request = encode(wire::JoinGroup{
            given.group, 6'000, 60'000, id, "connect", {{"sessioned", "g"}, {"default", "g"}}});
        auto body = co_await connection.call(wire::JoinGroup::kKey, wire::JoinGroup::kVersion,
                                             std::move(request), deadline);
        EXPECT_TRUE(body);
        id = body ? wire::decode_joined(*body).value().member_id : "";
      }
    };
    boost::asio::co_spawn(io, join(), boost::asio::detached);
    io.run();
    return id;
  }

  const std::string group_ = unique("g");
};

TEST_F(MembershipBrokerTest, GenerationsFollowWhoComesAndGoes) {
  Worker first(settings());
  const auto alone = first.wait(1, 1);
  ASSERT_TRUE(alone) << first->trouble();
  EXPECT_TRUE(alone->leads());
  auto second = std::make_unique<Worker>(settings());
  const auto pair = second->wait(alone->generation + 1, 2);
  ASSERT_TRUE(pair) << (*second)->trouble();
  EXPECT_FALSE(pair->leads());
  EXPECT_EQ(pair->leader_id, alone->member_id);
  EXPECT_TRUE(first.wait(pair->generation, 2));
  first->request_rejoin("a test wants it"); // a leader so makes everybody join
  const auto again = second->wait(pair->generation + 1, 2);
  ASSERT_TRUE(again);
  second.reset(); // leaves
  EXPECT_TRUE(first.wait(again->generation + 1, 1));
}

TEST_F(MembershipBrokerTest, TheDeadLeaveWithTheirSessionOrWhenTheyAreRemoved) {
  Worker worker(settings());
  const auto alone = worker.wait(1, 1);
  ASSERT_TRUE(alone) << worker->trouble();
  const std::string known_dead = join_and_die();
  const auto pair = worker.wait(alone->generation + 1, 2);
  ASSERT_TRUE(pair);
  const auto start = std::chrono::steady_clock::now();
  worker->remove_member(known_dead, [](bool was_member) { EXPECT_TRUE(was_member); });
  const auto removed = worker.wait(pair->generation + 1, 1);
  ASSERT_TRUE(removed);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5)) << "not its session";
  join_and_die();
  const auto other = worker.wait(removed->generation + 1, 2);
  ASSERT_TRUE(other);
  EXPECT_TRUE(worker.wait(other->generation + 1, 1)) << "its session ends after six seconds";
}

} // namespace
} // namespace host::cluster
