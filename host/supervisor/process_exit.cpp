#include "host/supervisor/process_exit.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fmt/format.h>

namespace host::supervisor {

std::string signal_name(int number) {
  if (const char *name = ::sigabbrev_np(number))
    return std::string("SIG") + name;
  if (number >= SIGRTMIN && number <= SIGRTMAX)
    return fmt::format("SIGRTMIN+{}", number - SIGRTMIN);
  return fmt::format("signal {}", number);
}

std::string ProcessExit::text() const {
  switch (kind) {
  case Kind::Exited:
    return fmt::format("exited with code {}", value);
  case Kind::Signalled:
    return "killed by " + signal_name(value);
  default:
    return "ended";
  }
}

std::optional<ProcessExit> reap(int pidfd) {
  siginfo_t info{};
  rusage usage{};
  // The system call itself, because the library's waitid does not give the resource usage.
  long result;
  do
    result = ::syscall(SYS_waitid, P_PIDFD, pidfd, &info, WEXITED | WNOHANG, &usage);
  while (result < 0 && errno == EINTR);
  if (result < 0)
    return ProcessExit{};
  if (info.si_pid == 0)
    return std::nullopt;
  ProcessExit exit;
  exit.kind = info.si_code == CLD_EXITED ? ProcessExit::Kind::Exited : ProcessExit::Kind::Signalled;
  exit.value = info.si_status;
  exit.peak_memory_bytes = std::int64_t{usage.ru_maxrss} * 1024;
  return exit;
}

bool reap_group(int group) {
  for (;;) {
    siginfo_t info{};
    const int result = ::waitid(P_PGID, static_cast<id_t>(group), &info, WEXITED | WNOHANG);
    if (result < 0 && errno == EINTR)
      continue;
    if (result < 0)
      return false;
    if (info.si_pid == 0)
      return true;
  }
}

} // namespace host::supervisor
