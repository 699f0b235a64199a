#include "host/storage/kafka_offset_store.h"

#include <utility>

#include "host/base/log.h"

namespace host::storage {
namespace {

const log::Logger kLog{"sluice.storage"};

kafka::TopicLog::Settings with_reader(kafka::TopicLog::Settings settings,
                                      kafka::LogReader::OnRecord on_record) {
  settings.on_record = std::move(on_record);
  return settings;
}

} // namespace

KafkaOffsetStore::KafkaOffsetStore(kafka::TopicLog::Settings settings)
    : topic_(settings.topic.topic.name),
      log_(with_reader(std::move(settings),
                       [this](const auto &record) { on_record(record.key, record.value); })) {}

KafkaOffsetStore::~KafkaOffsetStore() { log_.stop(); }

void KafkaOffsetStore::start(OnWritten on_ready) { log_.start(std::move(on_ready)); }

void KafkaOffsetStore::stop() { log_.stop(); }

void KafkaOffsetStore::write(std::vector<OffsetRecord> records, OnWritten done) {
  std::vector<kafka::TopicLog::Entry> entries;
  entries.reserve(records.size());
  for (OffsetRecord &record : records)
    entries.push_back({std::move(record.key), std::move(record.value)});
  log_.write(std::move(entries), std::move(done));
}

void KafkaOffsetStore::read(std::vector<std::string> keys, OnRead done) {
  log_.read_to_end([this, keys = std::move(keys), done = std::move(done)](const Status &read) {
    if (!read)
      return done(fail(read.error()));
    std::vector<std::optional<std::string>> values;
    values.reserve(keys.size());
    for (const std::string &key : keys)
      values.push_back(table_.get(key));
    done(std::move(values));
  });
}

void KafkaOffsetStore::list(const std::string &connector, OnListed done) {
  log_.read_to_end([this, connector, done = std::move(done)](const Status &read) {
    if (!read)
      return done(fail(read.error()));
    done(table_.list(connector));
  });
}

std::string KafkaOffsetStore::waiting_for() const { return log_.waiting_for(); }

void KafkaOffsetStore::on_record(std::string_view key, std::optional<std::string_view> value) {
  if (const Status put = table_.put(key, value); !put)
    kLog.warn("Ignoring a record of topic '{}' for the offsets of connectors: {} ({} bytes)",
              topic_, put.error().message(), key.size());
}

} // namespace host::storage
