#include "host/kafka/consumer_core.h"

#include <algorithm>

#include <fmt/format.h>

#include "host/base/log.h"

namespace host::kafka {
namespace {

const log::Logger kLog{"sluice.kafka.consumer"};

// How long an assignment waits for the group's offsets, which it can also do without.
constexpr int kCommittedTimeoutMs = 5'000;

std::vector<TopicPartition> partitions_of(const rd_kafka_topic_partition_list_t *list) {
  std::vector<TopicPartition> partitions;
  for (const auto &entry : std::span(list->elems, static_cast<std::size_t>(list->cnt)))
    partitions.push_back({entry.topic, entry.partition});
  return partitions;
}

bool is_cooperative(rd_kafka_t *client) {
  const char *protocol = rd_kafka_rebalance_protocol(client); // none when it is being closed
  return protocol != nullptr && std::string_view(protocol) == "COOPERATIVE";
}

// Failures that Java's consumer throws from poll; the others it only logs.
bool ends_polling(rd_kafka_resp_err_t code) {
  switch (code) {
  case RD_KAFKA_RESP_ERR__FATAL:
  case RD_KAFKA_RESP_ERR__NO_OFFSET:
  case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
  case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
  case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
  case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
  case RD_KAFKA_RESP_ERR_INVALID_GROUP_ID:
  case RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT:
  case RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL:
  case RD_KAFKA_RESP_ERR_GROUP_MAX_SIZE_REACHED:
  case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
  case RD_KAFKA_RESP_ERR_UNRELEASED_INSTANCE_ID:
  case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
    return true;
  default:
    return false;
  }
}

} // namespace

void ConsumerCore::rebalance(rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list) {
  // An assignment that comes while the consumer closes is nobody's any more.
  if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS && !closing)
    return assign(list);
  if (code == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS)
    return revoke(list);
  if (code != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS)
    kLog.warn("{}: rebalance failed: {}", rd_kafka_name(client), rd_kafka_err2str(code));
  rd_kafka_assign(client, nullptr);
}

void ConsumerCore::assign(rd_kafka_topic_partition_list_t *list) {
  std::vector<NewPartition> partitions;
  for (TopicPartition &tp : partitions_of(list))
    partitions.push_back({std::move(tp)});
  fill_committed(partitions);
  if (handler.on_assigned)
    handler.on_assigned(partitions);

  std::vector<TopicPartition> paused;
  for (int i = 0; i < list->cnt; ++i) {
    const NewPartition &partition = partitions[static_cast<std::size_t>(i)];
    // Without an offset librdkafka asks the group once more and then obeys auto.offset.reset.
    list->elems[i].offset =
        partition.start.value >= 0 ? partition.start.value : RD_KAFKA_OFFSET_INVALID;
    if (partition.paused)
      paused.push_back(partition.partition);
  }
  RichError error;
  if (is_cooperative(client))
    error.reset(rd_kafka_incremental_assign(client, list));
  else if (const auto code = rd_kafka_assign(client, list); code != RD_KAFKA_RESP_ERR_NO_ERROR)
    kLog.warn("{}: assigning failed: {}", rd_kafka_name(client), rd_kafka_err2str(code));
  if (error)
    kLog.warn("{}: assigning failed: {}", rd_kafka_name(client),
              rd_kafka_error_string(error.get()));
  // Before anything of them was fetched: no record of a paused partition can slip through.
  if (!paused.empty())
    rd_kafka_pause_partitions(client, partition_list(paused).get());
}

void ConsumerCore::revoke(rd_kafka_topic_partition_list_t *list) {
  std::vector<TopicPartition> partitions = partitions_of(list);
  if (handler.on_revoked)
    handler.on_revoked(partitions, rd_kafka_assignment_lost(client) != 0);
  if (!is_cooperative(client))
    rd_kafka_assign(client, nullptr);
  else if (RichError error(rd_kafka_incremental_unassign(client, list)); error)
    kLog.warn("{}: giving partitions up failed: {}", rd_kafka_name(client),
              rd_kafka_error_string(error.get()));
  revoked_now_.insert(revoked_now_.end(), partitions.begin(), partitions.end());
}

void ConsumerCore::fill_committed(std::vector<NewPartition> &partitions) const {
  if (partitions.empty())
    return;
  std::vector<TopicPartition> names;
  for (const NewPartition &partition : partitions)
    names.push_back(partition.partition);
  const PartitionList list = partition_list(names);
  const auto code = rd_kafka_committed(client, list.get(), kCommittedTimeoutMs);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    kLog.warn("{}: the group's offsets are not known yet: {}", rd_kafka_name(client),
              rd_kafka_err2str(code));
    return;
  }
  for (std::size_t i = 0; i < partitions.size(); ++i)
    if (list->elems[i].err == RD_KAFKA_RESP_ERR_NO_ERROR && list->elems[i].offset >= 0)
      partitions[i].start = Offset(list->elems[i].offset);
}

void ConsumerCore::committed(std::uint64_t id, rd_kafka_resp_err_t code,
                             const rd_kafka_topic_partition_list_t *list) {
  auto commit = commits.extract(id);
  if (commit.empty())
    return;
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    commit.mapped()(fail(error_of(code_of(code), "committing offsets")));
  else
    commit.mapped()(first_error(list, "committing the offset"));
}

std::size_t ConsumerCore::fetch(std::size_t max, Duration timeout) {
  scratch.resize(std::max(scratch.size(), max));
  revoked_now_.clear();
  // The library waits until its array is full, so it is asked for one message first and for what is
  // there besides afterwards.
  const ssize_t first =
      rd_kafka_consume_batch_queue(queue.get(), to_timeout(timeout), scratch.data(), 1);
  if (first <= 0 || max == 1)
    return first > 0 ? 1 : 0;
  revoked_now_.clear();
  const ssize_t more = rd_kafka_consume_batch_queue(queue.get(), 0, scratch.data() + 1, max - 1);
  std::size_t count = 1 + static_cast<std::size_t>(std::max<ssize_t>(more, 0));
  // The second call takes revoked records out of its own array only.
  const rd_kafka_message_t &head = *scratch[0];
  const bool stale =
      head.rkt != nullptr && std::ranges::any_of(revoked_now_, [&](const TopicPartition &tp) {
        return tp.partition == head.partition && tp.topic == rd_kafka_topic_name(head.rkt);
      });
  if (stale) {
    rd_kafka_message_destroy(scratch[0]);
    std::copy(scratch.begin() + 1, scratch.begin() + static_cast<std::ptrdiff_t>(count),
              scratch.begin());
    --count;
  }
  return count;
}

std::size_t ConsumerCore::sort_out(std::size_t count) {
  std::size_t records = 0;
  for (std::size_t i = 0; i < count; ++i) {
    rd_kafka_message_t *message = scratch[i];
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      scratch[records++] = message;
      continue;
    }
    note_failure(*message);
    rd_kafka_message_destroy(message);
  }
  return records;
}

void ConsumerCore::note_failure(const rd_kafka_message_t &message) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
    return;
  rd_kafka_resp_err_t code = message.err;
  std::string text = rd_kafka_message_errstr(&message);
  if (code == RD_KAFKA_RESP_ERR__FATAL) {
    char reason[512];
    code = rd_kafka_fatal_error(client, reason, sizeof reason);
    text = reason;
  }
  if (!ends_polling(message.err)) {
    kLog.warn("{}: {}", rd_kafka_name(client), text);
    return;
  }
  if (!failure_seen)
    failure_seen = error_of(code_of(code), "consuming", text);
}

std::unique_ptr<ConsumerCore::Messages> ConsumerCore::take_list() {
  std::unique_ptr<Messages> list(spare_.exchange(nullptr, std::memory_order_acquire));
  return list != nullptr ? std::move(list) : std::make_unique<Messages>();
}

void ConsumerCore::give_list(std::unique_ptr<Messages> list) {
  list->clear();
  const std::unique_ptr<Messages> other(spare_.exchange(list.release(), std::memory_order_acq_rel));
}

} // namespace host::kafka
