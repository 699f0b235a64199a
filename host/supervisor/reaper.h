#pragma once

#include <sys/types.h>

#include <list>

#include "host/base/clock.h"
#include "host/link/io_loop.h"
#include "host/supervisor/spawn.h"

namespace host::supervisor {

// Ends and reaps processes that nobody else waits for: runners that were given up, what plugin code
// left behind in a runner's process group, remains of a template. Owned by the supervisor, on its
// loop's thread.
class Reaper {
public:
  explicit Reaper(link::IoLoop &loop) : loop_(loop) {}

  // Kills the process with its group.
  void bury(Child child);
  // Reaps what is left of a group whose members were killed or end by themselves.
  void reap_rest(pid_t group);

  // Waits for what is being buried, at most until the deadline. Nothing is watched afterwards.
  void stop(TimePoint deadline);

private:
  struct Grave {
    pid_t group = 0;
    Child child; // none for the rest of a group
    link::Watch watch;
    link::Timer again;
  };
  using Graves = std::list<Grave>;

  void look(Graves::iterator grave);
  static bool is_empty(Grave &grave);

  link::IoLoop &loop_;
  Graves graves_;
};

} // namespace host::supervisor
