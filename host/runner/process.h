#pragma once

namespace host::runner {

// What a runner process inherits; both kinds of start (fork, exec) have put it in place.
struct RunnerDescriptors {
  int link = -1; // the runner's end of the link
  int log = -1;  // write end of the log pipe; -1: events go to standard error
  int page = -1; // the shared page
};

// The life of a runner process, on its main thread, which becomes the link's. Ends the process with
// one of link/exit_code.h by _exit: plugin code may still be running, and its static destructors
// must not run beside it. Returns only when the start fails.
int runner_main(RunnerDescriptors fds);

} // namespace host::runner
