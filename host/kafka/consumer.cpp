#include "host/kafka/consumer.h"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/kafka/consumer_core.h"

namespace host::kafka {
namespace {

const log::Logger kLog{"sluice.kafka.consumer"};

void on_rebalance(rd_kafka_t *, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list,
                  void *opaque) {
  static_cast<ConsumerCore *>(static_cast<NativeOpaque *>(opaque))->rebalance(code, list);
}

// An asynchronous commit's number; the core is the client's opaque.
void on_commit(rd_kafka_t *client, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list,
               void *opaque) {
  auto *core = static_cast<ConsumerCore *>(static_cast<NativeOpaque *>(rd_kafka_opaque(client)));
  core->committed(reinterpret_cast<std::uintptr_t>(opaque), code, list);
}

struct CommitResult {
  bool done = false;
  Status status;
};

void on_waited_commit(rd_kafka_t *, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list,
                      void *opaque) {
  auto *result = static_cast<CommitResult *>(opaque);
  result->done = true;
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    result->status = fail(error_of(code_of(code), "committing offsets"));
  else if (list != nullptr)
    result->status = first_error(list, "committing the offset");
}

Status status_of(rd_kafka_resp_err_t code, std::string_view what) {
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
    return {};
  return fail(error_of(code_of(code), what));
}

// Java's consumers leave these out by the broker's flag; librdkafka does not show it.
bool is_internal(std::string_view topic) {
  return topic == "__consumer_offsets" || topic == "__transaction_state" ||
         topic == "__share_group_state";
}

// Ends the group part of the client, serving its callbacks. False if it took too long.
bool leave(ConsumerCore &core, rd_kafka_t *client, TimePoint deadline) {
  core.client = client; // the rebalance handler asks it
  core.closing = true;
  const Queue queue(rd_kafka_queue_new(client));
  // Refused after a fatal error: then there is no membership to end.
  const RichError refused(rd_kafka_consumer_close_queue(client, queue.get()));
  bool closed = refused != nullptr;
  while (!closed && remaining(deadline) > Duration::zero()) {
    // One at a time: the library waits for a full array, and the end is told by an event.
    rd_kafka_message_t *message = nullptr;
    const Duration wait = std::min(remaining(deadline), Duration(100));
    if (rd_kafka_consume_batch_queue(queue.get(), to_timeout(wait), &message, 1) > 0)
      rd_kafka_message_destroy(message);
    closed = rd_kafka_consumer_closed(client) != 0;
  }
  core.client = nullptr;
  return closed;
}

// Clients that could not be ended: never destroyed, and neither is what their callbacks point to.
void quarantine(std::shared_ptr<ConsumerCore> core) {
  static std::mutex mutex;
  static auto *left_behind = new std::vector<std::shared_ptr<ConsumerCore>>;
  std::lock_guard lock(mutex);
  left_behind->push_back(std::move(core));
}

} // namespace

Consumer::Consumer(std::shared_ptr<ConsumerCore> core) : core_(std::move(core)) {}

Result<std::unique_ptr<Consumer>> Consumer::create(const ClientConfig &config,
                                                   RebalanceHandler handler) {
  auto core = std::make_shared<ConsumerCore>(std::move(handler));
  HOST_ASSIGN(core->client, make_client(RD_KAFKA_CONSUMER, config, core.get(), [](auto *conf) {
                rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
              }));
  rd_kafka_poll_set_consumer(core->client);
  core->queue.reset(rd_kafka_queue_get_consumer(core->client));
  return std::unique_ptr<Consumer>(new Consumer(std::move(core)));
}

Consumer::~Consumer() {
  if (core_->client != nullptr)
    close(std::chrono::steady_clock::now() + kDestroyLimit);
}

Status Consumer::subscribe(const std::vector<std::string> &topics) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(topics.size())));
  for (const std::string &topic : topics)
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  const auto code = topics.empty() ? rd_kafka_unsubscribe(core_->client)
                                   : rd_kafka_subscribe(core_->client, list.get());
  return status_of(code, "subscribing");
}

Result<std::vector<std::string>> Consumer::topics(Duration timeout) {
  const rd_kafka_metadata_t *metadata = nullptr;
  HOST_TRY(status_of(rd_kafka_metadata(core_->client, 1, nullptr, &metadata, to_timeout(timeout)),
                     "listing the topics"));
  std::vector<std::string> names;
  for (const auto &topic :
       std::span(metadata->topics, static_cast<std::size_t>(metadata->topic_cnt)))
    if (topic.err == RD_KAFKA_RESP_ERR_NO_ERROR && !is_internal(topic.topic))
      names.emplace_back(topic.topic);
  rd_kafka_metadata_destroy(metadata);
  std::ranges::sort(names);
  return names;
}

Result<MessageBatch> Consumer::poll(std::size_t max, Duration timeout) {
  if (!core_->failure_seen) {
    const std::size_t count = core_->sort_out(core_->fetch(max, timeout));
    if (count > 0)
      return MessageBatch(core_, core_->scratch.data(), count);
  }
  if (core_->failure_seen)
    return fail(*core_->failure_seen);
  const auto reported =
      code_of(static_cast<rd_kafka_resp_err_t>(core_->failure.load(std::memory_order_relaxed)));
  if (reported != ErrorCode::None)
    return fail(error_of(reported, "consuming"));
  return MessageBatch();
}

void Consumer::wake() {
  std::lock_guard lock(core_->wake_mutex);
  if (core_->queue)
    rd_kafka_queue_yield(core_->queue.get());
}

Status Consumer::pause(std::span<const TopicPartition> partitions) {
  const PartitionList list = partition_list(partitions);
  HOST_TRY(status_of(rd_kafka_pause_partitions(core_->client, list.get()), "pausing"));
  return first_error(list.get(), "pausing");
}

Status Consumer::resume(std::span<const TopicPartition> partitions) {
  const PartitionList list = partition_list(partitions);
  HOST_TRY(status_of(rd_kafka_resume_partitions(core_->client, list.get()), "resuming"));
  return first_error(list.get(), "resuming");
}

Status Consumer::seek(std::span<const PartitionOffset> offsets, Duration timeout) {
  const PartitionList list = partition_list(offsets);
  if (const RichError error(
          rd_kafka_seek_partitions(core_->client, list.get(), to_timeout(timeout)));
      error)
    return fail(error_of(error.get(), "seeking"));
  return first_error(list.get(), "seeking");
}

Result<std::vector<PartitionOffset>>
Consumer::position(std::span<const TopicPartition> partitions) {
  const PartitionList list = partition_list(partitions);
  HOST_TRY(status_of(rd_kafka_position(core_->client, list.get()), "asking for positions"));
  return offsets_of(list.get());
}

Result<std::vector<PartitionOffset>> Consumer::committed(std::span<const TopicPartition> partitions,
                                                         Duration timeout) {
  const PartitionList list = partition_list(partitions);
  HOST_TRY(status_of(rd_kafka_committed(core_->client, list.get(), to_timeout(timeout)),
                     "reading the group's offsets"));
  HOST_TRY(first_error(list.get(), "reading the group's offset"));
  return offsets_of(list.get());
}

Status Consumer::commit_async(std::span<const PartitionOffset> offsets, OnCommitted done) {
  const PartitionList list = partition_list(offsets);
  const std::uint64_t id = core_->next_commit++;
  core_->commits.emplace(id, std::move(done));
  const auto code =
      rd_kafka_commit_queue(core_->client, list.get(), core_->queue.get(), on_commit,
                            reinterpret_cast<void *>(static_cast<std::uintptr_t>(id)));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    core_->commits.erase(id);
  return status_of(code, "committing offsets");
}

Status Consumer::commit(std::span<const PartitionOffset> offsets, Duration timeout) {
  const PartitionList list = partition_list(offsets);
  // A queue of its own: the reply is waited for without serving anything else, and one that comes
  // too late dies with the queue.
  const Queue queue(rd_kafka_queue_new(core_->client));
  CommitResult result;
  HOST_TRY(status_of(
      rd_kafka_commit_queue(core_->client, list.get(), queue.get(), on_waited_commit, &result),
      "committing offsets"));
  rd_kafka_queue_poll_callback(queue.get(), to_timeout(timeout));
  if (!result.done)
    return fail(error_of(code_of(RD_KAFKA_RESP_ERR__TIMED_OUT), "committing offsets"));
  return result.status;
}

std::string Consumer::member_id() const {
  char *id = rd_kafka_memberid(core_->client);
  if (id == nullptr)
    return {};
  std::string text = id;
  rd_kafka_mem_free(core_->client, id);
  return text;
}

std::size_t Consumer::held_messages() const { return core_->held.load(std::memory_order_acquire); }

Closed Consumer::close(TimePoint deadline) {
  rd_kafka_t *client = std::exchange(core_->client, nullptr);
  {
    std::lock_guard lock(core_->wake_mutex);
    core_->queue.reset();
  }
  const bool left = leave(*core_, client, deadline);
  for (auto &[id, done] : std::exchange(core_->commits, {}))
    done(fail(Code::Cancelled, "committing offsets: the consumer was closed"));
  if (const std::size_t held = held_messages(); held > 0) {
    kLog.error("{}: {} records are still held while their consumer closes; it stays in memory. A "
               "sink task must release what it retained before close() and stop() return.",
               rd_kafka_name(client), held);
  } else {
    if (!left)
      kLog.warn("{}: leaving the group takes too long; the client is ended as it is",
                rd_kafka_name(client));
    const TimePoint at_least = std::chrono::steady_clock::now() + Duration(1'000);
    if (destroy_client(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE, std::max(deadline, at_least)))
      return Closed::Clean;
  }
  quarantine(core_);
  return Closed::Quarantined;
}

} // namespace host::kafka
