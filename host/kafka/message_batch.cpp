#include "host/kafka/message_batch.h"

#include <string_view>
#include <utility>

#include "host/kafka/consumer_core.h"

namespace host::kafka {
namespace {

// Whether a record has no headers, as far as that can be seen at no cost. The library allocates and
// parses to find a count of zero, for every record. In the record format v2 (the only one whose
// batches carry a leader epoch) the count follows the value, and the value lies in the fetch
// buffer.
bool surely_without_headers(const rd_kafka_message_t &message) {
  if (rd_kafka_message_leader_epoch(&message) < 0)
    return false;
  const auto *value = static_cast<const unsigned char *>(message.payload);
  const auto *key = static_cast<const unsigned char *>(message.key);
  constexpr unsigned char kNullValue = 1; // the length -1 as a varint
  if (message.len > 0)
    return value[message.len] == 0;
  return value == nullptr && message.key_len > 0 && key[message.key_len] == kNullValue &&
         key[message.key_len + 1] == 0;
}

TimestampType timestamp_type(rd_kafka_timestamp_type_t type) {
  if (type == RD_KAFKA_TIMESTAMP_CREATE_TIME)
    return TimestampType::CreateTime;
  return type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME ? TimestampType::LogAppendTime
                                                    : TimestampType::None;
}

} // namespace

MessageBatch::MessageBatch(std::shared_ptr<ConsumerCore> core, rd_kafka_message_s *const *messages,
                           std::size_t count)
    : core_(std::move(core)), messages_(core_->take_list()), size_(count) {
  messages_->assign(messages, messages + count);
  for (const rd_kafka_message_t *message : *messages_)
    bytes_ += message->len + message->key_len;
  core_->held.fetch_add(count, std::memory_order_relaxed);
}

MessageBatch::MessageBatch(MessageBatch &&other) noexcept
    : core_(std::move(other.core_)), messages_(std::move(other.messages_)),
      size_(std::exchange(other.size_, 0)), bytes_(std::exchange(other.bytes_, 0)) {}

MessageBatch &MessageBatch::operator=(MessageBatch &&other) noexcept {
  if (this != &other) {
    clear();
    core_ = std::move(other.core_);
    messages_ = std::move(other.messages_);
    size_ = std::exchange(other.size_, 0);
    bytes_ = std::exchange(other.bytes_, 0);
  }
  return *this;
}

MessageBatch::~MessageBatch() { clear(); }

void MessageBatch::clear() {
  if (size_ == 0)
    return;
  for (rd_kafka_message_t *message : *messages_)
    rd_kafka_message_destroy(message);
  core_->give_list(std::move(messages_));
  // After the last touch of the client: who closes it may go on when this reaches zero.
  core_->held.fetch_sub(size_, std::memory_order_release);
  core_.reset();
  size_ = bytes_ = 0;
}

InRecord MessageBatch::operator[](std::size_t index) const {
  InRecord record;
  view(index, std::span(&record, 1));
  return record;
}

void MessageBatch::view(std::size_t first, std::span<InRecord> out) const {
  const rd_kafka_topic_t *topic = nullptr;
  std::string_view name;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const rd_kafka_message_t &message = *(*messages_)[first + i];
    if (message.rkt != topic) {
      topic = message.rkt;
      name = rd_kafka_topic_name(topic);
    }
    InRecord &record = out[i];
    rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    record.timestamp_ms = rd_kafka_message_timestamp(&message, &type);
    record.timestamp_type = timestamp_type(type);
    record.topic = name;
    record.partition = message.partition;
    record.offset = message.offset;
    record.key = {static_cast<const std::uint8_t *>(message.key), message.key_len};
    record.value = {static_cast<const std::uint8_t *>(message.payload), message.len};
    record.may_have_headers = !surely_without_headers(message);
  }
}

void MessageBatch::headers(std::size_t index, std::vector<Header> &out) const {
  rd_kafka_headers_t *headers = nullptr;
  if (rd_kafka_message_headers((*messages_)[index], &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return;
  const char *name = nullptr;
  const void *value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i)
    out.push_back({name, {static_cast<const std::uint8_t *>(value), size}});
}

} // namespace host::kafka
