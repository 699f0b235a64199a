#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/kafka/topic_log.h"
#include "host/storage/config_store.h"

namespace host::storage {

// The config store on its Kafka topic, record for record what Kafka Connect writes and reads. Its
// thread is that of the topic's log.
class KafkaConfigStore final : public ConfigStore {
public:
  // `settings` without on_record.
  explicit KafkaConfigStore(kafka::TopicLog::Settings settings);
  ~KafkaConfigStore() override;

  void start(OnEvent on_event, Done on_ready) override;
  void stop() override;
  std::shared_ptr<const ConfigState> snapshot() const override;
  void refresh(Duration timeout, Done done) override;
  void put_connector(const std::string &connector, const StringMap &config,
                     std::optional<TargetState> target, Done done) override;
  void remove_connector(const std::string &connector, Done done) override;
  void put_task_configs(const std::string &connector, const std::vector<StringMap> &tasks,
                        Done done) override;
  void put_target_state(const std::string &connector, TargetState target, Done done) override;
  void put_task_count(const std::string &connector, std::int32_t tasks, Done done) override;
  void put_session_key(const SessionKey &key, Done done) override;
  void put_restart_request(const RestartRequest &request, Done done) override;
  void put_logger_level(const std::string &logger, const std::string &level, Done done) override;
  std::uint64_t skipped_records() const override;
  std::string waiting_for() const override;

private:
  using Entries = std::vector<kafka::TopicLog::Entry>;
  // One write: groups of records, after each of which the topic is read to its end.
  struct Operation {
    std::string connector; // empty: waits for no other
    std::string failure;   // what REST says when it fails
    std::deque<Entries> steps;
    TimePoint deadline;
    Done done;
  };
  using OperationPtr = std::shared_ptr<Operation>;

  void write(const std::string &connector, std::string failure, std::deque<Entries> steps,
             Done done);
  void step(const OperationPtr &operation);
  void read_back(const OperationPtr &operation);
  void finish(const OperationPtr &operation, Status status);
  void on_record(const kafka::LogRecord &record);

  std::string topic_;
  OnEvent on_event_;   // set by start(), used on the log's thread
  bool ready_ = false; // the log's thread
  std::atomic<std::uint64_t> skipped_{0};
  mutable std::mutex mutex_; // leaf; guards the following
  mutable ConfigTable table_;
  std::map<std::string, std::deque<OperationPtr>> queues_; // by connector; the first is under way
  kafka::TopicLog log_;                                    // last: its callbacks use the above
};

} // namespace host::storage
