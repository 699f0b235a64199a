#include "host/cluster/membership_core.h"

#include <algorithm>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/metrics/callback_guard.h"

namespace host::cluster {
namespace {

const log::Logger kLog{"sluice.cluster"};

// What the lease ends before the session does: for a kernel's signal to do its work.
constexpr Duration kMargin{500};

// One rebalance brings the next when something was revoked: for a while after each the members ask
// more often, so that nobody lets the others wait for an interval.
constexpr Duration kLively{1'000};
constexpr int kLivelier = 4;

} // namespace

// At once for a new generation, then each interval; while a JoinGroup waits, too: a member that is
// silent would let the leases of all others lapse (design 3).
wire::Async<void> Membership::Core::beat() {
  while (!stopping_) {
    if (!is_member())
      co_await changed_.wait();
    else if (next_beat_ && std::chrono::steady_clock::now() < *next_beat_)
      co_await changed_.wait_until(*next_beat_);
    else
      co_await beat_once();
  }
}

wire::Async<void> Membership::Core::beat_once() {
  const Duration patience = std::max(settings_.session_timeout / 3, Duration(200));
  Status connected = co_await connect(beater_, std::chrono::steady_clock::now() + patience);
  if (!is_member() || stopping_)
    co_return;
  const wire::Heartbeat beat{settings_.group, generation_, member_id_};
  const std::int64_t sent_boottime_ms = metrics::boottime_ms();
  const TimePoint sent = std::chrono::steady_clock::now();
  const bool lively = sent - joined_at_ < kLively;
  next_beat_ = sent + settings_.heartbeat_interval / (lively ? kLivelier : 1);
  Result<wire::GroupError> answer = wire::GroupError::None;
  if (connected) {
    wire::Encoder request = encode(beat);
    counters_.heartbeat_sent(sent);
    auto body = co_await beater_.call(wire::Heartbeat::kKey, wire::Heartbeat::kVersion,
                                      std::move(request), sent + patience);
    answer =
        body ? wire::decode_heartbeat(*body) : Result<wire::GroupError>(std::move(body).error());
  } else {
    answer = fail(std::move(connected).error());
  }
  if (answer) {
    counters_.heartbeat_answered(sent, std::chrono::steady_clock::now());
    co_return on_beat(beat, *answer, sent_boottime_ms, sent);
  }
  if (stopping_)
    co_return;
  say_trouble(std::move(answer).error().context("heartbeat"));
  beater_.close();
  forget_coordinator();
  // The broker may be gone without a word: what waits there would wait for nothing.
  if (phase_ == Phase::Joining || phase_ == Phase::Syncing)
    joiner_.close();
  next_beat_ = std::chrono::steady_clock::now() + settings_.retry_backoff;
}

void Membership::Core::on_beat(const wire::Heartbeat &beat, wire::GroupError error,
                               std::int64_t sent_boottime_ms, TimePoint sent) {
  if (beat.member_id != member_id_)
    return;
  const bool present = beat.generation == generation_;
  switch (error) {
  case wire::GroupError::None:
    return renew(sent_boottime_ms, sent);
  case wire::GroupError::RebalanceInProgress:
    renew(sent_boottime_ms, sent);
    if (phase_ == Phase::Resting && present && !rejoin_)
      want_rejoin("a rebalance is in progress");
    return;
  case wire::GroupError::IllegalGeneration:
    // While joining it only says that the next generation has been formed.
    if (phase_ == Phase::Resting && present && !rejoin_)
      want_rejoin("the group has a newer generation");
    return;
  case wire::GroupError::UnknownMember:
  case wire::GroupError::FencedInstance:
    // The answer to the JoinGroup or SyncGroup that waits will say so too.
    if (phase_ == Phase::Resting || phase_ == Phase::Preparing)
      give_up(Revocation::Expelled,
              fmt::format("the group has gone on without this worker ({})", wire::describe(error)));
    return;
  case wire::GroupError::LoadInProgress:
    next_beat_ = sent + settings_.retry_backoff;
    return;
  default:
    if (wire::asks_again(error))
      kLog.info("group {}: heartbeat: {}; looking for the coordinator again", settings_.group,
                wire::describe(error));
    else
      say_trouble(refusal("heartbeat", error));
    beater_.close();
    if (phase_ == Phase::Resting || phase_ == Phase::Preparing)
      joiner_.close();
    forget_coordinator();
    next_beat_ = std::chrono::steady_clock::now() + settings_.retry_backoff;
  }
}

void Membership::Core::renew(std::int64_t sent_boottime_ms, TimePoint sent) {
  if (assigned_)
    end_trouble();
  leased_ = sent;
  const Duration length = std::max(settings_.session_timeout - kMargin, Duration(0));
  listener_.on_lease(sent_boottime_ms + length.count());
  changed_.notify();
}

// When heartbeats fail for too long, what runs here is asked to stop while there is still time to
// do it in order.
wire::Async<void> Membership::Core::watch_lease() {
  while (!stopping_) {
    if (!leased_ || !assigned_) {
      co_await changed_.wait();
      continue;
    }
    const TimePoint ends = *leased_ + settings_.session_timeout * 2 / 3;
    if (std::chrono::steady_clock::now() < ends)
      co_await changed_.wait_until(ends);
    else
      give_up(Revocation::Lapsing, fmt::format("no heartbeat was answered for {} ms",
                                               std::chrono::duration_cast<Duration>(
                                                   std::chrono::steady_clock::now() - *leased_)
                                                   .count()));
  }
}

} // namespace host::cluster
