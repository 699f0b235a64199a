#include "host/storage/store_topics.h"

#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/config/parse.h"

namespace host::storage {
namespace {

const log::Logger kLog{"sluice.storage"};

struct Store {
  std::string_view prefix; // of its worker keys
  std::string_view purpose;
  std::string_view client; // end of its client.id
  std::int32_t partitions; // default
};
constexpr std::array<Store, 3> kStores{{
    {"config.storage.", "connector configurations", "configs", 1},
    {"offset.storage.", "source connector offsets", "offsets", 25},
    {"status.storage.", "connector and task statuses", "statuses", 5},
}};
const Store &store_of(StoreKind kind) { return kStores[static_cast<std::size_t>(kind) - 1]; }

// A positive number, or -1 for the broker's default.
Result<std::int32_t> count_of(const StringMap &worker, const std::string &key, config::Type type,
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

// `<prefix><x>` is setting `<x>` of a topic that is made.
StringMap topic_settings(StoreKind kind, const StringMap &worker) {
  StringMap settings;
  for (const auto &[setting, value] : worker.with_prefix(store_of(kind).prefix)) {
    if (setting == "topic" || setting == "replication.factor" || setting == "file.filename" ||
        (setting == "partitions" && kind != StoreKind::Configs))
      continue;
    const std::string key = std::string(store_of(kind).prefix) + setting;
    if (setting == "cleanup.policy")
      kLog.warn("Ignoring '{}={}': the topic is always compacted", key, value);
    else if (setting == "partitions")
      kLog.warn("Ignoring '{}={}': the topic always has one partition", key, value);
    else
      settings.set(setting, value);
  }
  settings.set("cleanup.policy", "compact");
  return settings;
}

// Then leaders and source tasks write in transactions, some of which come to nothing.
bool has_transactions(const StringMap &worker) {
  const std::string support = worker.get("exactly.once.source.support", "disabled");
  return support == "preparing" || support == "enabled";
}

} // namespace

std::string topic_key(StoreKind kind) { return std::string(store_of(kind).prefix) + "topic"; }

Result<kafka::TopicLog::Settings> topic_log_settings(StoreKind kind, const StringMap &worker) {
  const Store &store = store_of(kind);
  const std::string prefix(store.prefix);
  kafka::TopicLog::Settings settings;
  settings.topic.key = topic_key(kind);
  settings.topic.purpose = store.purpose;
  settings.topic.single_partition = kind == StoreKind::Configs;
  kafka::NewTopic &topic = settings.topic.topic;
  topic.name = worker.get(settings.topic.key);
  if (topic.name.empty())
    return fail(Code::Config, exception::kConfig,
                fmt::format("Missing required configuration \"{}\" which has no default value.",
                            settings.topic.key));
  topic.partitions = store.partitions;
  if (kind != StoreKind::Configs) {
    HOST_ASSIGN(topic.partitions,
                count_of(worker, prefix + "partitions", config::Type::Int, store.partitions,
                         "Number of partitions must be positive, or -1 to use the broker's "
                         "default"));
  }
  HOST_ASSIGN(topic.replication_factor,
              count_of(worker, prefix + "replication.factor", config::Type::Short, 3,
                       "Replication factor must be positive and not larger than the number of "
                       "brokers in the Kafka cluster, or -1 to use the broker's default"));
  topic.config = topic_settings(kind, worker);
  settings.administer = !kafka::is_dev_mode(worker);
  const std::string client(store.client);
  HOST_ASSIGN(settings.producer,
              kafka::client_config(
                  {.kind = kafka::ClientKind::StoreProducer, .worker = worker, .store = client}));
  HOST_ASSIGN(settings.consumer,
              kafka::client_config(
                  {.kind = kafka::ClientKind::StoreConsumer, .worker = worker, .store = client}));
  if (kind != StoreKind::Statuses && has_transactions(worker))
    settings.consumer.set("isolation.level", "read_committed");
  return settings;
}

} // namespace host::storage
