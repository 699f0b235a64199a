#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/base/fd.h"
#include "host/link/io_loop.h"
#include "host/supervisor/fork_protocol.h"
#include "host/supervisor/reaper.h"
#include "host/supervisor/spawn.h"

namespace host::supervisor {

// Makes the descriptors of one runner, whose other ends the caller keeps. Called when its turn has
// come, and again if the template was lost before it forked.
using OpenChildFds = std::function<Result<ChildFds>()>;
using OnChild = std::function<void(Result<Child>)>;

// The process that runners are forked from, as the host sees it: a warmed, single-threaded start of
// this same program that never runs plugin code. Its loss costs no runner; it is replaced, and what
// it had not forked yet is asked for again.
//
// Life: start, stop. Owned by the RunnerStarter; everything on the loop's thread, whose end also
// ends the template.
class Template {
public:
  struct Settings {
    std::vector<std::string> environment;
    bool inherit_stdio = false;
    Duration reply_timeout{10'000};
  };

  Template(link::IoLoop &loop, Reaper &reaper, Settings settings);
  ~Template();
  Template(const Template &) = delete;
  Template &operator=(const Template &) = delete;

  void start();
  // Kills the template, and runners that were forked but not handed out.
  void stop();

  // Forks in the order of the calls. Unavailable: not through this template, but try another way.
  void fork_runner(const RunnerShape &shape, OpenChildFds open, OnChild done);

  // True after it ended several times in a row without forking anything, until it works again.
  bool unusable() const { return failures_ >= kFailuresAllowed; }
  pid_t pid() const { return child_.pid; }

private:
  struct Request {
    RunnerShape shape;
    OpenChildFds open;
    OnChild done;
    int tries = 0;
  };
  // Bounds what waits inside the socket: descriptors in flight count against the user's limit.
  static constexpr std::size_t kMaxInFlight = 8;
  static constexpr int kMaxTries = 3;
  static constexpr int kFailuresAllowed = 3;

  void spawn();
  void send_waiting();
  void send(Request request);
  void on_readable();
  void on_reply(const ForkReply &reply);
  void on_lost();
  void schedule_spawn();
  void give_up_waiting();
  void arm_deadline();
  void bury_unclaimed();

  link::IoLoop &loop_;
  Reaper &reaper_;
  Settings settings_;
  Child child_;
  UniqueFd socket_;
  link::Watch watch_;
  link::Timer respawn_;
  link::Timer deadline_;
  std::uint64_t last_id_ = 0;
  std::deque<Request> waiting_;
  std::map<std::uint64_t, Request> in_flight_; // by id, thus in the order sent
  TimePoint spawned_at_;
  int failures_ = 0; // in a row
  bool running_ = false;
};

} // namespace host::supervisor
