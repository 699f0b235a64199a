#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "host/kafka/error.h"

struct rd_kafka_topic_s;

namespace host::kafka {

// Bytes owned by somebody else. `data == nullptr` is Kafka's null; empty bytes have an address.
struct Slice {
  const std::uint8_t *data = nullptr;
  std::size_t size = 0;
  bool is_null() const { return data == nullptr; }
  std::string_view text() const { return {reinterpret_cast<const char *>(data), size}; }
  static Slice of(std::string_view text) {
    const char *data = text.data() != nullptr ? text.data() : "";
    return {reinterpret_cast<const std::uint8_t *>(data), text.size()};
  }
};

struct Header {
  std::string_view name;
  Slice value;
};

// A topic of one Producer, which owns it: valid for the producer's life, free to copy. Saves the
// look-up by name for every record.
struct Topic {
  rd_kafka_topic_s *handle = nullptr;
};

inline constexpr std::int32_t kAnyPartition = -1; // the partitioner decides, as Java's does
inline constexpr std::int64_t kNow = -1;          // the time of the produce call

// One record on its way out. Everything it points to must live until produce() has returned; the
// value until its delivery when `copy_value` is false.
struct OutRecord {
  Topic topic;
  std::int32_t partition = kAnyPartition;
  // 0 cannot be told from "now" by librdkafka: such a record gets the present time.
  std::int64_t timestamp_ms = kNow;
  Slice key;
  Slice value;
  std::span<const Header> headers;
  bool copy_value = true;
  void *opaque = nullptr; // comes back in Delivery
};

// What became of one produced record.
struct Delivery {
  void *opaque = nullptr;
  std::int64_t offset = -1;
  std::int32_t partition = -1;
  ErrorCode error = ErrorCode::None;
  std::size_t bytes = 0; // key and value
};

enum class TimestampType : std::uint8_t { None = 1, CreateTime, LogAppendTime };

// One consumed record, over the library's fetch buffer. Valid as long as its MessageBatch.
struct InRecord {
  std::string_view topic; // data() is the same for all records of a topic: compare that first
  std::int32_t partition = 0;
  TimestampType timestamp_type = TimestampType::None;
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = -1;
  Slice key;
  Slice value;
  bool may_have_headers = true; // false: surely none, known without parsing
};

} // namespace host::kafka
