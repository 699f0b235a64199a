#include "host/supervisor/spawn.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <span>
#include <utility>

#include <fmt/format.h>

namespace host::supervisor {
namespace {

constexpr const char *kThisProgram = "/proc/self/exe";

struct Place {
  const UniqueFd *from;
  int to;
};

// One posix_spawn: a session of its own (a Ctrl-C at the host's terminal is the host's to handle),
// no signal blocked or ignored, no descriptor but those asked for.
class Spawn {
public:
  Spawn() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    sigset_t signals;
    sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    ::posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  }
  ~Spawn() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Spawn(const Spawn &) = delete;
  Spawn &operator=(const Spawn &) = delete;

  void no_stdio() {
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDWR, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, STDIN_FILENO, STDOUT_FILENO);
  }

  // Descriptor numbers are first copied out of the way of the places.
  Status place(std::span<const Place> places, int first_closed) {
    for (const Place &place : places) {
      lifted_.emplace_back(::fcntl(place.from->get(), F_DUPFD_CLOEXEC, first_closed));
      if (!lifted_.back())
        return fail(Code::Io, fmt::format("cannot copy a descriptor: {}", std::strerror(errno)));
      ::posix_spawn_file_actions_adddup2(&actions_, lifted_.back().get(), place.to);
    }
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, first_closed);
    return {};
  }

  Result<Child> run(const char *program, std::vector<std::string> arguments,
                    const std::vector<std::string> &environment) {
    const std::vector<char *> argv = pointers(arguments);
    const std::vector<char *> envp = pointers(environment);
    Child child;
    const int error =
        ::posix_spawn(&child.pid, program, &actions_, &attributes_, argv.data(), envp.data());
    if (error != 0)
      return fail(Code::Io, fmt::format("cannot start {}: {}", program, std::strerror(error)));
    HOST_ASSIGN(child.pidfd, open_pidfd(child.pid));
    return child;
  }

private:
  static std::vector<char *> pointers(const std::vector<std::string> &texts) {
    std::vector<char *> result;
    for (const std::string &text : texts)
      result.push_back(const_cast<char *>(text.c_str()));
    result.push_back(nullptr);
    return result;
  }

  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
  std::vector<UniqueFd> lifted_;
};

} // namespace

Result<Child> spawn_template(const UniqueFd &socket, const std::vector<std::string> &environment,
                             bool inherit_stdio) {
  Spawn spawn;
  if (!inherit_stdio)
    spawn.no_stdio();
  const Place places[] = {{&socket, kTemplateSocketFd}};
  HOST_TRY(spawn.place(places, kTemplateSocketFd + 1));
  const std::string room_for_titles(sizeof RunnerShape::title, ' ');
  return spawn.run(kThisProgram,
                   {"sluice-template", std::string(kTemplateArgument), std::to_string(::getpid()),
                    room_for_titles},
                   environment);
}

Result<Child> spawn_runner(const std::string &program, ChildFds fds, const RunnerShape &shape,
                           const std::vector<std::string> &environment) {
  Spawn spawn;
  if (shape.inherit_stdio == 0)
    spawn.no_stdio();
  const Place places[] = {{&fds.error, STDERR_FILENO},
                          {&fds.link, kRunnerLinkFd},
                          {&fds.log, kRunnerLogFd},
                          {&fds.page, kRunnerPageFd}};
  HOST_TRY(spawn.place(places, kRunnerPageFd + 1));
  return spawn.run(program.empty() ? kThisProgram : program.c_str(),
                   {fmt::format("sluice-runner {}", shape.title.data()),
                    std::string(kRunnerArgument), std::to_string(::getpid()),
                    std::to_string(shape.data_limit_bytes)},
                   environment);
}

// System calls by number: the C library's header declares them for C only.

Result<UniqueFd> open_pidfd(pid_t pid) {
  UniqueFd fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); // closes on exec by itself
  if (!fd)
    return fail(Code::Io, fmt::format("cannot watch process {}: {}", pid, std::strerror(errno)));
  return fd;
}

void send_signal(int pidfd, int signal) {
  ::syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0);
}

} // namespace host::supervisor
