#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "host/kafka/record.h"

struct rd_kafka_message_s;

namespace host::kafka {

class ConsumerCore;

// Records of one poll, as views over librdkafka's fetch buffers: nothing is copied. Owned by who
// polled; may be moved to and destroyed on any thread, also after the consumer is closed. One
// record keeps its whole fetch response in memory, and a batch that is still held when its consumer
// closes makes that consumer stay behind (Consumer::close). Not for concurrent use.
class MessageBatch {
public:
  MessageBatch() = default;
  MessageBatch(std::shared_ptr<ConsumerCore> core, rd_kafka_message_s *const *messages,
               std::size_t count);
  MessageBatch(MessageBatch &&other) noexcept;
  MessageBatch &operator=(MessageBatch &&other) noexcept;
  ~MessageBatch();

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // Keys and values of all records.
  std::size_t bytes() const { return bytes_; }

  InRecord operator[](std::size_t index) const;
  // The records from `first` on, as many as `out` has; cheaper than one by one.
  void view(std::size_t first, std::span<InRecord> out) const;
  // Appends the record's headers to `out`; views into the batch. Parsed at the first call.
  void headers(std::size_t index, std::vector<Header> &out) const;

  // Gives the records back now.
  void clear();

private:
  std::shared_ptr<ConsumerCore> core_;
  std::unique_ptr<std::vector<rd_kafka_message_s *>> messages_;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
};

} // namespace host::kafka
