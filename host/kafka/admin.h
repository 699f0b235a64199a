#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/base/ids.h"
#include "host/base/strings.h"
#include "host/kafka/client_config.h"
#include "host/kafka/consumer.h"

struct rd_kafka_s;

namespace host::kafka {

class Producer;

struct NewTopic {
  std::string name;
  std::int32_t partitions = -1;         // -1: the broker's default
  std::int32_t replication_factor = -1; // -1: the broker's default
  StringMap config = {};
};

struct TopicDescription {
  std::string name;
  std::int32_t partitions = 0;
};

// How long a call may take, and what else ends it.
struct CallLimit {
  Duration timeout{10'000};
  std::stop_token stop = {};
};

// Questions to the cluster. Each call blocks its thread until the answer, the limit or the stop; an
// answer that did not come is a Retry error. Calls may come from any thread. The mock cluster knows
// none of these but cluster_id, topics, describe_topic and end_offsets.
class Admin {
public:
  static Result<std::unique_ptr<Admin>> create(const ClientConfig &config);
  // Uses the connections of a store's producer, which must outlive it. (Not of a task's: that one
  // makes the topics that it asks for.)
  explicit Admin(Producer &producer);
  ~Admin();

  Result<std::string> cluster_id(const CallLimit &limit);
  // All topics, internal ones left out.
  Result<std::vector<TopicDescription>> topics(const CallLimit &limit);
  // Empty if the topic does not exist.
  Result<std::optional<TopicDescription>> describe_topic(const std::string &name,
                                                         const CallLimit &limit);
  // AlreadyExists is an error of that code; other failures carry the broker's sentence.
  Status create_topic(const NewTopic &topic, const CallLimit &limit);
  // Every setting of the topic that has a value.
  Result<StringMap> topic_config(const std::string &name, const CallLimit &limit);
  Result<std::vector<PartitionOffset>> group_offsets(const std::string &group,
                                                     const CallLimit &limit);
  // The next three fail with Conflict while the group has members, which alone may change it then.
  Status alter_group_offsets(const std::string &group, std::span<const PartitionOffset> offsets,
                             const CallLimit &limit);
  Status remove_group_offsets(const std::string &group, std::span<const TopicPartition> partitions,
                              const CallLimit &limit);
  // NotFound if there is no such group.
  Status remove_group(const std::string &group, const CallLimit &limit);
  // Offset after the last record of each partition.
  Result<std::vector<PartitionOffset>> end_offsets(const std::string &topic,
                                                   std::int32_t partitions, const CallLimit &limit);

private:
  struct Own;
  explicit Admin(std::unique_ptr<Own> own);
  Result<std::unique_ptr<Admin>> for_group(const std::string &group) const;
  std::unique_ptr<Own> own_; // set when the client is not shared
  rd_kafka_s *client_ = nullptr;
};

} // namespace host::kafka
