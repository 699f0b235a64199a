#include "host/runtime/errant_records.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace host::runtime {
namespace {

// What Connect names as the code that failed, whatever the plugin.
constexpr std::string_view kSinkTask = "org.apache.kafka.connect.sink.SinkTask";
// Of a plugin's message; headers of a record should leave room for the record.
constexpr std::size_t kLongestMessage = std::size_t{32} << 10;

std::string describe(const kafka::InRecord &record) {
  std::string text = fmt::format("consumed record is {{topic='{}', partition={}, offset={}",
                                 record.topic, record.partition, record.offset);
  if (record.timestamp_type != kafka::TimestampType::None)
    text += fmt::format(
        ", timestamp={}, timestampType={}", record.timestamp_ms,
        record.timestamp_type == kafka::TimestampType::CreateTime ? "CreateTime" : "LogAppendTime");
  return text + "}";
}

} // namespace

ErrorReports::Record consumed_record(const kafka::MessageBatch &messages, std::size_t index,
                                     const std::shared_ptr<OffsetHolds> &holds) {
  const kafka::InRecord record = messages[index];
  TopicPartition place{std::string(record.topic), record.partition};
  return {[record] { return describe(record); },
          [=, &messages](Letter &letter) {
            letter.key = record.key;
            letter.value = record.value;
            letter.timestamp_ms = record.timestamp_ms;
            messages.headers(index, letter.headers);
            letter.origin.topic = record.topic;
            letter.origin.partition = record.partition;
            letter.origin.offset = record.offset;
            holds->hold(place, record.offset);
          },
          [holds, place, offset = record.offset](bool stored) {
            if (stored) // else the task fails, and reads the record again
              holds->release(place, offset);
          }};
}

Status ErrantRecords::report(const sluice_sink_batch &abi, std::size_t index,
                             std::string_view message) {
  auto &batch = static_cast<SinkBatch &>(*abi.handle);
  const std::lock_guard lock(mutex_);
  std::vector<std::size_t> &reported = batch.errant.reported;
  const std::size_t origin = batch.origin(index);
  if (batch.errant.fate == SinkBatch::Fate::Dropped ||
      std::find(reported.begin(), reported.end(), origin) != reported.end())
    return {};
  reported.push_back(origin);
  if (batch.errant.fate == SinkBatch::Fate::Accepted)
    ++late_;
  const Error error(Code::Data, exception::kConnect,
                    std::string(message.substr(0, kLongestMessage)));
  reports_->failed_try(false);
  const auto record = consumed_record(batch.messages, origin, holds_);
  bool posted = false;
  const auto outcome = reports_->report({ErrorStage::TaskPut, kSinkTask, error}, record, &posted);
  if (outcome)
    return {};
  if (!posted) { // it is nowhere: nothing behind it may be committed
    const kafka::InRecord from = batch.messages[origin];
    holds_->hold({std::string(from.topic), from.partition}, from.offset);
  }
  if (!failure_)
    failure_ = outcome.error();
  return {};
}

std::size_t ErrantRecords::remove(SinkBatch &batch, std::string_view topic,
                                  std::int32_t partition) {
  const std::lock_guard lock(mutex_);
  std::size_t returned = 0;
  for (const std::size_t message : batch.remove(topic, partition))
    returned += std::erase(batch.errant.reported, message) == 0 ? 1 : 0;
  return returned;
}

std::size_t ErrantRecords::settle(SinkBatch &batch, SinkBatch::Fate fate) {
  const std::lock_guard lock(mutex_);
  batch.errant.fate = fate;
  return batch.errant.reported.size();
}

std::size_t ErrantRecords::take_late() {
  const std::lock_guard lock(mutex_);
  return std::exchange(late_, 0);
}

std::optional<Error> ErrantRecords::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

} // namespace host::runtime
