// This worker's part in rebalances (contract 7.6). Joining, what is assigned and what is revoked
// are settled one after the other: all hold the turn of the group.
#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "host/base/log.h"
#include "host/cluster/protocol.h"
#include "host/herder/distributed_herder.h"

namespace host::herder {
namespace {

const log::Logger kLog{"sluice.herder"};

// No connector has this name: names of connectors are not empty.
const std::string kGroup;

constexpr Duration kLastWords{2'000};

} // namespace

void DistributedHerder::on_joining(Offer offer) {
  tick().post([this, offer = std::move(offer)]() mutable {
    joining_ = true;
    run_joining(++question_, std::move(offer));
  });
}

void DistributedHerder::on_elected(cluster::Seat seat, std::vector<wire::JoinedMember> members,
                                   Plan plan) {
  tick().post([this, seat = std::move(seat), members = std::move(members), plan = std::move(plan)] {
    const cluster::Leader::Election election{.seat = seat,
                                             .members = members,
                                             .last_generation = seat_.generation,
                                             .now = clock().now(),
                                             .dead = dead_,
                                             .known = known_ ? known_ : configs()};
    auto made = leader_.plan(election, [this] { return configs(); });
    if (!made) // without an answer the group forms anew after the session timeout
      return kLog.error("This worker leads generation {} and cannot assign anything: {}",
                        seat.generation, made.error().message());
    owners_ = made->owners;
    hold_others(members);
    plan(std::move(made->assignments));
  });
}

// As leader: whose process dies is noticed at once. Who is dead is of no interest any more when it
// is no member any more: its work has just been given to others.
void DistributedHerder::hold_others(const std::vector<wire::JoinedMember> &members) {
  std::vector<cluster::TetheredWorker> others;
  std::set<std::string> dead;
  for (const wire::JoinedMember &member : members) {
    if (dead_.contains(member.id))
      dead.insert(member.id);
    else if (const auto state = cluster::decode_worker_state(member.metadata);
             state && state->url != cluster_.url)
      others.push_back({member.id, state->url});
  }
  dead_ = std::move(dead);
  cluster_.calls.hold(std::move(others));
}

// As follower: when the leader dies, whoever leads next is to know it as soon.
void DistributedHerder::hold_leader(const std::string &url) {
  dead_.clear();
  cluster_.calls.hold({{seat_.leader_id, url}});
}

// A port is closed, too, by a worker that stops in order; that one has left the group before.
void DistributedHerder::on_worker_dead(const std::string &member_id) {
  cluster_.calls.remove_member(member_id, [this, member_id](bool was_member) {
    if (!was_member)
      return;
    tick().post([this, member_id] {
      kLog.warn("Worker '{}' is dead; what it ran is taken over", member_id);
      dead_.insert(member_id);
      rejoin("a worker has died");
    });
  });
}

void DistributedHerder::on_assigned(cluster::Seat seat, std::string assignment) {
  tick().post([this, seat = std::move(seat), assignment = std::move(assignment)]() mutable {
    run_assigned(std::move(seat), std::move(assignment));
  });
}

void DistributedHerder::on_revoked(cluster::Revocation, const std::string &why) {
  tick().post([this, why] {
    kLog.warn("Everything that runs here is stopped: {}", why);
    joining_ = true;
    ++revocations_;
    if (cut_off_wall_ms_ == 0)
      cut_off_wall_ms_ = clock().wall_ms();
    run_revoked();
  });
}

void DistributedHerder::on_lease(std::int64_t until_boottime_ms) {
  lease_until_boottime_ms_ = until_boottime_ms;
  supervisor().renew_lease(until_boottime_ms);
}

void DistributedHerder::rejoin(const std::string &why) {
  joining_ = true;
  cluster_.calls.rejoin(why);
}

Job DistributedHerder::run_joining(std::uint64_t question, Offer offer) {
  Turns::Turn turn = co_await turns().of(kGroup);
  if (question != question_ || stopping())
    co_return; // asked again meanwhile
  // Eager members have nothing when they join.
  const bool eager = seat_.protocol == name_of(cluster::Protocol::Eager);
  if (eager && assignment_ && !assignment_->failed()) {
    (void)co_await stop_everything();
    assignment_.reset();
    note_assignment();
  }
  known_ = configs();
  const cluster::WorkerState state{cluster_.url, known_->offset, assignment_};
  std::vector<wire::GroupProtocol> protocols;
  for (const cluster::Protocol protocol : cluster::offered_protocols(cluster_.newest))
    protocols.push_back({std::string(name_of(protocol)), cluster::encode(state, protocol)});
  offer(std::move(protocols));
}

// Gives up when everything is revoked meanwhile.
Job DistributedHerder::run_assigned(cluster::Seat seat, std::string bytes) {
  const std::uint64_t revocations = revocations_;
  const std::uint64_t question = question_;
  assigned_at_ = clock().now();
  Turns::Turn turn = co_await turns().of(kGroup);
  if (revocations != revocations_)
    co_return;
  auto told = cluster::decode_assignment(bytes);
  if (!told) {
    kLog.error("The assignment of generation {} cannot be read: {}", seat.generation,
               told.error().message());
    rejoin_later("its assignment could not be read");
    co_return;
  }
  seat_ = seat;
  note_place(seat, told->leader_url);
  if (!seat.leads())
    hold_leader(told->leader_url);
  note_protocol(seat.protocol);
  const bool all_told = seat.protocol == name_of(cluster::Protocol::Eager);
  if (all_told)
    revoke_the_rest(*told);
  const bool has_revoked = !told->revoked_connectors.empty() || !told->revoked_tasks.empty();
  if (has_revoked) {
    (void)co_await stop_parts(told->revoked_connectors, told->revoked_tasks);
    // What is said late must not stand over what the next worker says.
    (void)co_await say_the_rest();
  }
  if (revocations != revocations_)
    co_return;
  assignment_ = all_told ? *told : cluster::merged(*told, assignment_);
  std::ranges::sort(assignment_->tasks); // is_assigned() looks there
  note_assignment();
  kLog.info("Generation {}: {} {}, {} connectors and {} tasks are assigned here", seat.generation,
            seat.leads() ? "leads" : "follows", assignment_->leader_url,
            assignment_->connectors.size(), assignment_->tasks.size());
  if (told->delay_ms > 0)
    tick().after(Duration(told->delay_ms), [this, generation = seat.generation] {
      if (seat_.generation == generation)
        rejoin("the delay of a rebalance is over");
    });
  const bool behind = configs()->offset < told->config_offset;
  bool caught_up = true;
  if (behind || (told->failed() && seat.leads()))
    caught_up = co_await catch_up(told->config_offset);
  if (revocations == revocations_ && may_start(*told, caught_up))
    begin_generation(question, has_revoked && !all_told);
}

// Whether this worker has read what was assigned and no more. If not it joins again.
bool DistributedHerder::may_start(const cluster::Assignment &told, bool caught_up) {
  if (told.failed()) {
    rejoin("workers had read different parts of the config topic");
    return false;
  }
  if (!caught_up) {
    rejoin_later("the config topic was not read in time");
    return false;
  }
  if (seat_.leads())
    bury_unknown();
  if (configs()->offset == told.config_offset)
    return true;
  rejoin("the config topic has more than was assigned");
  return false;
}

void DistributedHerder::begin_generation(std::uint64_t question, bool has_revoked) {
  joining_ = question != question_;
  cut_off_wall_ms_ = 0;
  set_ready(true);
  renew_session_key();
  start_missing();
  if (!joining_)
    release_waiting();
  note_rebalanced(assigned_at_);
  if (has_revoked)
    rejoin("what was revoked can be assigned again");
}

// An eager leader tells what runs here and means: nothing else. Something else may run when the
// group was cooperative until now.
void DistributedHerder::revoke_the_rest(cluster::Assignment &told) const {
  const std::set<std::string> connectors(told.connectors.begin(), told.connectors.end());
  const std::set<TaskId> tasks(told.tasks.begin(), told.tasks.end());
  told.revoked_connectors.clear();
  told.revoked_tasks.clear();
  std::set_difference(objects_.begin(), objects_.end(), connectors.begin(), connectors.end(),
                      std::back_inserter(told.revoked_connectors));
  std::set_difference(tasks_.begin(), tasks_.end(), tasks.begin(), tasks.end(),
                      std::back_inserter(told.revoked_tasks));
}

void DistributedHerder::note_protocol(const std::string &protocol) {
  const bool sessioned = protocol == name_of(cluster::Protocol::Sessioned);
  if (sessioned_.exchange(sessioned) == sessioned)
    return;
  if (sessioned)
    kLog.info("Requests of other workers must be signed from now on (KIP-507)");
  else
    kLog.warn("Requests of other workers are not checked any more: some worker of this cluster "
              "does not sign them (KIP-507)");
}

void DistributedHerder::rejoin_later(const std::string &why) {
  tick().after(cluster_.unsync_backoff, [this, why] { rejoin(why); });
}

// What is said now of the parts may reach the topic long after others have taken them over, and
// then it would be what everybody sees.
Job DistributedHerder::run_revoked() {
  Turns::Turn turn = co_await turns().of(kGroup);
  cluster_.calls.hold({});
  (void)co_await stop_everything(Stop::Quiet);
  assignment_.reset();
  note_assignment();
  seat_ = {};
}

Job DistributedHerder::run_shutdown(std::function<void()> done) {
  release_waiting(); // to be refused
  Turns::Turn turn = co_await turns().of(kGroup);
  (void)co_await stop_everything();
  (void)co_await say_the_rest();
  done();
}

// What has been said goes out before this worker does, unless Kafka is gone.
Step<Status> DistributedHerder::say_the_rest() {
  auto waiting = std::make_shared<bool>(true);
  co_return co_await ask<Status>([&](auto done) {
    const auto once = [this, waiting, done](const Status &said) {
      tick().post([waiting, done, said] {
        if (std::exchange(*waiting, false))
          done(said);
      });
    };
    tick().after(kLastWords, [once] { once({}); });
    statuses_.flush(once);
  });
}

Step<bool> DistributedHerder::catch_up(std::int64_t offset) {
  Status read = co_await ask<Status>(
      [&](auto done) { configs_.refresh(cluster_.sync_timeout, std::move(done)); });
  if (!read)
    kLog.warn("The config topic could not be read to its end within {} ms: {}",
              cluster_.sync_timeout.count(), read.error().message());
  co_return read.has_value() && configs()->offset >= offset;
}

Step<Status> DistributedHerder::stop_everything(Stop how) {
  co_return co_await stop_parts({objects_.begin(), objects_.end()}, {tasks_.begin(), tasks_.end()},
                                how);
}

// Stops all at once. What is being stopped already is waited for: what is not here when this ends
// does not run any more.
Step<Status> DistributedHerder::stop_parts(std::vector<std::string> connectors,
                                           std::vector<TaskId> tasks, Stop how) {
  std::set<std::string> touched;
  for (const TaskId &task : tasks)
    touched.insert(stop_turn(task.connector));
  std::vector<Turns::Turn> stops;
  for (const std::string &name : touched)
    stops.push_back(co_await turns().of(name));
  std::erase_if(connectors, [this](const std::string &name) { return !objects_.contains(name); });
  std::erase_if(tasks, [this](const TaskId &task) { return !tasks_.contains(task); });
  std::set<std::string> names(connectors.begin(), connectors.end());
  for (const TaskId &task : tasks) {
    tasks_.erase(task);
    names.insert(task.connector);
  }
  for (const std::string &name : connectors) {
    objects_.erase(name);
    if (Connector *connector = table().find(name))
      table().renew(*connector); // what its object was doing is void
  }
  if (!tasks.empty())
    (void)co_await ask<Status>([&](auto done) { supervisor().stop_tasks(tasks, std::move(done)); });
  const auto state = configs();
  for (const TaskId &task : tasks) {
    const storage::ConnectorConfig *config = state->find(task.connector);
    const bool exists =
        config != nullptr && static_cast<std::size_t>(task.number) < config->tasks.size();
    if (!exists)
      members().ended(task);
    else if (how == Stop::Loud)
      say(task, State::Unassigned, "");
  }
  if (!connectors.empty())
    (void)co_await ask<Status>([&](auto done) {
      // Called back when the last one has let go of it.
      const std::shared_ptr<void> all(nullptr, [done](void *) { done({}); });
      for (const std::string &name : connectors)
        supervisor().set_connector_target(name, TargetState::Stopped, [all](const Status &) {});
    });
  for (const std::string &name : connectors)
    if (how == Stop::Loud && state->find(name) != nullptr)
      say({name, link::kConnectorItself}, State::Unassigned, "");
  for (const std::string &name : names) {
    if (state->find(name) == nullptr)
      remove_topics(name); // not before its tasks have stopped, which say what they use
    forget_if_idle(name);
  }
  co_return Status();
}

// The leader takes statuses of what is not configured any more off the topic.
void DistributedHerder::bury_unknown() {
  const auto state = configs();
  const auto statuses = statuses_.snapshot();
  for (const auto &[name, said] : statuses->connectors) {
    const storage::ConnectorConfig *config = state->find(name);
    if (config == nullptr) {
      if (said->connector || !said->tasks.empty())
        statuses_.remove(name);
      for (const auto &[number, status] : said->tasks)
        statuses_.remove(TaskId{name, number});
      continue;
    }
    for (const auto &[number, status] : said->tasks)
      if (static_cast<std::size_t>(number) >= config->tasks.size())
        statuses_.remove(TaskId{name, number});
  }
}

void DistributedHerder::renew_session_key() {
  const std::uint64_t watch = ++key_watch_;
  if (joining_ || !seat_.leads() || seat_.protocol != name_of(cluster::Protocol::Sessioned))
    return;
  const auto expiry = storage::session_key_expiry(configs()->session_key, cluster_.session_key);
  if (!expiry)
    return;
  const std::int64_t now_ms = clock().wall_ms();
  if (*expiry > now_ms)
    return tick().after(Duration(*expiry - now_ms), [this, watch] {
      if (watch == key_watch_)
        renew_session_key();
    });
  auto key = storage::generate_session_key(cluster_.session_key, now_ms);
  if (!key)
    return kLog.error("No session key can be made: {}", key.error().message());
  kLog.info("A new session key is given to the workers");
  configs_.put_session_key(*key, [](const Status &written) {
    if (!written) // the next generation tries again
      kLog.error("{}", written.error().message());
  });
}

} // namespace host::herder
