#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host/base/clock.h"
#include "host/cluster/assignment.h"

// Who runs what. Pure: no I/O, no clock but the one in the question, and the same answer for the
// same history. Every step is O(n log n) in connectors, tasks and members.
namespace host::cluster {

// What the leader knows when a generation is formed.
struct Round {
  std::int32_t generation = 0;         // that is being formed
  std::int32_t last_generation = -1;   // the last one that this worker saw through, as a member
  TimePoint now;                       // the leader's clock
  Work configured;                     // what the config snapshot has
  std::map<std::string, Work> members; // by member id: what each says it runs; never empty
  std::set<std::string> dead;          // members that are gone, and whose process surely is, too
};

// What it makes of that.
struct Decision {
  struct Orders {
    Work assigned; // to start
    Work revoked;  // to stop
    Work all;      // what the member has when it has done both
  };
  std::map<std::string, Orders> members; // of each member of the round
  Duration delay{0};                     // all join again after this; 0: no need to
};

// Sub-protocol `default`: everybody has stopped everything; connectors first, then tasks, dealt out
// in turn to the members by id.
Decision assign_eagerly(const Round &round);

// Default of scheduled.rebalance.max.delay.ms: long enough for a worker that is restarted to be back
// before its work moves, short enough for failover in seconds. (Connect's is five minutes.)
inline constexpr Duration kDefaultMaxDelay{1'000};

// Sub-protocols `compatible` and `sessioned` (KIP-415; contract 7.4, 7.5): decides as Connect's
// assignor does, also where that leaves a choice, with two exceptions. What a dead member ran moves
// at once. And what is not configured any more is revoked from whoever reports it, not only from
// those to whom this leader gave it: after a change of leaders nothing deleted goes on running.
//
// Every worker owns one, for its life; it counts only while the worker leads, and finds out by
// itself when it has missed a generation. One thread.
class CooperativeAssignor {
public:
  // `max_delay` is scheduled.rebalance.max.delay.ms: how long the work of a member that left or
  // fell silent waits for it to come back.
  explicit CooperativeAssignor(Duration max_delay) : max_delay_(max_delay) {}

  Decision assign(const Round &round);

private:
  struct Plan;
  using Items = std::vector<TaskId>; // sorted, nothing twice; connectors have number -1

  Plan survey(const Round &round);
  Items take_lost_of_dead(Plan &plan) const;
  Items place_lost(Plan &plan);
  bool is_back_or_never_left(const Plan &plan) const;
  void hand_to_candidates(Plan &plan);
  void wait_for_the_lost(const Plan &plan);
  void balance(Plan &plan);
  void remember(const Plan &plan);
  void end_delay();
  Duration backoff() const;

  Duration max_delay_;

  std::map<TaskId, std::string> previous_; // what runs, or ran when last seen, and where
  Items previous_revoked_;
  std::set<std::string> previous_members_;
  std::int32_t previous_generation_ = -1;
  bool revoked_in_previous_ = false; // for balance
  int successive_revocations_ = 0;
  std::vector<std::string> candidates_; // empty members, one of which may be a lost one come back
  std::optional<TimePoint> scheduled_;  // when what is lost is handed out
  Duration delay_{0};
};

} // namespace host::cluster
