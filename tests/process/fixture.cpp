#include "fixture.h"

#include <poll.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "host/supervisor/spawn.h"
#include "stub_runner.h"

namespace process_test {

using namespace host;
using namespace host::supervisor;

void RecordedEvents::on_status(const TaskId &task, State state, std::string trace) {
  {
    std::lock_guard lock(mutex_);
    told_.push_back({task, state, std::move(trace)});
  }
  changed_.notify_all();
}

std::string RecordedEvents::wait_for(const TaskId &task, State state, int count) {
  std::unique_lock lock(mutex_);
  const Told *found = nullptr;
  const bool there = changed_.wait_for(lock, kPatience, [&] {
    int seen = 0;
    for (const Told &told : told_)
      if (told.task == task && told.state == state && ++seen == count) {
        found = &told;
        return true;
      }
    return false;
  });
  EXPECT_TRUE(there) << task.text() << " was not told " << name_of(state) << ' ' << count
                     << " times";
  return there ? found->trace : std::string();
}

std::vector<RecordedEvents::Told> RecordedEvents::all() const {
  std::lock_guard lock(mutex_);
  return told_;
}

int RecordedEvents::count(const TaskId &task, State state) const {
  std::lock_guard lock(mutex_);
  return static_cast<int>(std::ranges::count_if(
      told_, [&](const Told &told) { return told.task == task && told.state == state; }));
}

void MemoryOffsets::write(std::vector<OffsetRecord> records, OnWritten done) {
  {
    std::lock_guard lock(mutex_);
    written_.insert(written_.end(), records.begin(), records.end());
  }
  done({});
}

void MemoryOffsets::read(std::vector<std::string> keys, OnRead done) {
  std::vector<std::optional<std::string>> values(keys.size());
  done(std::move(values));
}

std::vector<OffsetRecord> MemoryOffsets::written() const {
  std::lock_guard lock(mutex_);
  return written_;
}

void SupervisorTest::SetUp() {
  std::string name = (std::filesystem::temp_directory_path() / "sluice-process-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  folder_ = name;
  // Floods are part of the tests, not of their output.
  log::set_sink([print = log::line_sink(STDERR_FILENO, log::Format::Text)](const auto &event) {
    if (event.logger != "stub.flood" && event.logger != "sluice.link")
      print(event);
  });
}

void SupervisorTest::TearDown() {
  stop();
  // Whatever a test did, nothing of it is left.
  EXPECT_EQ(children_of_this_process(), std::vector<pid_t>());
  std::filesystem::remove_all(folder_);
}

Settings SupervisorTest::quick_settings() {
  Settings settings;
  settings.random_seed = 1;
  settings.inspect_timeout = Duration(2000);
  settings.validate_timeout = Duration(2000);
  settings.shutdown_grace = Duration(200);
  settings.term_grace = Duration(100);
  settings.stop_margin = Duration(200);
  settings.watch_interval = Duration(50);
  return settings;
}

ConnectorSpec SupervisorTest::spec(StringMap config) const {
  ConnectorSpec spec;
  spec.name = "c";
  spec.plugin_path = write_file("plugin.so", "");
  spec.class_name = "Stub";
  spec.config = std::move(config);
  spec.limits.restart_backoff = Duration(10);
  spec.limits.restart_backoff_max = Duration(40);
  spec.limits.graceful_timeout = Duration(500);
  return spec;
}

void SupervisorTest::start(Settings settings) {
  supervisor_ = std::make_unique<RunnerSupervisor>(std::move(settings), events_, &offsets_,
                                                   start_stub_in_process);
  supervisor_->start();
}

void SupervisorTest::stop() {
  if (supervisor_)
    supervisor_->stop();
  supervisor_.reset();
}

Status SupervisorTest::start_connector(ConnectorSpec spec, TargetState target) {
  return wait_result<Status>(
      [&](auto done) { supervisor_->start_connector(std::move(spec), target, done); });
}

void SupervisorTest::run_task(StringMap task_config, ConnectorSpec spec) {
  const Status started = start_connector(std::move(spec));
  ASSERT_TRUE(started) << started.error().message();
  supervisor_->start_task(task_, std::move(task_config), TargetState::Started);
  events_.wait_for(task_, State::Running);
}

void SupervisorTest::stop_tasks(std::vector<TaskId> tasks) {
  const Status stopped =
      wait_result<Status>([&](auto done) { supervisor_->stop_tasks(std::move(tasks), done); });
  EXPECT_TRUE(stopped) << stopped.error().message();
}

void SupervisorTest::remove_connector() {
  const Status removed =
      wait_result<Status>([&](auto done) { supervisor_->remove_connector("c", done); });
  EXPECT_TRUE(removed) << removed.error().message();
}

Result<std::vector<link::ValidatedKey>> SupervisorTest::validate(const std::string &path,
                                                                 StringMap config) {
  return wait_result<Result<std::vector<link::ValidatedKey>>>(
      [&](auto done) { supervisor_->validate(path, "Stub", std::move(config), done); });
}

Result<std::string> SupervisorTest::inspect(const std::string &path) {
  return wait_result<Result<std::string>>([&](auto done) { supervisor_->inspect(path, done); });
}

std::vector<std::int64_t> SupervisorTest::runner_pids() { return supervisor_->runner_pids().get(); }

std::string SupervisorTest::write_file(const std::string &name, const std::string &content) const {
  const std::string full = path(name);
  if (content.empty() && std::filesystem::exists(full))
    return full;
  std::ofstream(full) << content;
  return full;
}

bool wait_gone(pid_t pid) {
  const auto pidfd = open_pidfd(pid);
  if (!pidfd)
    return true;
  pollfd ended{pidfd->get(), POLLIN, 0};
  return ::poll(&ended, 1, static_cast<int>(Duration(kPatience).count())) == 1;
}

bool eventually(const std::function<bool()> &condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(Duration(5));
  }
  return true;
}

std::vector<pid_t> children_of_this_process() {
  std::vector<pid_t> children;
  for (const auto &thread : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream list(thread.path() / "children");
    for (pid_t pid; list >> pid;)
      children.push_back(pid);
  }
  return children;
}

std::vector<std::string> report_lines(const std::string &path, const std::string &name) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + " "))
      lines.push_back(line.substr(name.size() + 1));
  return lines;
}

} // namespace process_test
