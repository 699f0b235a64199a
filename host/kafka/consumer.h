#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/base/ids.h"
#include "host/kafka/client_config.h"
#include "host/kafka/message_batch.h"

namespace host::kafka {

// No offset: nothing committed, nothing read yet, or "where the group's offset says".
inline constexpr Offset kNoOffset{-1};

struct PartitionOffset {
  TopicPartition partition;
  Offset offset = kNoOffset;
  friend bool operator==(const PartitionOffset &, const PartitionOffset &) = default;
};

// A partition that is about to be assigned.
struct NewPartition {
  TopicPartition partition;
  // In: the group's committed offset, kNoOffset if none or not known. Out: where reading starts;
  // kNoOffset: at the committed offset, else by auto.offset.reset.
  Offset start = kNoOffset;
  bool paused = false; // out: assigned, but not read until resume()
};

// Run on the polling thread, inside poll() or close(). The assignment itself (eager or
// cooperative) is done by the consumer: after on_assigned, also after on_revoked.
struct RebalanceHandler {
  std::function<void(std::span<NewPartition>)> on_assigned;
  // `lost`: another member may own them already, nothing can be committed any more.
  std::function<void(std::span<const TopicPartition>, bool lost)> on_revoked;
};

enum class Closed : std::uint8_t {
  Clean = 1,
  Quarantined, // messages were still held, or the library hung: the client is left in memory
};

// One group consumer of a sink task: a static member, its prefetch queue bounded, offsets committed
// only on demand. Everything but wake() and held_messages() belongs to one thread, which polls.
class Consumer {
public:
  using OnCommitted = std::function<void(Status)>;

  static Result<std::unique_ptr<Consumer>> create(const ClientConfig &config,
                                                  RebalanceHandler handler);
  // Closes without a commit when close() was not called.
  ~Consumer();
  Consumer(const Consumer &) = delete;
  Consumer &operator=(const Consumer &) = delete;

  // Replaces the subscription. Exact names; a regex is resolved with topics() first.
  Status subscribe(const std::vector<std::string> &topics);
  // All topics of the cluster, internal ones left out.
  Result<std::vector<std::string>> topics(Duration timeout);

  // Up to `max` records, as soon as there is one; an empty batch after `timeout` or wake().
  // Rebalances and commit results are served in here. An error is one that Java's consumer throws
  // from poll: authorisation, fencing, no offset without a reset policy.
  Result<MessageBatch> poll(std::size_t max, Duration timeout);
  // Any thread: ends the present or next wait in poll().
  void wake();

  Status pause(std::span<const TopicPartition> partitions);
  Status resume(std::span<const TopicPartition> partitions);
  // Next poll reads from here. Retry error while the assignment is still being made.
  Status seek(std::span<const PartitionOffset> offsets, Duration timeout);
  // Offset after the last record handed out; kNoOffset before the first.
  Result<std::vector<PartitionOffset>> position(std::span<const TopicPartition> partitions);
  Result<std::vector<PartitionOffset>> committed(std::span<const TopicPartition> partitions,
                                                 Duration timeout);

  // `done` runs in a later poll().
  Status commit_async(std::span<const PartitionOffset> offsets, OnCommitted done);
  Status commit(std::span<const PartitionOffset> offsets, Duration timeout);

  // What the group knows this member by; empty before the first join.
  std::string member_id() const;
  // Records handed out whose batch is alive. Any thread.
  std::size_t held_messages() const;

  // Runs on_revoked for what is assigned, ends the membership on this side (a static member stays
  // known to the group) and destroys the client, all until `deadline`. Held messages would make the
  // library wait for ever: then the client is quarantined, with an error in the log.
  Closed close(TimePoint deadline);

private:
  explicit Consumer(std::shared_ptr<ConsumerCore> core);
  std::shared_ptr<ConsumerCore> core_;
};

} // namespace host::kafka
