#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "host/herder/group_calls.h"
#include "host/plugin/catalog.h"
#include "host/storage/offset_store.h"
#include "host/supervisor/supervisor.h"

namespace tests {

// The file connectors as a catalogue of two, with the keys of Kafka Connect's own.
host::plugin::CatalogEntries file_connectors();

class FixedCatalog final : public host::plugin::Catalog {
public:
  explicit FixedCatalog(host::plugin::CatalogEntries entries)
      : entries_(std::make_shared<const host::plugin::CatalogEntries>(std::move(entries))) {}
  std::shared_ptr<const host::plugin::CatalogEntries> entries() const override { return entries_; }

private:
  std::shared_ptr<const host::plugin::CatalogEntries> entries_;
};

// Runners that do at once and without fault what they are told, but for what a test asks of them.
// Every call is written down. Calls answer on the caller's thread.
class FakeSupervisor final : public host::supervisor::Supervisor {
public:
  explicit FakeSupervisor(host::supervisor::Events &events) : events_(events) {}

  void start_connector(host::supervisor::ConnectorSpec spec, host::TargetState target,
                       Done done) override;
  void renew_connector(host::supervisor::ConnectorSpec spec) override;
  void set_connector_target(const std::string &connector, host::TargetState target,
                            Done done) override;
  void remove_connector(const std::string &connector, Done done) override;
  void task_configs(const std::string &connector, std::int32_t max_tasks, OnConfigs done) override;
  void start_task(const host::TaskId &task, host::StringMap config,
                  host::TargetState target) override;
  void set_task_target(const host::TaskId &task, host::TargetState target) override;
  void stop_tasks(std::vector<host::TaskId> tasks, Done done) override;
  void validate(const std::string &plugin_path, const std::string &class_name,
                host::StringMap config, OnValidated done) override;
  void inspect(const std::string &plugin_path, OnInspected done) override;
  void alter_offsets(const host::supervisor::ConnectorSpec &spec,
                     std::vector<host::OffsetChange> changes, OnAltered done) override;
  void renew_lease(std::int64_t) override {}
  void read_counts(
      std::function<void(std::vector<host::supervisor::RunnerCounts>)> done) override;
  void set_log_level(const std::string &prefix, const std::string &level) override;

  // What a connector was given last.
  host::supervisor::ConnectorSpec spec(const std::string &connector);
  host::StringMap task_config(const host::TaskId &task); // of the last start
  // `start c RUNNING`, `start_task c-0`, … since the last call.
  std::vector<std::string> take_calls();

  // Answers of the plugins, by connector; change them before the call. Held answers are given by
  // release().
  std::map<std::string, host::Error> start_errors;
  std::map<std::string, host::Error> task_config_errors;
  std::map<std::string, std::size_t> task_counts; // instead of what the connector would give
  std::vector<host::link::ValidatedKey> reports;
  host::Result<bool> altered = true;              // what connectors say of changed offsets
  std::vector<host::OffsetChange> offset_changes; // the last that one was asked about
  std::function<bool(const std::string &call)> hold = [](const std::string &) { return false; };
  void release();

private:
  void call(const std::string &text, std::function<void()> answer);

  host::supervisor::Events &events_;
  std::mutex mutex_;
  std::map<std::string, host::supervisor::ConnectorSpec> specs_; // guarded by mutex_, as below
  std::map<std::string, host::StringMap> task_configs_;          // by task
  std::vector<std::string> calls_;
  std::vector<std::function<void()>> held_;
};

// Sink offsets of groups as a cluster keeps them; remembers what was changed.
class FakeGroups {
public:
  host::herder::GroupCalls calls();

  std::map<std::string, host::Result<std::vector<host::herder::GroupOffset>>> offsets; // by group
  host::Status outcome;             // of every change
  std::vector<std::string> changes; // `alter g t-0=5`, `forget g t-0`, `remove g`
};

class FakeOffsetStore final : public host::storage::OffsetStore {
public:
  void start(OnWritten on_ready) override { on_ready({}); }
  void stop() override {}
  void write(std::vector<host::OffsetRecord> written_now, OnWritten done) override {
    written.insert(written.end(), written_now.begin(), written_now.end());
    done(outcome);
  }
  void read(std::vector<std::string> keys, OnRead done) override {
    done(std::vector<std::optional<std::string>>(keys.size()));
  }
  void list(const std::string &, OnListed done) override { done(records); }
  std::string waiting_for() const override { return {}; }

  std::vector<host::OffsetRecord> records;
  std::vector<host::OffsetRecord> written;
  host::Status outcome; // of writes
};

} // namespace tests
