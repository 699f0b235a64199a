#include "host/cluster/membership_core.h"

#include <algorithm>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/wire/find_coordinator.h"

namespace host::cluster {
namespace {

const log::Logger kLog{"sluice.cluster"};

// JoinGroup is answered when all members have joined, at the latest after the rebalance timeout.
constexpr Duration kJoinGrace{5'000};
constexpr int kRemovalAttempts = 5;
constexpr std::size_t kMostBrokers = 16;

TimePoint now() { return std::chrono::steady_clock::now(); }
TimePoint in(Duration time) { return now() + time; }

std::int32_t millis(Duration time) { return static_cast<std::int32_t>(time.count()); }

} // namespace

// Which error is for whom (dependencies 3.4).
Error Membership::Core::refusal(std::string_view what, wire::GroupError error) {
  const auto config = [&](std::string_view advice) {
    return Error(Code::Config, fmt::format("{}: the broker answered {}; {}", what,
                                           wire::describe(error), advice));
  };
  switch (error) {
  case wire::GroupError::CoordinatorNotAvailable:
  case wire::GroupError::NotCoordinator:
    forget_coordinator();
    return wire::refused(what, error);
  case wire::GroupError::RebalanceInProgress:
  case wire::GroupError::IllegalGeneration:
    return Error(Code::Conflict, fmt::format("{}: {}", what, wire::describe(error)));
  case wire::GroupError::UnknownMember:
  case wire::GroupError::FencedInstance:
    give_up(Revocation::Expelled,
            fmt::format("the group has gone on without this worker ({})", wire::describe(error)));
    return Error(Code::Conflict, fmt::format("{}: {}", what, wire::describe(error)));
  case wire::GroupError::InconsistentProtocol:
    return config("others use this group.id for something else, or with a connect.protocol that "
                  "this worker does not offer");
  case wire::GroupError::InvalidGroup:
    return config("look at group.id");
  case wire::GroupError::InvalidSessionTimeout:
    return config("look at session.timeout.ms; the broker's group.min.session.timeout.ms and "
                  "group.max.session.timeout.ms bound it");
  case wire::GroupError::GroupAuthorizationFailed:
    return config("the worker's principal needs READ on the group of group.id");
  case wire::GroupError::GroupIsFull:
    return config("the broker's group.max.size is reached");
  default:
    return wire::refused(what, error);
  }
}

wire::Async<Status> Membership::Core::take_seat(std::vector<wire::GroupProtocol> offer) {
  phase_ = Phase::Joining;
  counters_.rebalance_began(now());
  HOST_CO_ASSIGN(wire::Joined joined, co_await join(offer));
  // From now on the heartbeats are for this generation.
  phase_ = Phase::Syncing;
  const Seat seat{joined.generation, joined.protocol, joined.member_id, joined.leader_id};
  member_id_ = joined.member_id;
  generation_ = joined.generation;
  joined_at_ = std::chrono::steady_clock::now();
  next_beat_.reset();
  changed_.notify();
  std::vector<wire::MemberAssignment> assignments;
  if (seat.leads()) {
    HOST_CO_ASSIGN(assignments, co_await ask_plan(seat, std::move(joined.members)));
  }
  HOST_CO_ASSIGN(std::string assignment, co_await sync(seat, std::move(assignments)));
  HOST_CO_TRY(co_await await_lease());
  counters_.rebalance_completed(now());
  end_trouble();
  kLog.info("group {}: member {} of generation {}{}", settings_.group, seat.member_id,
            seat.generation, seat.leads() ? ", its leader" : "");
  assigned_ = true;
  listener_.on_assigned(seat, std::move(assignment));
  co_return Status();
}

wire::Async<Result<wire::Joined>>
Membership::Core::join(const std::vector<wire::GroupProtocol> &offer) {
  const std::string what = fmt::format("joining group '{}'", settings_.group);
  for (bool named = false;;) {
    HOST_CO_TRY(co_await connect(joiner_, in(settings_.request_timeout)));
    wire::Encoder request = encode(
        wire::JoinGroup{settings_.group, millis(settings_.session_timeout),
                        millis(settings_.rebalance_timeout), member_id_, settings_.type, offer});
    const TimePoint sent = now();
    auto body =
        co_await joiner_.call(wire::JoinGroup::kKey, wire::JoinGroup::kVersion, std::move(request),
                              in(settings_.rebalance_timeout + kJoinGrace));
    if (!body) {
      forget_coordinator();
      co_return fail(std::move(body).error().context(what));
    }
    HOST_CO_ASSIGN(wire::Joined joined, wire::decode_joined(*body));
    if (joined.error == wire::GroupError::MemberIdRequired && !named) {
      named = true;
      member_id_ = joined.member_id;
      continue;
    }
    if (joined.error != wire::GroupError::None)
      co_return fail(refusal(what, joined.error));
    if (joined.generation < 0 || joined.member_id.empty())
      co_return fail(Code::Data, fmt::format("{}: the broker's answer has no member id", what));
    counters_.joined(sent, now());
    co_return joined;
  }
}

wire::Async<Result<std::vector<wire::MemberAssignment>>>
Membership::Core::ask_plan(Seat seat, std::vector<wire::JoinedMember> members) {
  plan_.reset();
  const std::uint64_t asked = ++question_;
  listener_.on_elected(std::move(seat), std::move(members),
                       [weak = weak_from_this(), asked](std::vector<wire::MemberAssignment> plan) {
                         if (const auto core = weak.lock())
                           core->post([asked, plan = std::move(plan)](Core &core) mutable {
                             if (asked != core.question_)
                               return;
                             core.plan_ = std::move(plan);
                             core.changed_.notify();
                           });
                       });
  const TimePoint deadline = in(settings_.rebalance_timeout);
  while (!plan_ && !stopping_ && question_ == asked && std::chrono::steady_clock::now() < deadline)
    co_await changed_.wait_until(deadline);
  if (!plan_)
    co_return fail(Code::Conflict,
                   fmt::format("group '{}': the assignment was not made in time", settings_.group));
  co_return *std::exchange(plan_, std::nullopt);
}

wire::Async<Result<std::string>>
Membership::Core::sync(const Seat &seat, std::vector<wire::MemberAssignment> assignments) {
  const std::string what = fmt::format("taking the assignment of group '{}'", settings_.group);
  wire::Encoder request = encode(
      wire::SyncGroup{settings_.group, seat.generation, seat.member_id, std::move(assignments)});
  const TimePoint sent = now();
  // A follower waits for the leader.
  auto body =
      co_await joiner_.call(wire::SyncGroup::kKey, wire::SyncGroup::kVersion, std::move(request),
                            in(settings_.rebalance_timeout + kJoinGrace));
  if (!body) {
    forget_coordinator();
    co_return fail(std::move(body).error().context(what));
  }
  HOST_CO_ASSIGN(wire::Synced synced, wire::decode_synced(*body));
  if (synced.error != wire::GroupError::None)
    co_return fail(refusal(what, synced.error));
  counters_.synced(sent, now());
  co_return std::move(synced.assignment);
}

// Nothing is started that no heartbeat has vouched for.
wire::Async<Status> Membership::Core::await_lease() {
  const TimePoint deadline = in(settings_.session_timeout);
  while (!leased_ && !stopping_ && is_member() && std::chrono::steady_clock::now() < deadline)
    co_await changed_.wait_until(deadline);
  if (!leased_)
    co_return fail(Code::Retry, fmt::format("group '{}': no heartbeat was answered after joining",
                                            settings_.group));
  co_return Status();
}

wire::Async<void> Membership::Core::leave(std::string why) {
  if (member_id_.empty())
    co_return;
  const TimePoint deadline = in(settings_.leave_timeout);
  joiner_.close(); // a JoinGroup may still be waiting there
  const Result<bool> left = co_await remove(joiner_, member_id_, deadline);
  kLog.info("group {}: member {} leaves: {}{}", settings_.group, member_id_, why,
            left ? "" : fmt::format(" (not told to the group: {})", left.error().message()));
  member_id_.clear();
  generation_ = -1;
  leased_.reset();
}

// Whether it was a member.
wire::Async<Result<bool>> Membership::Core::remove(wire::Connection &connection,
                                                   std::string member_id, TimePoint deadline) {
  HOST_CO_TRY(co_await connect(connection, deadline));
  wire::LeaveGroup leaving{settings_.group, {}};
  leaving.members.push_back({std::move(member_id), std::nullopt});
  wire::Encoder request = encode(leaving);
  HOST_CO_ASSIGN(const std::string body,
                 co_await connection.call(wire::LeaveGroup::kKey, wire::LeaveGroup::kVersion,
                                          std::move(request), deadline));
  HOST_CO_ASSIGN(const wire::Left left, wire::decode_left(body));
  const std::string what = fmt::format("leaving group '{}'", settings_.group);
  if (left.error != wire::GroupError::None)
    co_return fail(refusal(what, left.error));
  bool was_member = true;
  for (const wire::LeftMember &member : left.members)
    if (member.error == wire::GroupError::UnknownMember)
      was_member = false;
    else if (member.error != wire::GroupError::None)
      co_return fail(wire::refused(what, member.error));
  co_return was_member;
}

void Membership::Core::add_errand(Errand errand) {
  errands_.push_back(std::move(errand));
  changed_.notify();
}

wire::Async<void> Membership::Core::do_errands() {
  while (!stopping_) {
    if (errands_.empty()) {
      co_await changed_.wait();
      continue;
    }
    const Errand errand = std::move(errands_.front());
    errands_.pop_front();
    const std::string &member = errand.member_id;
    Result<bool> removed = false;
    for (int attempt = 0; attempt < kRemovalAttempts && !stopping_; ++attempt) {
      removed = co_await remove(remover_, member, in(settings_.leave_timeout));
      if (removed || removed.error().code() != Code::Retry)
        break;
      forget_coordinator();
      const TimePoint until = in(settings_.retry_backoff);
      while (!stopping_ && std::chrono::steady_clock::now() < until)
        co_await changed_.wait_until(until);
    }
    if (!removed)
      kLog.warn("group {}: dead member {} stays until its session ends: {}", settings_.group,
                member, removed.error().message());
    else if (*removed)
      kLog.info("group {}: dead member {} is removed", settings_.group, member);
    errand.done(!removed || *removed);
  }
}

// Leaves an open connection as it is. Asks one broker after the other where the coordinator is
// unknown.
wire::Async<Status> Membership::Core::connect(wire::Connection &connection, TimePoint deadline) {
  if (connection.is_open())
    co_return Status();
  if (!coordinator_) {
    const wire::Address broker = brokers_[next_broker_++ % brokers_.size()];
    HOST_CO_ASSIGN(const wire::Address found,
                   co_await wire::find_coordinator(connection, broker, settings_.group, deadline));
    remember_coordinator(found);
    if (found == broker)
      co_return Status();
  }
  Status opened = co_await connection.open(*coordinator_, deadline);
  if (!opened)
    forget_coordinator();
  co_return opened;
}

// It may be asked for others later, when the configured ones are gone.
void Membership::Core::remember_coordinator(const wire::Address &found) {
  coordinator_ = found;
  if (std::ranges::find(brokers_, found) != brokers_.end())
    return;
  if (brokers_.size() == configured_brokers_ + kMostBrokers)
    brokers_.erase(brokers_.begin() + static_cast<std::ptrdiff_t>(configured_brokers_));
  brokers_.push_back(found);
}

void Membership::Core::forget_coordinator() { coordinator_.reset(); }

} // namespace host::cluster
