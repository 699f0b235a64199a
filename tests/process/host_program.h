#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "host/base/clock.h"

namespace process_test {

// A host in a process of its own, so that a test can kill it: a supervisor with one connector whose
// two tasks do `act` in their poll.
struct HostProgram {
  pid_t host = 0;
  pid_t template_process = 0;
  std::vector<pid_t> runners;

  // Returns when both tasks have been told RUNNING and have had time for a poll.
  // With a lease, which is not renewed, everything is on threads of the host.
  static HostProgram start(const std::string &act, host::Duration lease = host::Duration(0));

  // Once the host is dead: waits until all its children are gone too, and reaps those that this
  // process has inherited (it has when an earlier test ran a supervisor in it).
  bool wait_all_gone() const;
};

// In main: serves as that host and never returns, when it was started as one.
void maybe_run_host(int argc, char **argv);

} // namespace process_test
