#include "host/supervisor/runner_entry.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "host/base/own_code.h"
#include "host/link/exit_code.h"
#include "host/supervisor/child_setup.h"
#include "host/supervisor/fork_protocol.h"

namespace host::supervisor {
namespace {

constexpr const char *kRunnerName = "sluice-runner";

std::int64_t number_of(const char *text) {
  std::int64_t value = 0;
  std::from_chars(text, text + std::strlen(text), value);
  return value;
}

// Ends a process that was given what only our own spawn may give; people see why.
[[noreturn]] void refuse_start(const char *what) {
  std::fprintf(stderr, "sluice: %s; this argument is for the host's own use\n", what);
  std::_Exit(link::kExitBadStart);
}

int threads_of_this_process() {
  std::FILE *file = std::fopen("/proc/self/status", "re");
  if (file == nullptr)
    return 1;
  char line[256];
  int threads = 1;
  while (std::fgets(line, sizeof line, file) != nullptr)
    if (std::sscanf(line, "Threads: %d", &threads) == 1)
      break;
  std::fclose(file);
  return threads;
}

// A joined thread is gone for pthread_join before the kernel has taken it off its list; the wait is
// for the kernel's scheduler alone.
bool is_single_threaded() {
  constexpr int kTurns = 1000;
  for (int turn = 0; turn < kTurns; ++turn) {
    if (threads_of_this_process() == 1)
      return true;
    ::sched_yield();
  }
  return false;
}

// Without destructors of static objects: a plugin's threads may still run and use them.
[[noreturn]] void end_runner(int code) {
  std::fflush(stdout);
  ::_exit(code);
}

// The template: one thread, no Asio, no log, never any plugin code. Each fork copies it as it is.
class TemplateServer {
public:
  TemplateServer(ProcessTitle title, pid_t host, RunnerMain run)
      : title_(title), host_(host), run_(run) {}

  // Until the host is gone.
  [[noreturn]] void serve() {
    for (;;) {
      ForkRequest request;
      ChildFds fds;
      const ReceiveResult got = receive_request(kTemplateSocketFd, request, fds);
      if (got.closed)
        ::_exit(0);
      if (got.error == EPROTO)
        continue;
      if (got.error != 0)
        ::_exit(link::kExitBadStart);
      fork_runner(request, std::move(fds));
    }
  }

private:
  // Forks twice, so that the runner becomes the host's own child. The process in between tells the
  // host the runner's number: should the template die meanwhile, no runner is lost.
  void fork_runner(const ForkRequest &request, ChildFds fds) {
    const pid_t between = ::fork();
    if (between == 0)
      fork_again(request, std::move(fds));
    int status = 0;
    if (between > 0)
      while (::waitpid(between, &status, 0) < 0 && errno == EINTR) {
      }
    if (between < 0)
      send_reply(kTemplateSocketFd, {request.id, 0, errno});
    else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
      send_reply(kTemplateSocketFd,
                 {request.id, 0, WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD});
  }

  [[noreturn]] void fork_again(const ForkRequest &request, ChildFds fds) {
    const pid_t forker = ::getpid();
    const pid_t runner = ::fork();
    if (runner == 0)
      become_runner(request.shape, std::move(fds), forker);
    if (runner < 0)
      ::_exit(errno);
    send_reply(kTemplateSocketFd, {request.id, runner, 0});
    ::_exit(0);
  }

  [[noreturn]] void become_runner(const RunnerShape &shape, ChildFds fds, pid_t forker) {
    bind_to_host(host_, forker);
    ::setsid();
    const RunnerFds places = take_places(std::move(fds), shape.inherit_stdio != 0);
    set_limits(shape);
    char text[sizeof shape.title + 16];
    std::snprintf(text, sizeof text, "%s %s", kRunnerName, shape.title.data());
    title_.set(text);
    ::prctl(PR_SET_NAME, kRunnerName);
    end_runner(run_(places));
  }

  ProcessTitle title_;
  pid_t host_;
  RunnerMain run_;
};

// argv: program, kTemplateArgument, the host's process number, room for titles.
[[noreturn]] void run_template(int argc, char **argv, RunnerMain run, WarmUp warm_up) {
  if (argc < 3 || ::fcntl(kTemplateSocketFd, F_GETFD) < 0)
    refuse_start("no template socket");
  const auto host = static_cast<pid_t>(number_of(argv[2]));
  bind_to_host(host, host);
  ::fcntl(kTemplateSocketFd, F_SETFD, FD_CLOEXEC);
  set_common_limits();
  ignore_broken_pipes();
  ::prctl(PR_SET_NAME, "sluice-template");
  const ProcessTitle title(argc, argv);
  title.set("sluice-template");
  if (warm_up != nullptr)
    warm_up();
  if (!is_single_threaded()) {
    std::fprintf(stderr,
                 "sluice: the template has %d threads after warming up, so it cannot fork "
                 "runners; use runner.spawn=exec\n",
                 threads_of_this_process());
    std::_Exit(kExitThreads);
  }
  let_go_of_code();
  send_reply(kTemplateSocketFd, {});
  TemplateServer(title, host, run).serve();
}

// argv: name, kRunnerArgument, the host's process number, RLIMIT_DATA. Descriptors are in place.
[[noreturn]] void run_exec_runner(int argc, char **argv, RunnerMain run) {
  if (argc < 4 || ::fcntl(kRunnerPageFd, F_GETFD) < 0)
    refuse_start("no runner descriptors");
  const auto host = static_cast<pid_t>(number_of(argv[2]));
  bind_to_host(host, host);
  for (const int fd : {kRunnerLinkFd, kRunnerLogFd, kRunnerPageFd})
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  set_common_limits();
  ignore_broken_pipes();
  RunnerShape shape;
  shape.data_limit_bytes = number_of(argv[3]);
  set_limits(shape);
  ::prctl(PR_SET_NAME, kRunnerName);
  end_runner(run({kRunnerLinkFd, kRunnerLogFd, kRunnerPageFd}));
}

} // namespace

void maybe_run_template(int argc, char **argv, RunnerMain run, WarmUp warm_up) {
  if (argc < 2)
    return;
  const std::string_view argument = argv[1];
  if (argument == kTemplateArgument)
    run_template(argc, argv, run, warm_up);
  if (argument == kRunnerArgument)
    run_exec_runner(argc, argv, run);
}

} // namespace host::supervisor
