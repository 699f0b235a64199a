#include "host/kafka/client_layers.h"

#include <algorithm>

#include <fmt/format.h>

#include "host/base/java_text.h"

namespace host::kafka {
namespace {

constexpr std::string_view kDefaultBootstrap = "localhost:9092";

std::uint8_t key_set(ClientKind kind) {
  return is_producer(kind) ? kProducerKey : is_consumer(kind) ? kConsumerKey : kAdminKey;
}

// Text by key, layer over layer.
class Layers {
public:
  explicit Layers(std::uint8_t clients) : clients_(clients) {}

  // Keys given for this kind of client: one that it does not have is named.
  void own(const StringMap &layer) {
    for (const auto &[key, value] : layer)
      if (!take(key, value) && std::ranges::find(unknown, key) == unknown.end())
        unknown.push_back(key);
  }

  // The worker's keys without prefix: most are not for a client at all.
  void shared(const StringMap &worker) {
    for (const auto &[key, value] : worker)
      take(key, value);
  }

  StringMap java;
  std::vector<std::string> unknown;

private:
  bool take(std::string_view key, std::string_view value) {
    const ClientKey *row = find_client_key(key);
    if (row == nullptr || (row->clients & clients_) == 0)
      return false;
    java.set(key, std::string(java::trim(value)));
    return true;
  }

  std::uint8_t clients_;
};

// `<prefix><connector>-<task>`, or without the task if there is none.
std::string numbered(std::string_view prefix, const ClientSpec &spec) {
  const std::string connector = spec.connector != nullptr ? spec.connector->get("name") : "";
  return std::string(prefix) + (spec.task ? spec.task->text() : connector);
}

// `connect-` in standalone mode, else `<group.id>-[<client.id>-]` (contract 3.1).
std::string client_id_base(const StringMap &worker) {
  const std::string *group = worker.find("group.id");
  if (group == nullptr || !worker.contains("config.storage.topic"))
    return "connect-";
  const std::string client_id = worker.get("client.id");
  return *group + "-" + (client_id.empty() ? "" : client_id + "-");
}

void add_producer(const ClientSpec &spec, std::string_view client_id, Layers &layers) {
  layers.java.set("client.id", numbered(client_id, spec));
  layers.own(spec.worker.with_prefix("producer."));
  if (spec.connector != nullptr)
    layers.own(spec.connector->with_prefix("producer.override."));
}

void add_sink(const ClientSpec &spec, Layers &layers) {
  layers.java.set("client.id", numbered("connector-consumer-", spec));
  layers.java.set("auto.offset.reset", "earliest");
  layers.own(spec.worker.with_prefix("consumer."));
  if (spec.connector == nullptr)
    return;
  layers.own(spec.connector->with_prefix("consumer.override."));
  layers.java.set("group.id", sink_group(spec.worker, *spec.connector));
  if (spec.task)
    layers.java.set("group.instance.id",
                    group_instance_id(spec.worker, *spec.connector, *spec.task));
}

void add_admin(const ClientSpec &spec, Layers &layers) {
  layers.java.set(
      "client.id",
      numbered(spec.task ? "connector-adminclient-" : "connector-worker-adminclient-", spec));
  layers.shared(spec.worker);
  layers.own(spec.worker.with_prefix("admin."));
  if (spec.connector != nullptr)
    layers.own(spec.connector->with_prefix("admin.override."));
}

// Stores take the worker's own keys, but are in no group of consumers.
void add_store(const ClientSpec &spec, Layers &layers) {
  layers.shared(spec.worker);
  for (std::string_view key : {"group.id", "group.instance.id", "session.timeout.ms",
                               "heartbeat.interval.ms", "group.protocol", "transactional.id"})
    layers.java.erase(key);
  const bool admin = spec.kind == ClientKind::WorkerAdmin;
  layers.java.set("client.id", client_id_base(spec.worker) + (admin ? "shared-admin" : spec.store));
  if (spec.kind == ClientKind::StoreConsumer)
    layers.java.set("auto.offset.reset", "earliest");
  if (spec.kind == ClientKind::StoreProducer)
    layers.java.set("acks", "all");
}

void add_layers(const ClientSpec &spec, Layers &layers) {
  layers.java.set("bootstrap.servers", spec.worker.get("bootstrap.servers", kDefaultBootstrap));
  switch (spec.kind) {
  case ClientKind::SourceProducer:
    return add_producer(spec, "connector-producer-", layers);
  case ClientKind::DeadLetterProducer:
    return add_producer(spec, "connector-dlq-producer-", layers);
  case ClientKind::SinkConsumer:
    return add_sink(spec, layers);
  case ClientKind::ConnectorAdmin:
    return add_admin(spec, layers);
  case ClientKind::StoreProducer:
  case ClientKind::StoreConsumer:
  case ClientKind::WorkerAdmin:
    return add_store(spec, layers);
  }
}

} // namespace

bool is_producer(ClientKind kind) {
  return kind == ClientKind::SourceProducer || kind == ClientKind::DeadLetterProducer ||
         kind == ClientKind::StoreProducer;
}
bool is_consumer(ClientKind kind) {
  return kind == ClientKind::SinkConsumer || kind == ClientKind::StoreConsumer;
}

Result<JavaConfig> JavaConfig::collect(const ClientSpec &spec) {
  Layers layers(key_set(spec.kind));
  add_layers(spec, layers);
  JavaConfig config;
  config.unknown_ = std::move(layers.unknown);
  for (const auto &[name, text] : layers.java) {
    const ClientKey *key = find_client_key(name);
    HOST_ASSIGN(config::Value value, parse_client_value(*key, text));
    config.settings_.push_back({key, text, std::move(value)});
  }
  return config;
}

const JavaSetting *JavaConfig::find(std::string_view key) const {
  for (const JavaSetting &setting : settings_)
    if (setting.key->java == key)
      return &setting;
  return nullptr;
}

std::string JavaConfig::text(std::string_view key, std::string_view fallback) const {
  const JavaSetting *setting = find(key);
  return setting != nullptr ? setting->text : std::string(fallback);
}

std::int64_t JavaConfig::number(std::string_view key, std::int64_t fallback) const {
  const JavaSetting *setting = find(key);
  const auto *number = setting != nullptr ? std::get_if<std::int64_t>(&setting->value) : nullptr;
  return number != nullptr ? *number : fallback;
}

bool JavaConfig::is_true(std::string_view key) const {
  const JavaSetting *setting = find(key);
  const auto *flag = setting != nullptr ? std::get_if<bool>(&setting->value) : nullptr;
  return flag != nullptr && *flag;
}

std::string sink_group(const StringMap &worker, const StringMap &connector) {
  if (const std::string *group = connector.find("consumer.override.group.id"))
    return std::string(java::trim(*group));
  if (const std::string *group = worker.find("consumer.group.id"))
    return std::string(java::trim(*group));
  return "connect-" + connector.get("name");
}

std::string group_instance_id(const StringMap &worker, const StringMap &connector,
                              const TaskId &task) {
  if (const std::string *id = connector.find("consumer.override.group.instance.id"))
    return std::string(java::trim(*id));
  if (const std::string *id = worker.find("consumer.group.instance.id"))
    return std::string(java::trim(*id));
  // The broker takes what a topic name may have, and 249 bytes of it (KIP-345).
  constexpr std::size_t kLongest = 249;
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  const std::string number = fmt::format("-{}", task.number);
  std::string id = "connect-";
  for (char c : task.connector)
    if (kAllowed.find(c) != std::string_view::npos)
      id += c;
    else
      id += fmt::format("_{:02x}", static_cast<unsigned char>(c));
  id.resize(std::min(id.size(), kLongest - number.size()));
  return id + number;
}

} // namespace host::kafka
