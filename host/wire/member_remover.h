#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "host/base/clock.h"
#include "host/wire/security.h"

namespace host::wire {

// A static member of a consumer group, and where its group is asked for.
struct StaticMember {
  std::string bootstrap; // bootstrap.servers of its consumer
  std::string group;
  std::string instance_id;
  Security security = {}; // of its consumer
  friend bool operator==(const StaticMember &, const StaticMember &) = default;
};

// Takes members that have ended for good out of their groups, behind the back of those who say so:
// a broker that does not answer delays nobody, and what cannot be done before `patience` is over is
// logged and left to the end of the member's session. Made and stopped by the app; its thread
// exists from the first removal on.
class MemberRemover {
public:
  explicit MemberRemover(Duration patience = Duration(30'000)) : patience_(patience) {}
  ~MemberRemover();
  MemberRemover(const MemberRemover &) = delete;
  MemberRemover &operator=(const MemberRemover &) = delete;

  // Any thread, returns at once. Nothing is done after stop().
  void remove(StaticMember member);
  // Withdraws it: the member is about to start again. One whose request is under way at this very
  // moment may still be removed; its consumer joins again by itself then.
  void keep(const StaticMember &member);

  // Gives what is asked for so long to be done, then ends the thread.
  void stop(Duration last_chance = Duration(1'000));

private:
  struct Ended {
    StaticMember member;
    TimePoint deadline;
  };
  // Members of one group whose removal is under way.
  struct Round {
    std::vector<Ended> members;
    std::stop_source stop;
  };

  void run();
  void begin_round(); // with mutex_ held
  void work_off(std::unique_lock<std::mutex> &lock);
  void put_back(const std::vector<Ended> &members);

  const Duration patience_;
  std::mutex mutex_; // guards the following
  std::condition_variable changed_;
  std::deque<Ended> queue_;
  std::optional<Round> round_;
  bool stopping_ = false;
  bool given_up_ = false;
  std::thread thread_;
};

} // namespace host::wire
