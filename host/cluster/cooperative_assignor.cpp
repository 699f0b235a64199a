#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iterator>
#include <utility>

#include "host/base/java_order.h"
#include "host/cluster/assignor.h"
#include "host/cluster/load.h"

namespace host::cluster {

// One round on its way from what is reported to what is ordered.
struct CooperativeAssignor::Plan {
  const Round &round;
  Items configured = {};
  Items active = {}; // reported by anybody
  Items deleted = {};
  Items lost = {};
  Items created = {};
  std::vector<Load> loads = {};              // what each member will have
  std::map<std::string, Items> revoked = {}; // by member

  void revoke(Load &load, const Items &items);
};

namespace {

using Items = std::vector<TaskId>;

Items minus(const Items &from, const Items &what) {
  Items rest;
  rest.reserve(from.size());
  std::ranges::set_difference(from, what, std::back_inserter(rest));
  return rest;
}

Items both(const Items &one, const Items &other) {
  Items all;
  all.reserve(one.size() + other.size());
  std::ranges::set_union(one, other, std::back_inserter(all));
  return all;
}

bool has(const Items &items, const TaskId &item) { return std::ranges::binary_search(items, item); }

Items keys_of(const std::map<TaskId, std::string> &placed) {
  Items items;
  items.reserve(placed.size());
  for (const auto &[item, owner] : placed)
    items.push_back(item);
  return items;
}

// In the order of Java's HashMap: decides whose work is taken first.
std::vector<Load> loads_of(const std::map<std::string, Work> &members) {
  std::vector<Load> loads;
  loads.reserve(members.size());
  for (const auto &[id, work] : members)
    loads.emplace_back(id, work);
  java::sort_by_bucket(loads, java::buckets(loads.size()), [](const Load &l) { return l.id(); });
  return loads;
}

// What every member has above its share of one kind, from the front of its list.
std::vector<Items> above_share(const std::vector<Load> &loads, Load::Kind kind, std::size_t total) {
  std::vector<Items> surplus(loads.size());
  const std::size_t share = total / loads.size();
  std::size_t extras = total % loads.size(); // so many members may have one more
  const auto with = [&](std::size_t size) {
    return static_cast<std::size_t>(
        std::ranges::count_if(loads, [&](const Load &l) { return l.of(kind).size() == size; }));
  };
  const std::size_t with_extra = with(share + 1);
  if (with_extra == extras && with(share) + with_extra == loads.size())
    return surplus;
  for (std::size_t i = 0; i < loads.size(); ++i) {
    const Items &items = loads[i].of(kind);
    if (items.size() <= share)
      continue;
    const std::size_t allowed = share + (extras > 0 ? 1 : 0);
    if (extras > 0)
      --extras;
    if (items.size() > allowed)
      surplus[i].assign(items.begin(), items.end() - static_cast<std::ptrdiff_t>(allowed));
  }
  return surplus;
}

} // namespace

void CooperativeAssignor::Plan::revoke(Load &load, const Items &items) {
  if (items.empty())
    return;
  load.remove(items);
  Items &all = revoked[load.id()];
  all = both(all, items);
}

CooperativeAssignor::Plan CooperativeAssignor::survey(const Round &round) {
  Plan plan{.round = round, .configured = sorted_items(round.configured)};
  plan.loads = loads_of(round.members);
  Items reported;
  std::map<TaskId, std::string> placed;
  for (const Load &load : plan.loads)
    for (const Load::Kind kind : Load::kKinds)
      for (const TaskId &item : load.of(kind)) {
        reported.push_back(item);
        placed.emplace(item, load.id());
      }
  std::ranges::sort(reported);
  plan.active = keys_of(placed);
  const Items duplicated = minus(reported, plan.active); // as multisets: what is there twice
  if (previous_generation_ != round.last_generation)
    previous_.clear();
  // A revocation that was not heard: start from what there is.
  if (std::ranges::any_of(previous_revoked_,
                          [&](const TaskId &item) { return has(plan.active, item); }))
    previous_ = std::move(placed);
  previous_revoked_.clear();

  const Items previous = keys_of(previous_);
  const Items known = both(previous, plan.active);
  plan.deleted = minus(known, plan.configured);
  plan.lost = minus(minus(previous, plan.active), plan.deleted);
  plan.created = minus(plan.configured, known);
  const Items must_stop = both(plan.deleted, duplicated);
  for (Load &load : plan.loads)
    plan.revoke(load, load.among(must_stop));
  return plan;
}

// What ran on members whose process is dead: nobody will come back with it.
CooperativeAssignor::Items CooperativeAssignor::take_lost_of_dead(Plan &plan) const {
  Items taken;
  if (plan.round.dead.empty())
    return taken;
  for (const TaskId &item : plan.lost)
    if (plan.round.dead.contains(previous_.at(item)))
      taken.push_back(item);
  plan.lost = minus(plan.lost, taken);
  return taken;
}

bool CooperativeAssignor::is_back_or_never_left(const Plan &plan) const {
  return std::ranges::all_of(previous_members_, [&](const std::string &id) {
    return plan.round.members.contains(id) || plan.round.dead.contains(id);
  });
}

// What is lost and may be given to anybody now. Sets the delay.
CooperativeAssignor::Items CooperativeAssignor::place_lost(Plan &plan) {
  if (plan.lost.empty() && !revoked_in_previous_) {
    end_delay();
    return {};
  }
  // Nobody left, so that the last assignment was lost on its way; or nobody is waited for.
  if ((!scheduled_ && is_back_or_never_left(plan)) || max_delay_ == Duration::zero())
    return plan.lost;
  if (!scheduled_ || plan.round.now < *scheduled_) {
    wait_for_the_lost(plan);
    return {};
  }
  Items free;
  const auto is_here = [&](const std::string &id) { return plan.round.members.contains(id); };
  if (std::ranges::any_of(candidates_, is_here))
    hand_to_candidates(plan);
  else
    free = plan.lost;
  end_delay();
  revoked_in_previous_ = false;
  return free;
}

void CooperativeAssignor::hand_to_candidates(Plan &plan) {
  std::map<std::string_view, Load *> by_id;
  for (Load &load : plan.loads)
    by_id.emplace(load.id(), &load);
  std::vector<Load *> candidates;
  for (const std::string &id : candidates_)
    if (const auto load = by_id.find(id); load != by_id.end())
      candidates.push_back(load->second);
  std::array<std::size_t, Load::kKinds.size()> next{};
  for (const TaskId &item : plan.lost) {
    std::size_t &turn = next[static_cast<std::size_t>(Load::kind_of(item))];
    candidates[turn++ % candidates.size()]->add(item);
  }
}

void CooperativeAssignor::wait_for_the_lost(const Plan &plan) {
  const std::set<std::string> known(candidates_.begin(), candidates_.end());
  std::vector<std::string> empty;
  for (const Load &load : plan.loads)
    if (load.empty())
      empty.push_back(load.id());
  java::sort_by_bucket(empty, java::buckets(empty.size()), std::identity());
  for (std::string &id : empty)
    if (!known.contains(id))
      candidates_.push_back(std::move(id));
  const TimePoint now = plan.round.now;
  delay_ = scheduled_ ? std::min(std::chrono::ceil<Duration>(*scheduled_ - now), max_delay_)
                      : max_delay_;
  scheduled_ = now + delay_;
}

void CooperativeAssignor::end_delay() {
  candidates_.clear();
  scheduled_.reset();
  delay_ = Duration::zero();
}

// 40, 1600, 64000, … ms, so that a cluster whose members change all the time comes to rest. With a
// broken exponent for the last step, whose result is cut off as Connect's is: 999 ms for 1000.
Duration CooperativeAssignor::backoff() const {
  if (max_delay_ == Duration::zero())
    return max_delay_;
  constexpr double kFactor = 40;
  const double last = std::log(static_cast<double>(max_delay_.count())) / std::log(kFactor);
  const double delay = std::pow(kFactor, std::min<double>(successive_revocations_, last));
  return std::min(Duration(static_cast<std::int64_t>(delay)), max_delay_);
}

// Takes from members what is above their share, to be handed out in the next round.
void CooperativeAssignor::balance(Plan &plan) {
  if (delay_ != Duration::zero()) {
    revoked_in_previous_ = false;
    return;
  }
  std::vector<Items> surplus(plan.loads.size());
  if (!std::ranges::all_of(plan.loads, &Load::empty) && !plan.configured.empty())
    for (const Load::Kind kind : Load::kKinds) {
      const auto total = std::ranges::count(plan.configured, kind, &Load::kind_of);
      const auto above = above_share(plan.loads, kind, static_cast<std::size_t>(total));
      for (std::size_t i = 0; i < surplus.size(); ++i)
        surplus[i].insert(surplus[i].end(), above[i].begin(), above[i].end());
    }
  if (std::ranges::all_of(surplus, &Items::empty)) {
    if (std::exchange(revoked_in_previous_, false))
      successive_revocations_ = 0;
    return;
  }
  if (revoked_in_previous_) {
    ++successive_revocations_;
    delay_ = backoff();
    if (delay_ != Duration::zero()) {
      scheduled_ = plan.round.now + delay_;
      return;
    }
  }
  revoked_in_previous_ = true;
  for (std::size_t i = 0; i < surplus.size(); ++i) {
    std::ranges::sort(surplus[i]);
    plan.revoke(plan.loads[i], surplus[i]);
  }
}

void CooperativeAssignor::remember(const Plan &plan) {
  std::map<TaskId, std::string> placed;
  for (const Load &load : plan.loads)
    for (const Load::Kind kind : Load::kKinds)
      for (const TaskId &item : load.of(kind))
        placed.emplace(item, load.id());
  for (const auto &[id, items] : plan.revoked)
    for (const TaskId &item : items) {
      placed.erase(item);
      previous_revoked_.push_back(item);
    }
  for (const TaskId &item : plan.lost)
    placed.emplace(item, previous_.at(item));
  previous_ = std::move(placed);
  previous_generation_ = plan.round.generation;
  previous_members_.clear();
  for (const auto &[id, work] : plan.round.members)
    previous_members_.insert(id);
}

Decision CooperativeAssignor::assign(const Round &round) {
  Plan plan = survey(round);
  plan.created = both(plan.created, take_lost_of_dead(plan));
  const Items free = place_lost(plan);
  balance(plan);
  Items new_work = plan.created;
  new_work.insert(new_work.end(), free.begin(), free.end());
  deal(plan.loads, new_work);

  Decision decision{.members = {}, .delay = delay_};
  for (const Load &load : plan.loads) {
    Decision::Orders &orders = decision.members[load.id()];
    const Items before = sorted_items(round.members.at(load.id()));
    orders.all = load.work();
    orders.assigned = load.work([&](const TaskId &item) { return !has(before, item); });
    if (const auto revoked = plan.revoked.find(load.id()); revoked != plan.revoked.end())
      orders.revoked = work_of(revoked->second);
  }
  remember(plan);
  return decision;
}

} // namespace host::cluster
