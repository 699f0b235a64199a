#include "host/kafka/log_reader.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/kafka/native_client.h"

namespace host::kafka {
namespace {

const log::Logger kLog{"sluice.kafka.store"};

} // namespace

struct LogReader::Core : NativeOpaque {
  rd_kafka_t *client = nullptr;
  rd_kafka_topic_t *topic = nullptr;
  Queue queue;
  std::string name;
  std::vector<std::int64_t> next; // by partition: the offset after the last record seen
};

LogReader::LogReader(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Result<std::unique_ptr<LogReader>> LogReader::create(const ClientConfig &given,
                                                     const std::string &topic,
                                                     std::int32_t partitions, int wake_fd) {
  ClientConfig config = given;
  // Its event carries the position also where the log ends in records that are never handed out.
  config.set("enable.partition.eof", "true");
  auto core = std::make_unique<Core>();
  core->name = topic;
  core->next.resize(static_cast<std::size_t>(partitions), 0);
  HOST_ASSIGN(core->client, make_client(RD_KAFKA_CONSUMER, config, core.get()));
  std::unique_ptr<LogReader> reader(new LogReader(std::move(core)));
  Core &made = *reader->core_;
  made.topic = rd_kafka_topic_new(made.client, topic.c_str(), nullptr);
  made.queue.reset(rd_kafka_queue_new(made.client));
  const std::uint64_t one = 1;
  rd_kafka_queue_io_event_enable(made.queue.get(), wake_fd, &one, sizeof one);
  for (std::int32_t partition = 0; partition < partitions; ++partition)
    if (rd_kafka_consume_start_queue(made.topic, partition, RD_KAFKA_OFFSET_BEGINNING,
                                     made.queue.get()) != 0)
      return fail(
          error_of(code_of(rd_kafka_last_error()), fmt::format("reading topic '{}'", topic)));
  return reader;
}

LogReader::~LogReader() {
  if (core_->topic != nullptr) {
    for (std::size_t partition = 0; partition < core_->next.size(); ++partition)
      rd_kafka_consume_stop(core_->topic, static_cast<std::int32_t>(partition));
    rd_kafka_topic_destroy(core_->topic);
  }
  core_->queue.reset();
  if (!destroy_client(core_->client, 0, std::chrono::steady_clock::now() + kDestroyLimit))
    core_.release(); // the client that was left behind may still call back into it
}

void LogReader::read(const OnRecord &on_record) {
  std::array<rd_kafka_message_t *, 256> messages;
  for (;;) {
    const ssize_t count =
        rd_kafka_consume_batch_queue(core_->queue.get(), 0, messages.data(), messages.size());
    for (ssize_t i = 0; i < count; ++i) {
      rd_kafka_message_t *message = messages[static_cast<std::size_t>(i)];
      const bool is_record = message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
      const bool is_end = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
      if (is_record) {
        LogRecord record{.key = {static_cast<const char *>(message->key), message->key_len},
                         .value = {},
                         .offset = message->offset};
        if (message->payload != nullptr)
          record.value.emplace(static_cast<const char *>(message->payload), message->len);
        on_record(record);
      } else if (!is_end) {
        kLog.warn("Reading topic '{}': {}", core_->name, rd_kafka_message_errstr(message));
      }
      if (is_record || is_end) {
        std::int64_t &next = core_->next[static_cast<std::size_t>(message->partition)];
        next = std::max(next, message->offset + (is_record ? 1 : 0));
      }
      rd_kafka_message_destroy(message);
    }
    if (count <= 0)
      return;
  }
}

bool LogReader::has_reached(const std::vector<PartitionOffset> &ends) const {
  return std::ranges::all_of(ends, [&](const PartitionOffset &end) {
    const auto partition = static_cast<std::size_t>(end.partition.partition);
    return partition >= core_->next.size() || core_->next[partition] >= end.offset.value;
  });
}

} // namespace host::kafka
