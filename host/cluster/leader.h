#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/cluster/assignor.h"
#include "host/cluster/membership.h"
#include "host/storage/config_state.h"
#include "host/wire/group_messages.h"

namespace host::cluster {

// Where everything runs after a rebalance, for whoever must be asked or told about it. Immutable.
class Owners {
public:
  Owners() = default;
  Owners(const Decision &decision, const std::map<std::string, WorkerState> &members);

  // URL of the worker that has it; null if none has.
  const std::string *of_connector(const std::string &connector) const;
  const std::string *of_task(const TaskId &task) const;

private:
  std::vector<std::string> urls_;
  std::map<TaskId, std::size_t> places_;
};

// What runs if everything does that a snapshot has.
Work configured_work(const storage::ConfigState &state);

// A member's assignment after what the leader has told it: what it had, without what was revoked,
// and what is new (contract 7.6). Not with Eager, where the leader tells all.
Assignment merged(Assignment told, const std::optional<Assignment> &before);

// The leader's part of a rebalance: from what members say to what they are told (contract 7.3).
// Every worker owns one, for its life; it keeps the assignor's memory. One thread, no I/O.
class Leader {
public:
  using Snapshot = std::shared_ptr<const storage::ConfigState>;

  struct Election {
    Seat seat; // of this worker
    std::vector<wire::JoinedMember> members;
    std::int32_t last_generation = -1; // the last whose assignment this worker got
    TimePoint now;
    std::set<std::string> dead; // ids of former members whose process is known to be dead
    Snapshot known;             // what this worker had read when it joined
  };

  struct Plan {
    std::vector<wire::MemberAssignment> assignments; // for every member
    // False: the leader has read less of the config topic than some member. All are told so and
    // assigned nothing; they read the topic, and join again.
    bool in_step = true;
    Duration delay{0};
    std::shared_ptr<const Owners> owners; // never null
  };

  explicit Leader(Duration max_delay) : assignor_(max_delay) {}

  // `fresh` gives what has been read by now; asked only if `known` is not enough. A member that
  // does not speak Connect's protocol is assigned nothing, with an error in the log. Data error: a
  // protocol that is not Connect's.
  Result<Plan> plan(const Election &election, const std::function<Snapshot()> &fresh);

private:
  CooperativeAssignor assignor_;
};

} // namespace host::cluster
