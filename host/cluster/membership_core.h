#pragma once

#include "host/cluster/signal.h" // first: Asio's coroutines

#include <boost/asio/io_context.hpp>

#include <deque>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "host/cluster/membership.h"
#include "host/wire/connection.h"

namespace host::cluster {

// The coroutines of a membership and what they share; one thread. `run` joins, `beat` sends
// heartbeats, `watch_lease` sees them fail, `do_errands` removes dead members.
class Membership::Core : public std::enable_shared_from_this<Core> {
public:
  Core(MembershipSettings settings, std::vector<wire::Address> brokers,
       MembershipListener &listener);

  void start();
  void post(std::function<void(Core &)> action); // any thread
  void join_thread();
  void stop_soon();
  void want_rejoin(const std::string &why);
  // A member to be removed.
  struct Errand {
    std::string member_id;
    OnRemoved done;
  };
  void add_errand(Errand errand);
  std::string trouble() const;
  MembershipFigures figures() const; // any thread

private:
  template <class T> using Async = wire::Async<T>;

  // What the joining coroutine is at; heartbeats' answers mean different things in each.
  enum class Phase : std::uint8_t { Resting = 1, Preparing, Joining, Syncing };

  // membership.cpp
  Async<void> run();
  Async<std::optional<std::vector<wire::GroupProtocol>>> ask_offer();
  Async<void> recover(Error error);
  void give_up(Revocation kind, const std::string &why);
  void say_trouble(const Error &error);
  void end_trouble();
  Duration backoff();

  // membership_join.cpp
  Async<Status> take_seat(std::vector<wire::GroupProtocol> offer);
  Async<Result<wire::Joined>> join(const std::vector<wire::GroupProtocol> &offer);
  Async<Result<std::vector<wire::MemberAssignment>>>
  ask_plan(Seat seat, std::vector<wire::JoinedMember> members);
  Async<Result<std::string>> sync(const Seat &seat,
                                  std::vector<wire::MemberAssignment> assignments);
  Async<Status> await_lease();
  Async<void> leave(std::string why);
  Async<void> do_errands();
  Async<Result<bool>> remove(wire::Connection &connection, std::string member_id,
                             TimePoint deadline);
  Async<Status> connect(wire::Connection &connection, TimePoint deadline);
  void remember_coordinator(const wire::Address &found);
  void forget_coordinator();
  Error refusal(std::string_view what, wire::GroupError error);

  // heartbeat.cpp
  Async<void> beat();
  Async<void> beat_once();
  Async<void> watch_lease();
  void on_beat(const wire::Heartbeat &beat, wire::GroupError error, std::int64_t sent_boottime_ms,
               TimePoint sent);
  void renew(std::int64_t sent_boottime_ms, TimePoint sent);
  bool is_member() const { return generation_ >= 0 && !member_id_.empty(); }

  const MembershipSettings settings_;
  MembershipListener &listener_;
  boost::asio::io_context io_{1};
  Signal changed_{io_};                // of anything below
  std::vector<wire::Address> brokers_; // configured ones, and coordinators that were met
  const std::size_t configured_brokers_;
  std::size_t next_broker_ = 0;
  std::optional<wire::Address> coordinator_;
  wire::Traffic traffic_;    // of all three
  wire::Connection joiner_;  // join, sync, leave
  wire::Connection beater_;  // heartbeats
  wire::Connection remover_; // of dead members

  Phase phase_ = Phase::Resting;
  bool stopping_ = false;
  bool rejoin_ = true;
  std::string member_id_;        // empty: a new member
  std::int32_t generation_ = -1; // below zero: none yet, or none any more
  bool assigned_ = false;        // between on_assigned and on_revoked

  std::uint64_t question_ = 0; // the last one asked of the listener
  std::optional<std::vector<wire::GroupProtocol>> offer_;
  std::optional<std::vector<wire::MemberAssignment>> plan_;

  std::optional<TimePoint> next_beat_; // nothing: at once
  TimePoint joined_at_;                // when this generation was formed
  std::optional<TimePoint> leased_;    // send time of the last good heartbeat
  std::deque<Errand> errands_;
  int failures_ = 0; // in a row, of joining
  std::mt19937 random_{std::random_device{}()};
  MembershipCounters counters_;

  mutable std::mutex mutex_; // guards the following
  std::string trouble_;
  std::thread thread_; // start() and join_thread()
};

} // namespace host::cluster
