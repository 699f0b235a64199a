#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "host/base/error.h"
#include "host/base/fd.h"
#include "host/supervisor/fork_protocol.h"

namespace host::supervisor {

// A child process and the descriptor by which it is watched and signalled without races.
struct Child {
  pid_t pid = 0;
  UniqueFd pidfd;
};

// Starts this program once more as a template whose socket is `socket`. Its parent is the calling
// thread: the kernel ends it with that thread.
Result<Child> spawn_template(const UniqueFd &socket, const std::vector<std::string> &environment,
                             bool inherit_stdio);

// Starts `program` (empty: this program) as one runner.
Result<Child> spawn_runner(const std::string &program, ChildFds fds, const RunnerShape &shape,
                           const std::vector<std::string> &environment);

// For a process known by number only, such as one that the template forked.
Result<UniqueFd> open_pidfd(pid_t pid);
// Nothing happens if the process is gone.
void send_signal(int pidfd, int signal);

} // namespace host::supervisor
