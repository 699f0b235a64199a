#include "host_program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string_view>

#include <gtest/gtest.h>

#include "fixture.h"
#include "host/metrics/callback_guard.h"
#include "stub_runner.h"

namespace process_test {

using namespace host;
using namespace host::supervisor;

namespace {

constexpr std::string_view kHostArgument = "--test-host";

// argv: program, kHostArgument, act, number of the descriptor for its report, lease.
[[noreturn]] void run_host(char **argv) {
  const int out = std::atoi(argv[3]);
  const std::int64_t lease_ms = std::atoll(argv[4]);
  RecordedEvents events;
  Settings settings;
  RunnerSupervisor supervisor(settings, events, nullptr, start_stub_in_process);
  supervisor.start();
  ConnectorSpec spec;
  spec.name = "c";
  spec.plugin_path = "/dev/null";
  spec.isolation = lease_ms > 0 ? Isolation::None : Isolation::Task;
  (void)wait_result<Status>(
      [&](auto done) { supervisor.start_connector(spec, TargetState::Started, done); });
  for (int number : {0, 1})
    supervisor.start_task({"c", number}, {{"poll", std::string("after:2 ") + argv[2]}},
                          TargetState::Started);
  for (int number : {0, 1})
    events.wait_for({"c", number}, State::Running);
  std::string report =
      std::to_string(::getpid()) + ' ' + std::to_string(supervisor.template_pid().get());
  for (const auto pid : supervisor.runner_pids().get())
    report += ' ' + std::to_string(pid);
  report += '\n';
  if (::write(out, report.data(), report.size()) < 0)
    std::_Exit(1);
  if (lease_ms > 0)
    supervisor.renew_lease(metrics::boottime_ms() + lease_ms);
  for (;;)
    ::pause();
}

} // namespace

void maybe_run_host(int argc, char **argv) {
  if (argc == 5 && argv[1] == kHostArgument)
    run_host(argv);
}

HostProgram HostProgram::start(const std::string &act, Duration lease) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const std::string out = std::to_string(ends[1]);
  const std::string lease_ms = std::to_string(lease.count());
  // The test's threads are none of the child's business: it only execs.
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    ::execl("/proc/self/exe", "test-host", kHostArgument.data(), act.c_str(), out.c_str(),
            lease_ms.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string report;
  char piece[256];
  ssize_t n;
  while (report.find('\n') == std::string::npos && (n = ::read(ends[0], piece, sizeof piece)) > 0)
    report.append(piece, static_cast<std::size_t>(n));
  ::close(ends[0]);
  HostProgram program;
  std::istringstream numbers(report);
  numbers >> program.host >> program.template_process;
  for (pid_t pid; numbers >> pid;)
    program.runners.push_back(pid);
  EXPECT_EQ(program.host, child);
  return program;
}

bool HostProgram::wait_all_gone() const {
  std::vector<pid_t> children = runners;
  children.push_back(template_process);
  bool gone = true;
  for (const pid_t child : children) {
    gone = wait_gone(child) && gone;
    ::waitpid(child, nullptr, WNOHANG);
  }
  return gone;
}

} // namespace process_test
