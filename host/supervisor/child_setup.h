#pragma once

#include <sys/types.h>

#include "host/supervisor/fork_protocol.h"
#include "host/supervisor/runner_entry.h"

// What happens in a runner process before its main runs, and in the template before its first fork.
// Plain system calls: nothing here may allocate much, log or start a thread.
namespace host::supervisor {

// The memory in which argv lies, for a title that ps shows. Taken once at the start of main.
class ProcessTitle {
public:
  ProcessTitle(int argc, char **argv);
  // Cut to the room there is; also sets the name of the thread.
  void set(const char *text) const;

private:
  char *begin_;
  std::size_t size_;
};

// Ends the process, silently, unless it is (or, being forked by `forker`, soon becomes) a child of
// the host; from then on the kernel kills it when the host dies.
void bind_to_host(pid_t host, pid_t forker);

// Moves the descriptors to their places, gives 0 and 1 what the shape says, closes all others.
RunnerFds take_places(ChildFds fds, bool inherit_stdio);

void set_limits(const RunnerShape &shape);

// Limits that do not differ between runners: no core files, as many descriptors as allowed, and
// the kernel's out-of-memory killer looks at runners before the host.
void set_common_limits();

// A write to a pipe or socket without reader is an error and not the end of the process. All other
// signals have their defaults and none is blocked: the spawn that led here saw to it.
void ignore_broken_pipes();

} // namespace host::supervisor
