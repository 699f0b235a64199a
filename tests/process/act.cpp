#include "act.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "host/base/log.h"

namespace process_test {
namespace {

const host::log::Logger kLog{"stub.log"};

[[noreturn]] void spin() {
  sigset_t all;
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  for (static std::atomic<unsigned> turns = 0;;)
    turns.fetch_add(1, std::memory_order_relaxed);
}

[[noreturn]] void hang() {
  for (;;)
    ::pause();
}

void grow(std::size_t mib) {
  for (std::size_t i = 0; i < mib; ++i) {
    void *const more = std::malloc(1 << 20);
    if (more == nullptr)
      hang();
    std::memset(more, 1, 1 << 20);
  }
}

[[noreturn]] void flood() {
  static const host::log::Logger kFlood{"stub.flood"};
  const std::string text(200, 'x');
  for (;;) {
    kFlood.error("{}", text);
    std::fprintf(stderr, "%s\n", text.c_str());
  }
}

#if defined(__SANITIZE_ADDRESS__) // with UndefinedBehaviorSanitizer, which would end the process
                                  // itself
__attribute__((no_sanitize("undefined")))
#endif
void segv() {
  volatile int *volatile nowhere = nullptr; // twice, or the compiler knows too much
  *nowhere = 1;
}

void leave_child() {
  if (::fork() == 0)
    hang();
}

std::string descriptors() {
  std::ostringstream out;
  for (const auto &fd : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(fd.path(), gone);
    const int number = std::atoi(fd.path().filename().c_str());
    if (!gone)
      out << "fd " << number << ' ' << target.string() << ' '
          << (::fcntl(number, F_GETFD) & FD_CLOEXEC ? "cloexec" : "kept") << '\n';
  }
  return out.str();
}

std::string title() {
  std::ifstream file("/proc/self/cmdline");
  std::string text;
  std::getline(file, text, '\0');
  return text;
}

// One `name value` line each.
void report(const std::string &path) {
  std::ostringstream out;
  out << descriptors() << "title " << title() << "\npid " << ::getpid() << "\nsession "
      << ::getsid(0) << "\nparent " << ::getppid() << '\n';
  for (char **entry = ::environ; *entry != nullptr; ++entry)
    out << "environment " << *entry << '\n';
  rlimit limit{};
  ::getrlimit(RLIMIT_CORE, &limit);
  out << "core " << limit.rlim_cur << '\n';
  ::getrlimit(RLIMIT_DATA, &limit);
  out << "data " << limit.rlim_cur << '\n';
  ::getrlimit(RLIMIT_NOFILE, &limit);
  out << "files " << limit.rlim_cur << ' ' << limit.rlim_max << '\n';
  std::ofstream(path + ".new") << out.str();
  std::filesystem::rename(path + ".new", path);
}

std::string one_act(const std::string &name, const std::string &value) {
  if (name == "segv")
    segv();
  else if (name == "abort")
    std::abort();
  else if (name == "exit")
    std::exit(std::atoi(value.c_str()));
  else if (name == "throw")
    throw 42;
  else if (name == "spin")
    spin();
  else if (name == "hang")
    hang();
  else if (name == "grow")
    grow(std::strtoul(value.c_str(), nullptr, 10));
  else if (name == "close")
    ::close_range(0, ~0U, 0);
  else if (name == "flood")
    flood();
  else if (name == "stderr")
    std::fprintf(stderr, "%s\n", value.c_str());
  else if (name == "log")
    kLog.info("{}", value);
  else if (name == "fork")
    leave_child();
  else if (name == "report")
    report(value);
  else if (name == "error")
    return value;
  return {};
}

// False when the rest is not to be done.
bool condition(const std::string &name, const std::string &value, int call_number) {
  if (name == "once") {
    const int fd = ::open(value.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd >= 0)
      ::close(fd);
    return fd >= 0;
  }
  return name != "after" || call_number >= std::atoi(value.c_str());
}

} // namespace

std::string act(const std::string &what, int call_number) {
  std::istringstream acts(what);
  std::string word;
  while (acts >> word) {
    const auto colon = word.find(':');
    const std::string name = word.substr(0, colon);
    const std::string value = colon == std::string::npos ? "" : word.substr(colon + 1);
    if (!condition(name, value, call_number))
      return {};
    if (const std::string error = one_act(name, value); !error.empty())
      return error;
  }
  return {};
}

} // namespace process_test
