#include "host/kafka/store_topic.h"

#include <fmt/format.h>

#include "host/base/log.h"

namespace host::kafka {
namespace {

const log::Logger kLog{"sluice.kafka.store"};

constexpr std::string_view kTooFewBrokers =
    "org.apache.kafka.common.errors.InvalidReplicationFactorException";

Status check_partitions(const StoreTopic &wanted, const TopicDescription &found) {
  if (!wanted.single_partition || found.partitions == 1)
    return {};
  return fail(
      Code::Config, exception::kConfig,
      fmt::format("Topic '{}' supplied via the '{}' property is required to have a single "
                  "partition in order to guarantee consistency of {}, but found {} partitions.",
                  found.name, wanted.key, wanted.purpose, found.partitions));
}

Status check_policy(Admin &admin, const StoreTopic &wanted, const CallLimit &limit) {
  const std::string &name = wanted.topic.name;
  const auto settings = admin.topic_config(name, limit);
  if (!settings && settings.error().code() != Code::Fatal)
    return fail(settings.error());
  const std::string policy = settings ? settings->get("cleanup.policy") : "";
  if (policy.empty()) {
    kLog.info("Unable to verify that the cleanup policy of topic '{}' is 'compact': {}", name,
              settings ? "the broker does not say" : settings.error().message());
    return {};
  }
  if (policy == "compact")
    return {};
  return fail(
      Code::Config, exception::kConfig,
      fmt::format(
          "Topic '{0}' supplied via the '{1}' property is required to have "
          "'cleanup.policy=compact' to guarantee consistency and durability of {2}, but found the "
          "topic currently has 'cleanup.policy={3}'. Continuing would likely result in eventually "
          "losing {2} and problems restarting this Connect cluster in the future. Change the "
          "'{1}' property in the Connect worker configurations to use a topic with "
          "'cleanup.policy=compact'.",
          name, wanted.key, wanted.purpose, policy));
}

Status create(Admin &admin, const StoreTopic &wanted, const CallLimit &limit) {
  const NewTopic &topic = wanted.topic;
  Status created = admin.create_topic(topic, limit);
  if (created) {
    kLog.info("Created topic '{}' ({} partitions, replication factor {}) for {}", topic.name,
              topic.partitions, topic.replication_factor, wanted.purpose);
    return {};
  }
  // Another worker was faster, or this broker does not know the topic yet: what is there must be
  // looked at all the same.
  if (created.error().code() == Code::AlreadyExists)
    return fail(Code::Retry, fmt::format("topic '{}' was made just now", topic.name));
  // More brokers may come; Connect waits for them as well.
  if (created.error().exception() == kTooFewBrokers)
    return fail(Error(Code::Retry, kTooFewBrokers, created.error().message()));
  return created;
}

} // namespace

Status ensure_topic(Admin &admin, const StoreTopic &wanted, const CallLimit &limit) {
  HOST_ASSIGN(const auto found, admin.describe_topic(wanted.topic.name, limit));
  if (!found)
    return create(admin, wanted, limit);
  HOST_TRY(check_partitions(wanted, *found));
  return check_policy(admin, wanted, limit);
}

} // namespace host::kafka
