#pragma once

namespace host::supervisor {

// The descriptors that a runner owns; all of them close on exec.
struct RunnerFds {
  int link = -1; // the link's end of a socketpair
  int log = -1;  // write end of the log pipe, non-blocking
  int page = -1; // memfd of the shared page
};

// What a runner process runs; its result is the exit code. Given by the program, because the room
// that implements it stands beside this one.
using RunnerMain = int (*)(const RunnerFds &fds);

// Run once in the template before the first fork: whatever every runner would initialise anyway
// (OpenSSL, librdkafka). Must leave no thread behind.
using WarmUp = void (*)();

// First statement of every main whose process may start runners (sluiced, sluice-runner, tests).
// Returns at once in an ordinary start. When the process was started as a template or, with
// `runner.spawn=exec`, as a runner, it serves as that and never returns.
void maybe_run_template(int argc, char **argv, RunnerMain run, WarmUp warm_up = nullptr);

} // namespace host::supervisor
