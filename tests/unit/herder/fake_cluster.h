#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/herder/distributed_herder.h"
#include "host/storage/config_records.h"
#include "host/storage/status_records.h"
#include "host/storage/status_table.h"
#include "tests/contract/fakes.h"
#include "tests/unit/herder/manual_clock.h"

namespace tests {

// A topic of one partition that several stores read.
using FakeTopic = std::vector<std::pair<std::string, std::optional<std::string>>>;

// A config store over a topic in memory: what is written is there at once, and read by others when
// they look.
class FakeConfigStore final : public host::storage::ConfigStore {
public:
  explicit FakeConfigStore(FakeTopic &topic) : topic_(topic) {}

  // Reads on; false if there was nothing.
  bool read();
  bool is_slow = false; // refresh() runs out of time
  bool holds = false;   // refresh() waits
  std::vector<Done> held;

  void start(OnEvent on_event, Done on_ready) override;
  void stop() override {}
  std::shared_ptr<const host::storage::ConfigState> snapshot() const override {
    return table_.snapshot();
  }
  void refresh(host::Duration timeout, Done done) override;
  void put_connector(const std::string &connector, const host::StringMap &config,
                     std::optional<host::TargetState> target, Done done) override;
  void remove_connector(const std::string &connector, Done done) override;
  void put_task_configs(const std::string &connector, const std::vector<host::StringMap> &tasks,
                        Done done) override;
  void put_target_state(const std::string &connector, host::TargetState target, Done done) override;
  void put_task_count(const std::string &, std::int32_t, Done done) override { done({}); }
  void put_session_key(const host::storage::SessionKey &key, Done done) override;
  void put_restart_request(const host::storage::RestartRequest &request, Done done) override;
  void put_logger_level(const std::string &logger, const std::string &level, Done done) override;
  std::uint64_t skipped_records() const override { return 0; }
  std::string waiting_for() const override { return {}; }

private:
  using Key = host::storage::ConfigKey;
  void write(const Key &key, std::optional<std::string> value);

  FakeTopic &topic_;
  std::size_t next_ = 0;
  mutable host::storage::ConfigTable table_;
  OnEvent on_event_;
};

class FakeStatusStore final : public host::storage::StatusStore {
public:
  explicit FakeStatusStore(FakeTopic &topic) : topic_(topic) {}

  bool read();

  void start(Done on_ready) override { on_ready({}); }
  void stop() override {}
  std::shared_ptr<const host::storage::StatusState> snapshot() const override {
    return table_.snapshot();
  }
  void put(const host::storage::StatusSubject &subject, const host::storage::WorkerStatus &status,
           Put how) override;
  void put_topic(const host::storage::TopicStatus &status) override;
  void remove(const host::storage::StatusSubject &subject) override;
  void flush(Done done) override { done({}); }
  std::uint64_t skipped_records() const override { return 0; }
  std::string waiting_for() const override { return {}; }

private:
  FakeTopic &topic_;
  std::size_t next_ = 0;
  mutable host::storage::StatusTable table_;
};

// Workers of one group, whose threads are the test's own.
class FakeCluster {
public:
  struct Worker {
    std::string id; // of the member: `a`, `b`, …
    FakeConfigStore configs;
    FakeStatusStore statuses;
    std::unique_ptr<host::herder::DistributedHerder> herder;
    std::unique_ptr<FakeSupervisor> supervisor;
    bool is_dead = false; // kill -9
    // What it offered in this round.
    std::optional<std::vector<host::wire::GroupProtocol>> offer;
    // Started and not stopped since: `c`, `c-0`, …
    std::map<std::string, int> runs;
    std::vector<std::string> calls; // of its supervisor, all of them
    std::vector<std::string> holds; // members that its tether has

    Worker(std::string name, FakeTopic &config_topic, FakeTopic &status_topic)
        : id(std::move(name)), configs(config_topic), statuses(status_topic) {}
    void look();
  };

  explicit FakeCluster(host::cluster::Protocol newest = host::cluster::Protocol::Sessioned)
      : newest_(newest) {}
  ~FakeCluster();

  Worker &add(const std::string &id) { return add(id, newest_); }
  Worker &add(const std::string &id, host::cluster::Protocol newest);
  // Until nobody has anything to do.
  void settle();
  void kill(Worker &worker) {
    worker.is_dead = true;
    needs_round_ = true;
  }
  Worker &leader();
  Worker &follower(); // some other
  // Everything that runs in the cluster; a part that runs twice is there twice.
  std::vector<std::string> running() const;

  ManualClock clock;
  FakeGroups groups;
  int refused_tasks = 0; // how many more times the leader's REST API says 409

private:
  bool step();
  void begin_round();
  static void ask(Worker &worker); // to join
  bool end_round();

  const host::cluster::Protocol newest_;
  FixedCatalog catalog_{file_connectors()};
  FakeOffsetStore offsets_;
  FakeTopic config_topic_, status_topic_;
  std::vector<std::unique_ptr<Worker>> workers_;
  bool needs_round_ = false;
  bool in_round_ = false;
  std::int32_t generation_ = 0;
  std::string leader_;
};

} // namespace tests
