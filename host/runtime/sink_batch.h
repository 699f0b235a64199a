#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include <sluice/abi/sink.h>

#include "host/base/clock.h"
#include "host/data/arena.h"
#include "host/kafka/message_batch.h"
#include "host/plugin/batch.h"

namespace host::runtime {

class SinkBatchPool;

// The records of one put: Kafka's messages, and over them what the plugin sees. Everything that is
// reachable from abi() lives until the last reference goes, on whatever thread that is; then the
// messages go back to the library and the batch to its pool.
class SinkBatch final : public sluice_batch {
public:
  explicit SinkBatch(SinkBatchPool &pool) : pool_(pool) {}

  // ---- the task, while the host holds its reference ----
  kafka::MessageBatch messages;
  data::Arena arena;
  std::shared_ptr<const void> schemas; // keeps those of the records
  std::vector<sluice_sink_record> records;
  std::vector<sluice_str> topics;
  std::vector<sluice_header> headers;
  // Which message the record at `index` was made of: its own index, as long as none was left out.
  std::size_t origin(std::size_t index) const { return gaps_ ? origins_[index] : index; }
  // To be called for every record that comes after a gap, with the index of its message.
  bool has_gaps() const { return gaps_; }
  void add_origin(std::size_t message) { origins_.push_back(static_cast<std::uint32_t>(message)); }
  // A message has no record: from here on the two do not correspond.
  void begin_gaps();
  // Ties the parts together; call it after they have been filled or changed.
  const sluice_sink_batch &seal();
  const sluice_sink_batch &abi() const { return abi_; }
  // A transform gave some record another topic or partition than its message's.
  bool moved = false;
  // Takes out the records that were read from a topic partition; gives their messages. Not while
  // the plugin holds the batch.
  std::vector<std::size_t> remove(std::string_view topic, std::int32_t partition);
  // Gives the host's reference up. What the plugin has retained counts against its budget from now
  // on.
  void done();

  // ---- ErrantRecords, under its lock ----
  enum class Fate : std::uint8_t { Open = 1, Accepted, Dropped };
  struct Errant {
    Fate fate = Fate::Open;
    std::vector<std::size_t> reported; // messages, in the order of their reports
  };
  Errant errant;

private:
  friend class SinkBatchPool;
  void unreferenced() override;
  bool was_read_from(std::size_t index, std::string_view topic, std::int32_t partition) const;

  SinkBatchPool &pool_;
  sluice_sink_batch abi_{};
  std::vector<std::uint32_t> origins_;
  bool gaps_ = false;
  std::size_t bytes_ = 0;
  bool counted_ = false;
  std::shared_ptr<SinkBatchPool> keep_alive_; // while it is out
};

// The batches of one sink task. Lives as long as one of them is out, which may be longer than the
// task. take() is the task's; the rest is for any thread.
class SinkBatchPool : public std::enable_shared_from_this<SinkBatchPool> {
public:
  // An empty batch with the host's reference.
  SinkBatch &take();

  // Bytes of batches that the plugin keeps beyond their put.
  std::int64_t retained_bytes() const { return retained_.load(std::memory_order_acquire); }
  // Whether every batch came back before the deadline.
  bool wait_until_back(TimePoint deadline);
  // Called when a kept batch is given back; empty: nobody wants to know. Not called with a lock.
  void on_release(std::function<void()> callback);

private:
  friend class SinkBatch;
  void give_back(SinkBatch &batch, std::int64_t retained);

  std::mutex mutex_;
  std::condition_variable back_;
  std::vector<std::unique_ptr<SinkBatch>> batches_; // guarded by mutex_, as the next two
  std::vector<SinkBatch *> spare_;
  std::shared_ptr<const std::function<void()>> on_release_;
  std::atomic<std::int64_t> retained_{0};
};

} // namespace host::runtime
