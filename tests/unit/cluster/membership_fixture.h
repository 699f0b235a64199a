#pragma once

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "host/cluster/membership.h"
#include "tests/unit/cluster/fake_coordinator.h"

namespace host::cluster::test {

// A listener that answers at once, or when it is told to, and notes what it was told: `joining`,
// `elected 3`, `assigned 3 x`, `revoked expelled`.
class RecordingListener final : public MembershipListener {
public:
  void on_joining(Offer offer) override {
    {
      const std::lock_guard lock(mutex_);
      if (hold_offers_)
        held_ = offer;
      else
        offer(protocols_);
    }
    note("joining");
  }
  void on_elected(Seat seat, std::vector<wire::JoinedMember> members, Plan plan) override {
    note("elected " + std::to_string(seat.generation));
    std::vector<wire::MemberAssignment> assignments;
    for (const wire::JoinedMember &member : members)
      assignments.push_back({member.id, "work of " + member.id});
    plan(std::move(assignments));
  }
  void on_assigned(Seat seat, std::string assignment) override {
    note("assigned " + std::to_string(seat.generation) + " " + assignment);
  }
  void on_revoked(Revocation kind, const std::string &) override {
    note(kind == Revocation::Expelled  ? "revoked expelled"
         : kind == Revocation::Lapsing ? "revoked lapsing"
                                       : "revoked late");
  }
  void on_lease(std::int64_t until_boottime_ms) override {
    const std::lock_guard lock(mutex_);
    leases_.push_back(until_boottime_ms);
    changed_.notify_all();
  }

  void hold_offers(bool hold) {
    const std::lock_guard lock(mutex_);
    hold_offers_ = hold;
  }
  void release_offer() {
    const std::lock_guard lock(mutex_);
    if (held_)
      (*held_)(protocols_);
    held_.reset();
  }

  // Everything noted so far, once there is this note `count` times; fails after twenty seconds.
  std::vector<std::string> wait(const std::string &event, std::size_t count = 1) {
    std::unique_lock lock(mutex_);
    const bool there = changed_.wait_for(lock, std::chrono::seconds(20), [&] {
      return static_cast<std::size_t>(std::count(events_.begin(), events_.end(), event)) >= count;
    });
    EXPECT_TRUE(there) << "not told: " << event;
    return events_;
  }
  // How often it was told an assignment.
  std::size_t assignments() {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(
        std::count_if(events_.begin(), events_.end(),
                      [](const std::string &event) { return event.starts_with("assigned"); }));
  }
  std::vector<std::string> events() {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  std::vector<std::int64_t> leases() {
    const std::lock_guard lock(mutex_);
    return leases_;
  }

private:
  void note(std::string event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    changed_.notify_all();
  }

  std::mutex mutex_; // guards the following
  std::condition_variable changed_;
  std::vector<std::string> events_;
  std::vector<std::int64_t> leases_;
  bool hold_offers_ = false;
  std::optional<Offer> held_;
  const std::vector<wire::GroupProtocol> protocols_ = {{"sessioned", "s"}, {"default", "d"}};
};

// One membership at one fake coordinator; quick, but for the session, which must not end by chance.
class MembershipTest : public testing::Test {
protected:
  MembershipTest() {
    settings.bootstrap = coordinator.bootstrap();
    settings.client_id = "connect-here";
    settings.group = "g";
    settings.session_timeout = Duration(20'000);
    settings.rebalance_timeout = Duration(20'000);
    settings.heartbeat_interval = Duration(20);
    settings.retry_backoff = Duration(10);
    settings.retry_backoff_max = Duration(50);
    settings.request_timeout = Duration(20'000);
    settings.leave_timeout = Duration(500);
    settings.trouble_backoff = Duration(30);
  }
  ~MembershipTest() override {
    if (membership)
      membership->stop();
  }
  void start() {
    membership = Membership::create(settings, listener).value();
    membership->start();
  }
  void start_and_join() {
    start();
    listener.wait("assigned 1 work of m-1");
  }
  void refuse(std::int16_t key, wire::GroupError error) {
    coordinator.on(key, [error](const Request &request) {
      return FakeCoordinator::error_only(request, error);
    });
  }
  // The same, but only the first time.
  void refuse_once(std::int16_t key, wire::GroupError error) {
    coordinator.on(key, [this, error, key](const Request &request) {
      coordinator.as_usual(key);
      return FakeCoordinator::error_only(request, error);
    });
  }

  FakeCoordinator coordinator;
  MembershipSettings settings;
  RecordingListener listener;
  std::unique_ptr<Membership> membership;
};

} // namespace host::cluster::test
