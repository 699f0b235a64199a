#pragma once

#include <memory>

#include "host/kafka/topic_log.h"
#include "host/storage/offset_store.h"
#include "host/storage/offset_table.h"

namespace host::storage {

// Source offsets on a compacted Kafka topic, record for record what Kafka Connect writes and reads
// (contract 3.3). Its thread is that of the topic's log.
class KafkaOffsetStore final : public OffsetStore {
public:
  // `settings` without on_record.
  explicit KafkaOffsetStore(kafka::TopicLog::Settings settings);
  ~KafkaOffsetStore() override;

  void start(OnWritten on_ready) override;
  void stop() override;
  void write(std::vector<OffsetRecord> records, OnWritten done) override;
  void read(std::vector<std::string> keys, OnRead done) override;
  void list(const std::string &connector, OnListed done) override;
  std::string waiting_for() const override;

private:
  void on_record(std::string_view key, std::optional<std::string_view> value);

  std::string topic_;
  OffsetTable table_; // the log's thread
  kafka::TopicLog log_;
};

} // namespace host::storage
