#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "host/base/ids.h"
#include "host/kafka/consumer.h"
#include "host/kafka/native_client.h"

namespace host::kafka {

// The state behind a Consumer, shared with its batches so that they may outlive it. Belongs to the
// polling thread, but for `held`, `wake_mutex` and the spare list.
class ConsumerCore : public NativeOpaque {
public:
  explicit ConsumerCore(RebalanceHandler handler) : handler(std::move(handler)) {}
  ~ConsumerCore() { delete spare_.load(); }

  // librdkafka's callback, inside poll and close.
  void rebalance(rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list);
  void committed(std::uint64_t id, rd_kafka_resp_err_t code,
                 const rd_kafka_topic_partition_list_t *list);

  // Serves the queue into `scratch`; up to `max` messages, waiting for the first only.
  std::size_t fetch(std::size_t max, Duration timeout);
  // Moves what is not a record out of `scratch`; returns how many records are left.
  std::size_t sort_out(std::size_t count);

  using Messages = std::vector<rd_kafka_message_t *>;
  // An empty list for a batch, and back: batch after batch lives in the same memory. Any thread.
  std::unique_ptr<Messages> take_list();
  void give_list(std::unique_ptr<Messages> list);

  rd_kafka_t *client = nullptr; // none once closed
  Queue queue;
  std::mutex wake_mutex; // guards `queue` against its end while another thread wakes
  bool closing = false;
  RebalanceHandler handler;
  Messages scratch;
  std::atomic<std::size_t> held{0};
  std::optional<Error> failure_seen; // told by the next poll
  std::map<std::uint64_t, Consumer::OnCommitted> commits;
  std::uint64_t next_commit = 1;

private:
  void assign(rd_kafka_topic_partition_list_t *list);
  void revoke(rd_kafka_topic_partition_list_t *list);
  void fill_committed(std::vector<NewPartition> &partitions) const;
  void note_failure(const rd_kafka_message_t &message);

  std::vector<TopicPartition> revoked_now_; // during the present fetch
  std::atomic<Messages *> spare_{nullptr};
};

} // namespace host::kafka
