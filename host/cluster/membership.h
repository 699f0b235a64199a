#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/cluster/membership_figures.h"
#include "host/wire/group_messages.h"
#include "host/wire/security.h"

namespace host::cluster {

// How a worker takes part in its group (contract 7.1). The first three times have their defaults
// where their keys are defined (config/cluster_keys.h), the others here.
struct MembershipSettings {
  std::string bootstrap; // bootstrap.servers
  wire::Security security;
  std::string client_id; // the broker makes the member id of it
  std::string group;     // group.id
  std::string type = "connect";
  Duration session_timeout{};
  Duration rebalance_timeout{};
  Duration heartbeat_interval{}; // shorter than the session
  Duration retry_backoff{100};
  Duration retry_backoff_max{1'000};
  Duration request_timeout{40'000};
  Duration leave_timeout{3'000};   // a courtesy to the others
  Duration trouble_backoff{5'000}; // between attempts at what only a person can mend
};

// A member's place in one generation of the group.
struct Seat {
  std::int32_t generation = -1;
  std::string protocol; // the one that all members can
  std::string member_id;
  std::string leader_id;
  bool leads() const { return !member_id.empty() && member_id == leader_id; }
};

// Why everything that was assigned must stop.
enum class Revocation : std::uint8_t {
  Expelled = 1, // the group goes on without this member: others may run its work already
  Lapsing,      // no good heartbeat for two thirds of the session: the lease is about to end
  Late,         // on_joining was not answered within the rebalance timeout, so the worker left
};

// What a worker does as a member. Called on the membership's thread, one call at a time: post it
// and return; heartbeats wait for nothing of this. Metadata and assignments are opaque here
// (contract 7.2 has their bytes).
class MembershipListener {
public:
  using Offer = std::function<void(std::vector<wire::GroupProtocol>)>;
  using Plan = std::function<void(std::vector<wire::MemberAssignment>)>;

  virtual ~MembershipListener() = default;

  // The worker is to join, again or for the first time. `offer`, called from any thread, gives the
  // protocols that it can, the preferred first, each with its metadata; when everything has stopped
  // that the metadata does not name. Asked again when an attempt has failed; only the answer to the
  // last question counts.
  virtual void on_joining(Offer offer) = 0;
  // This worker leads the generation: `plan`, called from any thread, gives each member's
  // assignment.
  virtual void on_elected(Seat seat, std::vector<wire::JoinedMember> members, Plan plan) = 0;
  // The generation is formed. There is a lease by now.
  virtual void on_assigned(Seat seat, std::string assignment) = 0;
  // Everything must stop; nothing is assigned until the next on_assigned, which comes after
  // on_joining.
  virtual void on_revoked(Revocation kind, const std::string &why) = 0;
  // A good heartbeat: until this time (milliseconds of CLOCK_BOOTTIME), 500 ms before the session
  // could end, what this worker runs may write. Afterwards it must be dead.
  virtual void on_lease(std::int64_t until_boottime_ms) = 0;
};

// This worker's membership in the cluster's group: a client of Kafka's classic group protocol with
// a thread of its own, which waits for the network and for nothing else. It finds the coordinator
// (again, when it moves or dies), joins, takes part in rebalances, and heartbeats on a connection
// of its own, also while a JoinGroup waits for other members. It never gives up: what only a person
// can mend (credentials, certificates, a refused session timeout) is logged, told by trouble(), and
// tried again more slowly.
//
// Life: construct, start(), request_stop() (any thread), stop(): leaves the group and joins the
// thread. Made and owned by the herder's owner; the listener outlives it.
class Membership {
public:
  // A Config error if bootstrap.servers has no address.
  static Result<std::unique_ptr<Membership>> create(MembershipSettings settings,
                                                    MembershipListener &listener);
  ~Membership();
  Membership(const Membership &) = delete;
  Membership &operator=(const Membership &) = delete;

  void start();
  void request_stop();
  void stop();

  // Any thread; at once. Joins again although the group is at rest: the leader so makes everybody
  // join (a changed configuration), a follower if its metadata has changed.
  void request_rejoin(std::string why);
  // Takes a member that is known to be dead out of the group, so that nobody waits for the end of
  // its session. `done`, on the membership's thread, hears whether it was a member still: one that
  // had left by itself, as a worker does that stops in order, has not died.
  using OnRemoved = std::function<void(bool was_member)>;
  void remove_member(std::string member_id, OnRemoved done);

  // What keeps the worker from being a member, in words; empty while nothing does. Any thread.
  std::string trouble() const;
  // Any thread.
  MembershipFigures figures() const;

private:
  class Core;
  explicit Membership(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

} // namespace host::cluster
