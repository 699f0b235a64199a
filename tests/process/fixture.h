#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "host/storage/offset_store.h"
#include "host/supervisor/runner_supervisor.h"

namespace process_test {

using host::Duration;
using host::Result;
using host::State;
using host::StringMap;
using host::TargetState;
using host::TaskId;
using host::link::kConnectorItself;

// How long anything may take that a test waits for: far above what it takes.
inline constexpr std::chrono::seconds kPatience{30};

// What the herder would be told, kept in order.
class RecordedEvents final : public host::supervisor::Events {
public:
  struct Told {
    TaskId task;
    State state;
    std::string trace;
  };

  void on_status(const TaskId &task, State state, std::string trace) override;
  void on_reconfigure_requested(const std::string &) override {}
  void on_topic_active(const TaskId &, const std::string &) override {}

  // Waits until `state` was told of the task `count` times; the trace that came with the last.
  // Fails the test when it does not come.
  std::string wait_for(const TaskId &task, State state, int count = 1);
  std::vector<Told> all() const;
  int count(const TaskId &task, State state) const;

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Told> told_;
};

// Keeps in memory what was written.
class MemoryOffsets final : public host::storage::OffsetStore {
public:
  void start(OnWritten on_ready) override { on_ready({}); }
  void stop() override {}
  void write(std::vector<host::OffsetRecord> records, OnWritten done) override;
  void read(std::vector<std::string> keys, OnRead done) override;
  void list(const std::string &, OnListed done) override { done({}); }
  std::string waiting_for() const override { return {}; }

  std::vector<host::OffsetRecord> written() const;

private:
  mutable std::mutex mutex_;
  std::vector<host::OffsetRecord> written_;
};

// A supervisor with stub runners, its recorded events, and a folder for a test's files.
class SupervisorTest : public ::testing::Test {
protected:
  void SetUp() override;
  void TearDown() override;

  // Short times, no stall limit unless a test sets one.
  static host::supervisor::Settings quick_settings();
  host::supervisor::ConnectorSpec spec(StringMap config = {}) const;
  void start(host::supervisor::Settings settings = quick_settings());
  void stop();

  host::Status start_connector(host::supervisor::ConnectorSpec spec,
                               TargetState target = TargetState::Started);
  // Connector and one task; waits until the task runs.
  void run_task(StringMap task_config, host::supervisor::ConnectorSpec spec);
  void stop_tasks(std::vector<TaskId> tasks);
  void remove_connector();
  Result<std::vector<host::link::ValidatedKey>> validate(const std::string &path, StringMap config);
  Result<std::string> inspect(const std::string &path);
  std::vector<std::int64_t> runner_pids();
  std::string path(const std::string &name) const { return (folder_ / name).string(); }
  std::string write_file(const std::string &name, const std::string &content) const;

  const TaskId task_{"c", 0};
  const TaskId object_{"c", kConnectorItself};
  RecordedEvents events_;
  MemoryOffsets offsets_;
  std::unique_ptr<host::supervisor::RunnerSupervisor> supervisor_;

private:
  std::filesystem::path folder_;
};

// Waits for the end of a process, whoever's child it is; false after kPatience.
bool wait_gone(pid_t pid);
// Waits until the condition holds; false after kPatience. For what nobody tells.
bool eventually(const std::function<bool()> &condition);
std::vector<pid_t> children_of_this_process();
// Lines of a file that start with `name `, without it.
std::vector<std::string> report_lines(const std::string &path, const std::string &name);

// The result of a call with a callback, waited for.
template <class T, class Call> T wait_result(Call call) {
  auto promise = std::make_shared<std::promise<T>>();
  auto future = promise->get_future();
  call([promise](T value) { promise->set_value(std::move(value)); });
  if (future.wait_for(kPatience) != std::future_status::ready)
    return T(host::Error(host::Code::Timeout, "the callback was not called"));
  return future.get();
}

} // namespace process_test
