#include "host/supervisor/child_setup.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <string_view>

#include "host/link/exit_code.h"

namespace host::supervisor {
namespace {

// Sanitizers reserve terabytes of shadow memory as writable private mappings, which RLIMIT_DATA
// counts.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

void put_at(UniqueFd fd, int place) {
  if (fd.get() == place)
    ::fcntl(fd.release(), F_SETFD, FD_CLOEXEC);
  else
    ::dup3(fd.get(), place, O_CLOEXEC);
}

// A copy above all places, so that no descriptor is overwritten before it has been moved.
UniqueFd lifted(UniqueFd fd) {
  return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, kRunnerPageFd + 1));
}

} // namespace

ProcessTitle::ProcessTitle(int argc, char **argv)
    : begin_(argv[0]),
      size_(static_cast<std::size_t>(argv[argc - 1] + std::strlen(argv[argc - 1]) - argv[0])) {}

void ProcessTitle::set(const char *text) const {
  const std::size_t n = ::strnlen(text, size_);
  std::memset(begin_, 0, size_);
  std::memcpy(begin_, text, n);
}

void bind_to_host(pid_t host, pid_t forker) {
  // Between the forker's end, which is certain and near, and the new parent no event is to be had.
  while (::getppid() == forker && forker != host)
    ::sched_yield();
  if (::getppid() != host)
    ::_exit(link::kExitHostGone);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The host may have died before the line above.
  if (::getppid() != host)
    ::_exit(link::kExitHostGone);
}

RunnerFds take_places(ChildFds fds, bool inherit_stdio) {
  UniqueFd link = lifted(std::move(fds.link));
  UniqueFd log = lifted(std::move(fds.log));
  UniqueFd page = lifted(std::move(fds.page));
  ::dup2(fds.error.get(), STDERR_FILENO);
  fds.error.reset(); // now, because its number may be one of the places
  if (!inherit_stdio) {
    UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    ::dup2(null.get(), STDIN_FILENO);
    ::dup2(null.get(), STDOUT_FILENO);
  }
  put_at(std::move(link), kRunnerLinkFd);
  put_at(std::move(log), kRunnerLogFd);
  put_at(std::move(page), kRunnerPageFd);
  ::close_range(kRunnerPageFd + 1, ~0U, 0);
  return {kRunnerLinkFd, kRunnerLogFd, kRunnerPageFd};
}

void set_limits(const RunnerShape &shape) {
  if (shape.data_limit_bytes <= 0 || kSanitized)
    return;
  const auto bytes = static_cast<rlim_t>(shape.data_limit_bytes);
  // The hard limit stays, so that the host can raise the soft one with the number of threads.
  rlimit limit{};
  ::getrlimit(RLIMIT_DATA, &limit);
  limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
  ::setrlimit(RLIMIT_DATA, &limit);
}

void set_common_limits() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  UniqueFd score(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  constexpr std::string_view kScore = "300";
  if (score && ::write(score.get(), kScore.data(), kScore.size()) < 0)
    return; // Only a preference of the kernel's killer.
}

void ignore_broken_pipes() {
  struct sigaction action {};
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
}

} // namespace host::supervisor
