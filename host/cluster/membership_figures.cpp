#include "host/cluster/membership_figures.h"

#include "host/metrics/timing.h"

namespace host::cluster {
namespace {

std::optional<Duration> since(TimePoint then, TimePoint now) {
  if (then == TimePoint{})
    return std::nullopt;
  return std::chrono::duration_cast<Duration>(now - then);
}

} // namespace

void MembershipCounters::heartbeat_sent(TimePoint now) { last_heartbeat_ = now; }

void MembershipCounters::heartbeat_answered(TimePoint sent, TimePoint now) {
  metrics::add_time(heartbeats_, sent, now);
}

void MembershipCounters::joined(TimePoint sent, TimePoint now) {
  metrics::add_time(joins_, sent, now);
}

void MembershipCounters::synced(TimePoint sent, TimePoint now) {
  metrics::add_time(syncs_, sent, now);
}

void MembershipCounters::rebalance_began(TimePoint now) {
  if (!began_)
    began_ = now;
}

void MembershipCounters::rebalance_failed() { ++failed_rebalances_; }

void MembershipCounters::rebalance_completed(TimePoint now) {
  metrics::add_time(rebalances_, began_.value_or(now), now);
  began_.reset();
  last_rebalance_ = now;
}

MembershipFigures MembershipCounters::read(TimePoint now) const {
  MembershipFigures figures;
  figures.heartbeats = metrics::read(heartbeats_, now);
  figures.joins = metrics::read(joins_, now);
  figures.syncs = metrics::read(syncs_, now);
  figures.rebalances = metrics::read(rebalances_, now);
  figures.failed_rebalances = failed_rebalances_;
  figures.since_heartbeat = since(last_heartbeat_, now);
  figures.since_rebalance = since(last_rebalance_, now);
  return figures;
}

} // namespace host::cluster
