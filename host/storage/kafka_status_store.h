#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "host/kafka/topic_log.h"
#include "host/storage/status_store.h"
#include "host/storage/status_table.h"

namespace host::storage {

// The status store on its Kafka topic, record for record what Kafka Connect writes and reads. Of
// each subject at most one record is on its way, and only the newest of those that wait. Its thread
// is that of the topic's log.
class KafkaStatusStore final : public StatusStore {
public:
  // `settings` without on_record.
  explicit KafkaStatusStore(kafka::TopicLog::Settings settings);
  ~KafkaStatusStore() override;

  void start(Done on_ready) override;
  void stop() override;
  std::shared_ptr<const StatusState> snapshot() const override;
  void put(const StatusSubject &subject, const WorkerStatus &status, Put how) override;
  void put_topic(const TopicStatus &status) override;
  void remove(const StatusSubject &subject) override;
  void flush(Done done) override;
  std::uint64_t skipped_records() const override;
  std::string waiting_for() const override;

private:
  // Something to say; no value is a tombstone.
  struct Said {
    std::optional<std::string> value;
    std::optional<WorkerStatus> status; // to be looked at once more before it is sent
    Put how = Put::Plain;
  };
  struct Line {
    std::optional<Said> waiting; // behind the one on its way
  };

  void say(const StatusSubject &subject, Said said);
  void send(const StatusSubject &subject, const Said &said);
  void sent(const StatusSubject &subject, const Said &said, const Status &status);
  void go_on(const StatusSubject &subject, std::optional<Said> again, const Status &status);
  bool is_worth_saying(const StatusSubject &subject, const Said &said) const; // under the mutex
  void on_record(const kafka::LogRecord &record);

  std::string topic_;
  std::atomic<std::uint64_t> skipped_{0};
  mutable std::mutex mutex_; // leaf; guards the following
  mutable StatusTable table_;
  std::map<StatusSubject, Line> lines_; // a line is there while a record is on its way
  std::int32_t generation_ = -1;        // of the last status that was put
  std::vector<Done> flushes_;
  kafka::TopicLog log_; // last: its callbacks use the above
};

} // namespace host::storage
