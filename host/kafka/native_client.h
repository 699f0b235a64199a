#pragma once

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/base/ids.h"
#include "host/kafka/client_config.h"
#include "host/kafka/consumer.h"
#include "host/kafka/error.h"

// What producers, consumers and admins of this room share. Not for other rooms: it shows
// librdkafka.
namespace host::kafka {

// How long the end of a client may take before it is left behind.
inline constexpr Duration kDestroyLimit{5'000};

// What librdkafka's callbacks get as their opaque: the base of each client's own state.
struct NativeOpaque {
  // An error that the library only reports: refused log-in, fatal error. Zero: none.
  std::atomic<std::int32_t> failure{0};
};

// Makes a client of `type`. `prepare` may set callbacks on the configuration.
Result<rd_kafka_t *> make_client(rd_kafka_type_t type, const ClientConfig &config,
                                 NativeOpaque *opaque,
                                 void (*prepare)(rd_kafka_conf_t *) = nullptr);

// rd_kafka_destroy, but not for longer than to the deadline: a client that hangs in its library is
// left behind with the thread that waits for it, with an error in the log. False then.
bool destroy_client(rd_kafka_t *client, int flags, TimePoint deadline);

// Milliseconds for librdkafka: never negative, never more than fits.
int to_timeout(Duration duration);
Duration remaining(TimePoint deadline);

struct ListDeleter {
  void operator()(rd_kafka_topic_partition_list_t *list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t, ListDeleter>;

struct QueueDeleter {
  void operator()(rd_kafka_queue_t *queue) const { rd_kafka_queue_destroy(queue); }
};
using Queue = std::unique_ptr<rd_kafka_queue_t, QueueDeleter>;

struct EventDeleter {
  void operator()(rd_kafka_event_t *event) const { rd_kafka_event_destroy(event); }
};
using Event = std::unique_ptr<rd_kafka_event_t, EventDeleter>;

struct RichErrorDeleter {
  void operator()(rd_kafka_error_t *error) const { rd_kafka_error_destroy(error); }
};
using RichError = std::unique_ptr<rd_kafka_error_t, RichErrorDeleter>;

inline ErrorCode code_of(rd_kafka_resp_err_t code) { return static_cast<ErrorCode>(code); }
Error error_of(const rd_kafka_error_t *error, std::string_view what);

PartitionList partition_list(std::span<const TopicPartition> partitions);
PartitionList partition_list(std::span<const PartitionOffset> offsets);
// Names and offsets; librdkafka's special offsets become kNoOffset.
std::vector<PartitionOffset> offsets_of(const rd_kafka_topic_partition_list_t *list);
// The first partition with an error, as an Error naming it.
Status first_error(const rd_kafka_topic_partition_list_t *list, std::string_view what);

} // namespace host::kafka
