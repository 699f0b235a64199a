#include "host/storage/open_offset_store.h"

#include <cstdint>
#include <string_view>

#include "host/base/log.h"
#include "host/config/parse.h"
#include "host/storage/file_offset_store.h"
#include "host/storage/kafka_offset_store.h"

namespace host::storage {
namespace {

const log::Logger kLog{"sluice.storage"};

constexpr std::string_view kFileKey = "offset.storage.file.filename";
constexpr std::string_view kTopicKey = "offset.storage.topic";
constexpr std::string_view kPartitionsKey = "offset.storage.partitions";
constexpr std::string_view kReplicationKey = "offset.storage.replication.factor";
constexpr std::string_view kTopicPrefix = "offset.storage.";

// A positive number, or -1 for the broker's default.
Result<std::int32_t> count_of(const StringMap &worker, std::string_view key, config::Type type,
                              std::int32_t fallback, std::string_view rule) {
  const std::string *text = worker.find(key);
  if (text == nullptr)
    return fallback;
  HOST_ASSIGN(const config::Value value, config::parse_value(key, *text, type));
  const std::int64_t number = std::get<std::int64_t>(value);
  if (number != -1 && number < 1)
    return fail(Code::Config, exception::kConfig, config::invalid(key, *text, rule));
  return static_cast<std::int32_t>(number);
}

// Contract 3.1: `offset.storage.<x>` is setting `<x>` of a topic that is made.
StringMap topic_settings(const StringMap &worker) {
  StringMap settings;
  for (const auto &[key, value] : worker) {
    if (!std::string_view(key).starts_with(kTopicPrefix) || key == kFileKey || key == kTopicKey ||
        key == kPartitionsKey || key == kReplicationKey)
      continue;
    const std::string setting = key.substr(kTopicPrefix.size());
    if (setting == "cleanup.policy")
      kLog.warn("Ignoring '{}={}': the offsets topic is always compacted", key, value);
    else
      settings.set(setting, value);
  }
  settings.set("cleanup.policy", "compact");
  return settings;
}

Result<std::unique_ptr<OffsetStore>> open_topic(const StringMap &worker) {
  kafka::TopicLog::Settings settings;
  settings.topic.key = kTopicKey;
  settings.topic.purpose = "source connector offsets";
  kafka::NewTopic &topic = settings.topic.topic;
  topic.name = worker.get(kTopicKey);
  HOST_ASSIGN(topic.partitions,
              count_of(worker, kPartitionsKey, config::Type::Int, 25,
                       "Number of partitions must be positive, or -1 to use the broker's default"));
  HOST_ASSIGN(topic.replication_factor,
              count_of(worker, kReplicationKey, config::Type::Short, 3,
                       "Replication factor must be positive and not larger than the number of "
                       "brokers in the Kafka cluster, or -1 to use the broker's default"));
  topic.config = topic_settings(worker);
  settings.administer = !kafka::is_dev_mode(worker);
  HOST_ASSIGN(settings.producer, kafka::client_config({.kind = kafka::ClientKind::StoreProducer,
                                                       .worker = worker,
                                                       .store = "offsets"}));
  HOST_ASSIGN(settings.consumer, kafka::client_config({.kind = kafka::ClientKind::StoreConsumer,
                                                       .worker = worker,
                                                       .store = "offsets"}));
  return std::make_unique<KafkaOffsetStore>(std::move(settings));
}

} // namespace

Result<std::unique_ptr<OffsetStore>> open_offset_store(const StringMap &worker) {
  const bool in_file = !worker.get(kFileKey).empty();
  const bool in_topic = !worker.get(kTopicKey).empty();
  if (in_file && in_topic)
    return fail(Code::Config, exception::kConfig,
                "offset.storage.file.filename and offset.storage.topic are both set; set exactly "
                "one of them, to say where source offsets are kept");
  if (in_topic)
    return open_topic(worker);
  if (in_file)
    return std::make_unique<FileOffsetStore>(worker.get(kFileKey));
  return fail(Code::Config, exception::kConfig,
              "Missing required configuration \"offset.storage.file.filename\" which has no "
              "default value; offset.storage.topic, which keeps source offsets in Kafka, may be "
              "set in its place");
}

} // namespace host::storage
