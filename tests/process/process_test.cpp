#include "fixture.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include <gmock/gmock.h>

#include "host_program.h"

// What a runner process looks like, and who survives whom.
namespace process_test {

using namespace host;
using namespace host::supervisor;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ProcessTest : public SupervisorTest {
protected:
  // Lets a task report on its process and waits for it.
  std::string reported(ConnectorSpec spec) {
    const std::string file = path("report");
    run_task({{"start", "report:" + file}}, std::move(spec));
    return file;
  }
};

class SpawnModes : public ProcessTest, public ::testing::WithParamInterface<SpawnMode> {
protected:
  static Settings settings() {
    Settings settings = quick_settings();
    settings.spawn = GetParam();
    return settings;
  }
};

TEST_P(SpawnModes, ARunnerSeesNothingThatIsNotItsOwn) {
  ::setenv("DATABASE_PASSWORD", "s3cr3t", 1);
  ::setenv("LC_TEST", "kept", 1);
  ::setenv("NAMED_BY_SETTING", "kept too", 1);
  Settings s = settings();
  s.environment_names = {"NAMED_BY_SETTING"};
  start(s);
  const std::string report = reported(spec());

  const auto environment = report_lines(report, "environment");
  EXPECT_THAT(environment, Each(Not(HasSubstr("s3cr3t"))));
  EXPECT_THAT(environment, ::testing::Contains("LC_TEST=kept"));
  EXPECT_THAT(environment, ::testing::Contains("NAMED_BY_SETTING=kept too"));
  for (const auto &fd : report_lines(report, "fd")) {
    const int number = std::atoi(fd.c_str());
    if (number <= 1) {
      EXPECT_THAT(fd, HasSubstr("/dev/null"));
    } else if (number > 2) {
      EXPECT_THAT(fd, HasSubstr("cloexec"));
    }
    EXPECT_LE(number, 16) << fd << ": a descriptor of the host leaked";
  }
  EXPECT_THAT(report_lines(report, "core"), ElementsAre("0"));
  EXPECT_EQ(report_lines(report, "parent"), std::vector{std::to_string(::getpid())});
  EXPECT_EQ(report_lines(report, "session"), report_lines(report, "pid"));
  EXPECT_THAT(report_lines(report, "title").at(0), StartsWith("sluice-runner c"));
}

TEST_P(SpawnModes, MemoryIsLimitedAndDescriptorsAreNot) {
  start(settings());
  ConnectorSpec c = spec();
  c.limits.memory_max_bytes = std::int64_t{100} << 20;
  const std::string report = reported(c);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const std::int64_t stack = std::int64_t{8} << 20;
  EXPECT_EQ(report_lines(report, "data").at(0),
            std::to_string(c.limits.memory_max_bytes + (16 + 8) * stack));
#endif
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  EXPECT_EQ(report_lines(report, "files").at(0),
            std::to_string(files.rlim_max) + " " + std::to_string(files.rlim_max));
}

TEST_P(SpawnModes, StandaloneRunnersInheritStandardInputAndOutput) {
  Settings s = settings();
  s.inherit_stdio = true;
  start(s);
  const std::string report = reported(spec());
  const auto of_host = [](int fd) {
    return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd)).string();
  };
  const auto fds = report_lines(report, "fd");
  EXPECT_THAT(fds, ::testing::Contains(StartsWith("0 " + of_host(0))));
  EXPECT_THAT(fds, ::testing::Contains(StartsWith("1 " + of_host(1))));
}

INSTANTIATE_TEST_SUITE_P(All, SpawnModes, ::testing::Values(SpawnMode::Template, SpawnMode::Exec),
                         [](const auto &info) {
                           return info.param == SpawnMode::Template ? "Template" : "Exec";
                         });

TEST_F(ProcessTest, KillingTheTemplateCostsNoRunnerAndItIsReplaced) {
  start();
  run_task({}, spec());
  const auto before = runner_pids();
  const pid_t first = supervisor_->template_pid().get();
  ASSERT_GT(first, 0);
  ::kill(first, SIGKILL);
  ASSERT_TRUE(eventually([&] {
    const pid_t present = supervisor_->template_pid().get();
    return present > 0 && present != first;
  }));
  EXPECT_EQ(runner_pids(), before);
  EXPECT_EQ(events_.count(task_, State::Restarting), 0);

  ConnectorSpec other = spec();
  other.name = "other";
  EXPECT_TRUE(start_connector(other));
}

TEST_F(ProcessTest, ATemplateKilledAmongManyStartsLosesNone) {
  start();
  constexpr int kConnectors = 40;
  for (int i = 0; i < kConnectors; ++i) {
    ConnectorSpec c = spec();
    c.name = "c" + std::to_string(i);
    supervisor_->start_connector(c, TargetState::Started, [](const Status &) {});
  }
  // At any moment of any fork; each template that is seen gets one kill.
  pid_t last = 0;
  for (int kills = 0; kills < 5;) {
    const pid_t present = supervisor_->template_pid().get();
    if (present <= 0 || present == last)
      continue;
    ::kill(present, SIGKILL);
    last = present;
    ++kills;
  }
  for (int i = 0; i < kConnectors; ++i)
    events_.wait_for({"c" + std::to_string(i), kConnectorItself}, State::Running);
  EXPECT_EQ(runner_pids().size(), static_cast<std::size_t>(kConnectors));
}

TEST_F(ProcessTest, AStoppedTemplateIsReplaced) {
  start();
  ASSERT_TRUE(eventually([&] { return supervisor_->template_pid().get() > 0; }));
  ::kill(supervisor_->template_pid().get(), SIGKILL);
  EXPECT_TRUE(start_connector(spec()));
}

struct HostKill : public ::testing::TestWithParam<const char *> {};

TEST_P(HostKill, LeavesNoProcess) {
  const HostProgram program = HostProgram::start(GetParam());
  ASSERT_EQ(program.runners.size(), 3u);
  ASSERT_GT(program.template_process, 0);
  ::kill(program.host, SIGKILL);
  EXPECT_EQ(::waitpid(program.host, nullptr, 0), program.host);
  EXPECT_TRUE(program.wait_all_gone());
}

INSTANTIATE_TEST_SUITE_P(All, HostKill,
                         ::testing::Values("", "spin", "close spin", "hang", "flood"),
                         [](const auto &info) {
                           std::string name = *info.param ? info.param : "idle";
                           std::ranges::replace(name, ' ', '_');
                           return name;
                         });

TEST_F(ProcessTest, LogLinesOfARunnerComeUnderTheirNameAndContext) {
  std::mutex mutex;
  std::vector<std::string> lines;
  log::set_sink([&](const log::Event &event) {
    std::lock_guard lock(mutex);
    lines.push_back(std::string(event.logger) + " " + std::string(event.context) +
                    std::string(event.message));
  });
  start();
  run_task({{"poll", "log:hello-from-the-plugin"}}, spec());
  EXPECT_TRUE(eventually([&] {
    std::lock_guard lock(mutex);
    return std::ranges::count(lines, "stub.log [c|worker] hello-from-the-plugin") > 0;
  }));
  stop();
  log::set_sink(log::line_sink(STDERR_FILENO, log::Format::Text));
}

} // namespace process_test
