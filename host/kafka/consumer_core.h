#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "host/base/ids.h"
#include "host/kafka/consumer.h"
#include "host/kafka/native_client.h"

namespace host::kafka {

// The state behind a Consumer, shared with its batches so that they may outlive it. Belongs to the
// polling thread, but for `held` and `wake_mutex`.
class ConsumerCore : public NativeOpaque {
public:
  explicit ConsumerCore(RebalanceHandler handler) : handler(std::move(handler)) {}

  // librdkafka's callback, inside poll and close.
  void rebalance(rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list);
  void committed(std::uint64_t id, rd_kafka_resp_err_t code,
                 const rd_kafka_topic_partition_list_t *list);

  // Serves the queue into `scratch`; up to `max` messages, waiting for the first only.
  std::size_t fetch(std::size_t max, Duration timeout);
  // Moves what is not a record out of `scratch`; returns how many records are left.
  std::size_t sort_out(std::size_t count);

  rd_kafka_t *client = nullptr; // none once closed
  Queue queue;
  std::mutex wake_mutex; // guards `queue` against its end while another thread wakes
  bool closing = false;
  RebalanceHandler handler;
  std::vector<rd_kafka_message_t *> scratch;
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
};

} // namespace host::kafka
