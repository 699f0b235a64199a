#include "host/cluster/leader.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/cluster/load.h"
#include "host/cluster/protocol.h"

namespace host::cluster {
namespace {

const log::Logger kLog{"sluice.cluster"};

std::map<std::string, WorkerState> states_of(const std::vector<wire::JoinedMember> &members) {
  std::map<std::string, WorkerState> states;
  for (const wire::JoinedMember &member : members) {
    auto state = decode_worker_state(member.metadata);
    if (state)
      states.emplace(member.id, *std::move(state));
    else
      kLog.error(
          "Member '{}' of the group gets no work: {}. Is it a Kafka Connect worker, and does "
          "it belong to this group.id?",
          member.id, state.error().message());
  }
  return states;
}

std::int64_t newest_offset(const std::map<std::string, WorkerState> &states) {
  std::int64_t newest = -1;
  for (const auto &[id, state] : states)
    newest = std::max(newest, state.config_offset);
  return newest;
}

Round round_of(const Leader::Election &election, const storage::ConfigState &config,
               const std::map<std::string, WorkerState> &states) {
  Round round{.generation = election.seat.generation,
              .last_generation = election.last_generation,
              .now = election.now,
              .configured = configured_work(config),
              .members = {},
              .dead = election.dead};
  for (const auto &[id, state] : states) {
    Work &work = round.members[id];
    if (state.assignment)
      work = {state.assignment->connectors, state.assignment->tasks};
  }
  return round;
}

// What all members are told alike.
Assignment common(const Leader::Election &election,
                  const std::map<std::string, WorkerState> &states, std::int64_t config_offset) {
  Assignment assignment;
  assignment.leader = election.seat.leader_id;
  if (const auto leader = states.find(election.seat.leader_id); leader != states.end())
    assignment.leader_url = leader->second.url;
  assignment.config_offset = config_offset;
  return assignment;
}

template <class Item>
void append_missing(std::vector<Item> &to, const std::vector<Item> &from,
                    const std::vector<Item> &without) {
  std::unordered_set<Item> skip(to.begin(), to.end());
  skip.insert(without.begin(), without.end());
  for (const Item &item : from)
    if (!skip.contains(item))
      to.push_back(item);
}

} // namespace

Owners::Owners(const Decision &decision, const std::map<std::string, WorkerState> &members) {
  for (const auto &[id, orders] : decision.members) {
    for (const TaskId &item : sorted_items(orders.all))
      places_.emplace(item, urls_.size());
    urls_.push_back(members.at(id).url);
  }
}

const std::string *Owners::of_task(const TaskId &task) const {
  const auto place = places_.find(task);
  return place != places_.end() ? &urls_[place->second] : nullptr;
}

const std::string *Owners::of_connector(const std::string &connector) const {
  return of_task({connector, kConnectorNumber});
}

Work configured_work(const storage::ConfigState &state) {
  Work work;
  for (const auto &[name, connector] : state.connectors) {
    work.connectors.push_back(name);
    for (std::size_t i = 0; i < connector->tasks.size(); ++i)
      work.tasks.push_back({name, static_cast<std::int32_t>(i)});
  }
  return work;
}

Assignment merged(Assignment told, const std::optional<Assignment> &before) {
  if (before) {
    append_missing(told.connectors, before->connectors, told.revoked_connectors);
    append_missing(told.tasks, before->tasks, told.revoked_tasks);
  }
  return told;
}

Result<Leader::Plan> Leader::plan(const Election &election,
                                  const std::function<Snapshot()> &fresh) {
  const auto protocol = protocol_named(election.seat.protocol);
  if (!protocol)
    return fail(Code::Data, fmt::format("the group has chosen protocol '{}', which is none of "
                                        "Kafka Connect's",
                                        election.seat.protocol));
  const auto states = states_of(election.members);
  const std::int64_t newest = newest_offset(states);
  Snapshot config = election.known;
  std::int64_t offset = newest;
  if (config->offset < newest) {
    config = fresh();
    offset = std::max(newest, config->offset);
  }
  Plan plan{.assignments = {},
            .in_step = config->offset >= newest,
            .delay = Duration::zero(),
            .owners = std::make_shared<const Owners>()};
  Assignment base = common(election, states, offset);
  Decision decision;
  if (!plan.in_step) {
    kLog.info("The config topic was read up to {} here and to {} elsewhere: all join again", //
              config->offset, newest);
    base.error = Assignment::Error::ConfigMismatch;
  } else if (!states.empty()) {
    const Round round = round_of(election, *config, states);
    decision = *protocol == Protocol::Eager ? assign_eagerly(round) : assignor_.assign(round);
    plan.delay = decision.delay;
    plan.owners = std::make_shared<const Owners>(decision, states);
  }
  base.delay_ms = static_cast<std::int32_t>(plan.delay.count());
  for (const wire::JoinedMember &member : election.members) {
    Assignment assignment = base;
    if (const auto found = decision.members.find(member.id); found != decision.members.end()) {
      auto &[assigned, revoked, all] = found->second;
      assignment.connectors = std::move(assigned.connectors);
      assignment.tasks = std::move(assigned.tasks);
      assignment.revoked_connectors = std::move(revoked.connectors);
      assignment.revoked_tasks = std::move(revoked.tasks);
    }
    plan.assignments.push_back({member.id, encode(assignment, *protocol)});
  }
  return plan;
}

} // namespace host::cluster
