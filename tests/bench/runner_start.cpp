// What a runner costs: time and CPU to start, memory, CPU while nothing happens. Real runners with
// a real plugin, an idle file source each, and no Kafka: an idle source has no client.
//
//   runner_start <plugin file> [count] [template|exec|none]
// `none` is runner.isolation=none: what it costs is the host's.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <set>
#include <string>
#include <thread>

#include "host/kafka/client_config.h"
#include "host/runner/in_process.h"
#include "host/runner/process.h"
#include "host/supervisor/runner_entry.h"
#include "host/supervisor/runner_supervisor.h"

namespace {

using namespace host;
using namespace host::supervisor;
using SteadyClock = std::chrono::steady_clock;

int run_runner(const RunnerFds &fds) { return runner::runner_main({fds.link, fds.log, fds.page}); }

// Counts tasks that run, each once.
class Counter final : public Events {
public:
  explicit Counter(std::size_t expected) : expected_(expected) {}

  void on_status(const TaskId &task, State state, std::string trace) override {
    if (state == State::Failed || state == State::Restarting) {
      std::fprintf(stderr, "%s: %s\n", task.text().c_str(), trace.c_str());
      std::_Exit(1);
    }
    if (task.number >= 0 && state == State::Running && running_.insert(task).second &&
        running_.size() == expected_)
      all_.set_value();
  }
  void on_reconfigure_requested(const std::string &) override {}
  void on_topic_active(const TaskId &, const std::string &) override {}
  void wait() { all_.get_future().wait(); }

private:
  const std::size_t expected_;
  std::set<TaskId> running_;
  std::promise<void> all_;
};

// Has no offsets and takes none.
class NoOffsets final : public storage::OffsetStore {
public:
  void start(OnWritten on_ready) override { on_ready({}); }
  void stop() override {}
  void write(std::vector<OffsetRecord>, OnWritten done) override { done({}); }
  void read(std::vector<std::string> keys, OnRead done) override {
    done(std::vector<std::optional<std::string>>(keys.size()));
  }
  void list(const std::string &, OnListed done) override { done({}); }
  std::string waiting_for() const override { return {}; }
};

double cpu_seconds(std::int64_t pid) {
  double seconds = 0;
  for (const auto &thread :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    std::int64_t ns = 0;
    std::ifstream(thread.path() / "schedstat") >> ns;
    seconds += static_cast<double>(ns) / 1e9;
  }
  return seconds;
}

struct Memory {
  double pss_mb = 0;
  double private_dirty_mb = 0;
};

Memory memory_of(std::int64_t pid) {
  Memory memory;
  std::ifstream rollup("/proc/" + std::to_string(pid) + "/smaps_rollup");
  for (std::string line; std::getline(rollup, line);) {
    const auto kib = [&] { return std::atof(line.c_str() + line.find(':') + 1) / 1024; };
    if (line.starts_with("Pss:"))
      memory.pss_mb = kib();
    else if (line.starts_with("Private_Dirty:"))
      memory.private_dirty_mb = kib();
  }
  return memory;
}

double sum_cpu(const std::vector<std::int64_t> &pids) {
  double seconds = 0;
  for (const auto pid : pids)
    seconds += cpu_seconds(pid);
  return seconds;
}

void start_all(RunnerSupervisor &supervisor, const std::string &plugin, std::size_t count,
               Isolation isolation) {
  const std::string input = std::filesystem::temp_directory_path() / "runner_start.txt";
  std::ofstream(input).close();
  const StringMap config{{"file", input}, {"topic", "none"}};
  for (std::size_t i = 0; i < count; ++i) {
    ConnectorSpec spec;
    spec.name = "idle-" + std::to_string(i);
    spec.plugin_path = plugin;
    spec.class_name = "org.apache.kafka.connect.file.FileStreamSourceConnector";
    spec.config = config;
    spec.isolation = isolation;
    supervisor.start_connector(spec, TargetState::Started, [](const Status &) {});
    supervisor.start_task({spec.name, 0}, config, TargetState::Started);
  }
}

void report(RunnerSupervisor &supervisor, std::size_t count, double wall, const char *mode) {
  const auto runners = supervisor.runner_pids().get();
  const pid_t forker = supervisor.template_pid().get();
  const double start_cpu = sum_cpu(runners);
  Memory sum;
  for (const auto pid : runners) {
    const Memory memory = memory_of(pid);
    sum.pss_mb += memory.pss_mb;
    sum.private_dirty_mb += memory.private_dirty_mb;
  }
  const auto n = static_cast<double>(count);
  std::printf("%zu runners, %s\n", count, mode);
  std::printf("  start to RUNNING   %.2f ms each (%.2f s for all)\n", wall * 1000 / n, wall);
  std::printf("  CPU of the start   runner %.2f ms, host %.2f ms, template %.2f ms each\n",
              start_cpu * 1000 / n, cpu_seconds(::getpid()) * 1000 / n,
              forker != 0 ? cpu_seconds(forker) * 1000 / n : 0);
  std::printf("  memory             %.2f MB PSS, %.2f MB private dirty each\n", sum.pss_mb / n,
              sum.private_dirty_mb / n);
  const Memory host = memory_of(::getpid());
  const Memory forking = forker != 0 ? memory_of(forker) : Memory{};
  std::printf("  host %.1f MB PSS, template %.1f MB PSS\n", host.pss_mb, forking.pss_mb);
  constexpr std::chrono::seconds kWindow{10};
  std::this_thread::sleep_for(std::chrono::seconds(2)); // what the start left to do
  const double runners_before = sum_cpu(runners);
  const double host_before = cpu_seconds(::getpid());
  std::this_thread::sleep_for(kWindow);
  const auto window = static_cast<double>(kWindow.count());
  std::printf("  idle CPU           runners %.3f %%, host %.3f %% of a core, all together\n",
              (sum_cpu(runners) - runners_before) * 100 / window,
              (cpu_seconds(::getpid()) - host_before) * 100 / window);
}

} // namespace

int main(int argc, char **argv) {
  maybe_run_template(argc, argv, run_runner, kafka::warm_up);
  if (argc < 2) {
    std::fprintf(stderr, "usage: runner_start <plugin file> [count] [template|exec|none]\n");
    return 2;
  }
  const std::size_t count = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 100;
  const std::string mode = argc > 3 ? argv[3] : "template";
  log::set_level("", log::Level::Warn);
  Settings settings;
  settings.spawn = mode == "exec" ? SpawnMode::Exec : SpawnMode::Template;
  settings.worker_config = {
      {"bootstrap.servers", "127.0.0.1:1"},
      {"key.converter", "org.apache.kafka.connect.storage.StringConverter"},
      {"value.converter", "org.apache.kafka.connect.storage.StringConverter"}};
  settings.log_levels = {{"", "WARN"}};
  Counter counter(count);
  NoOffsets offsets;
  RunnerSupervisor supervisor(settings, counter, &offsets, runner::start_in_process);
  const auto began = SteadyClock::now();
  supervisor.start();
  start_all(supervisor, std::filesystem::canonical(argv[1]).string(), count,
            mode == "none" ? Isolation::None : Isolation::Connector);
  counter.wait();
  const double wall = std::chrono::duration<double>(SteadyClock::now() - began).count();
  report(supervisor, count, wall, mode.c_str());
  supervisor.stop();
  return 0;
}
