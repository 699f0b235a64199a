#include "host/kafka/client_config.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "host/config/parse.h"
#include "host/kafka/client_layers.h"
#include "host/kafka/security.h"

namespace host::kafka {
namespace {

constexpr std::int64_t kMiB = std::int64_t{1} << 20;
constexpr std::int64_t kFetchBytes = 8 * kMiB;
constexpr std::int64_t kIntMax = 2147483647;

std::string text(std::int64_t number) { return fmt::format("{}", number); }

// What differs from librdkafka's defaults for every client (design 3).
void set_common_defaults(ClientConfig &config) {
  config.set("enable.metrics.push", "false");
  config.set("log.connection.close", "false");
  config.set("socket.keepalive.enable", "true");
  config.set("reconnect.backoff.ms", "50");
  config.set("reconnect.backoff.max.ms", "1000");
}

bool is_of_a_task(ClientKind kind) {
  return kind == ClientKind::SourceProducer || kind == ClientKind::SinkConsumer ||
         kind == ClientKind::DeadLetterProducer;
}

void set_consumer_defaults(const ClientSpec &spec, ClientConfig &config) {
  config.set("isolation.level", "read_uncommitted");
  config.set("check.crcs", "true");
  // A store's topic made by the broker on its own would not be compacted.
  config.set("allow.auto.create.topics", spec.kind == ClientKind::StoreConsumer ? "false" : "true");
  config.set("enable.auto.commit", "false");
  config.set("enable.auto.offset.store", "false");
  config.set("queued.max.messages.kbytes",
             spec.kind == ClientKind::StoreConsumer ? "4096" : "8192");
  config.set("fetch.max.bytes", text(kFetchBytes));
  // The queue's bound is small against librdkafka's, so a full queue must not stop fetching for 1
  // s.
  config.set("fetch.queue.backoff.ms", "5");
  if (is_dev_mode(spec.worker)) {
    // The mock waits this long in every rebalance, and does not wake a waiting fetch.
    config.set("session.timeout.ms", "6000");
    config.set("heartbeat.interval.ms", "1000");
    config.set("fetch.wait.max.ms", "20");
  }
}

void set_producer_defaults(ClientConfig &config) {
  config.set("partitioner", "murmur2_random");
  config.set("delivery.timeout.ms", text(kIntMax));
  config.set("acks", "all");
}

// librdkafka's text of a checked value; a number outside its range becomes the nearest inside.
std::string passed_text(const JavaSetting &setting) {
  const ClientKey &key = *setting.key;
  if (const auto *number = std::get_if<std::int64_t>(&setting.value))
    return text(key.highest != 0 ? std::clamp(*number, key.lowest, key.highest) : *number);
  if (const auto *flag = std::get_if<bool>(&setting.value))
    return *flag ? "true" : "false";
  return setting.text;
}

void pass_keys(const JavaConfig &java, ClientConfig &config) {
  config.unused = java.unknown();
  for (const JavaSetting &setting : java.settings())
    if (setting.key->fate == KeyFate::Passed && !setting.text.empty())
      config.set(setting.key->native, passed_text(setting));
    else if (setting.key->fate == KeyFate::Unsupported)
      config.unused.emplace_back(setting.key->java);
}

// Java's rule with our default: idempotent unless another key forbids it, and an error if the user
// asks for both.
Status translate_idempotence(const JavaConfig &java, ClientConfig &config) {
  const std::string acks = java.text("acks", "all");
  const std::int64_t in_flight = java.number("max.in.flight.requests.per.connection", 5);
  std::string why;
  if (in_flight > 5)
    why = fmt::format("To use the idempotent producer, max.in.flight.requests.per.connection must "
                      "be set to at most 5. Current value is {}.",
                      in_flight);
  if (java.number("retries", 1) == 0)
    why = "Must set retries to non-zero when using the idempotent producer.";
  if (acks != "all" && acks != "-1")
    why = "Must set acks to all in order to use the idempotent producer. Otherwise we cannot "
          "guarantee idempotence.";
  const bool wanted = java.is_true("enable.idempotence");
  if (wanted && !why.empty())
    return fail(Code::Config, exception::kConfig, why);
  const bool idempotent = wanted || (!java.contains("enable.idempotence") && why.empty());
  config.set("enable.idempotence", idempotent ? "true" : "false");
  // Without idempotence only one request at a time keeps the order, as in Connect.
  if (!idempotent && !java.contains("max.in.flight.requests.per.connection"))
    config.set("max.in.flight.requests.per.connection", "1");
  return {};
}

void translate_queue(const ClientSpec &spec, const JavaConfig &java, ClientConfig &config) {
  config.max_request_bytes = java.number("max.request.size", config.max_request_bytes);
  config.set("message.max.bytes",
             text(std::clamp<std::int64_t>(config.max_request_bytes, 1000, 1000000000)));
  // A record larger than the whole queue would be refused even when the queue is empty.
  const std::int64_t bytes =
      std::max(java.number("buffer.memory", spec.budget_bytes), config.max_request_bytes + kMiB);
  const std::int64_t kib = std::clamp<std::int64_t>(bytes / 1024, 1, kIntMax);
  config.set("queue.buffering.max.kbytes", text(kib));
  // Each record costs librdkafka about 256 bytes that the other bound does not count.
  config.set("queue.buffering.max.messages",
             text(std::clamp<std::int64_t>(kib * 4, 100000, kIntMax)));
}

Status translate_producer(const ClientSpec &spec, const JavaConfig &java, ClientConfig &config) {
  HOST_TRY(translate_idempotence(java, config));
  translate_queue(spec, java, config);
  if (java.is_true("partitioner.ignore.keys"))
    config.set("partitioner", "random");
  const std::string level = "compression." + java.text("compression.type", "none") + ".level";
  if (java.contains(level))
    config.set("compression.level", text(std::clamp<std::int64_t>(java.number(level, -1), -1, 12)));
  return {};
}

Status translate_assignors(const JavaConfig &java, ClientConfig &config) {
  constexpr std::string_view kPackage = "org.apache.kafka.clients.consumer.";
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kKnown = {
      {{"RangeAssignor", "range"},
       {"RoundRobinAssignor", "roundrobin"},
       {"CooperativeStickyAssignor", "cooperative-sticky"}}};
  const std::string given = java.text("partition.assignment.strategy");
  std::string eager, cooperative;
  for (std::string_view name : config::parse_list(given)) {
    if (name.starts_with(kPackage))
      name.remove_prefix(kPackage.size());
    const auto *known =
        std::ranges::find(kKnown, name, &std::pair<std::string_view, std::string_view>::first);
    if (known == kKnown.end())
      return fail(Code::Config, exception::kConfig,
                  config::invalid("partition.assignment.strategy", given,
                                  "supported are RangeAssignor, RoundRobinAssignor and "
                                  "CooperativeStickyAssignor"));
    std::string &list = known->second == "cooperative-sticky" ? cooperative : eager;
    list += (list.empty() ? "" : ",") + std::string(known->second);
  }
  // librdkafka refuses a mixed list; Java's consumer works eagerly with one, so that is what stays.
  if (!eager.empty() || !cooperative.empty())
    config.set("partition.assignment.strategy", eager.empty() ? cooperative : eager);
  return {};
}

Status translate_consumer(const JavaConfig &java, ClientConfig &config) {
  config.max_poll_records = static_cast<std::int32_t>(java.number("max.poll.records", 500));
  const std::string reset = java.text("auto.offset.reset", "earliest");
  if (reset.starts_with("by_duration"))
    return fail(
        Code::Config, exception::kConfig,
        config::invalid("auto.offset.reset", reset, "supported are earliest, latest and none"));
  config.set("auto.offset.reset", reset == "none" ? "error" : reset);
  const std::int64_t partition_bytes = java.number("max.partition.fetch.bytes", 0);
  if (!java.contains("fetch.max.bytes") && partition_bytes > kFetchBytes)
    config.set("fetch.max.bytes", text(partition_bytes));
  return translate_assignors(java, config);
}

std::string lower(std::string text) {
  for (char &c : text)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c | 0x20);
  return text;
}

void translate_common(const JavaConfig &java, ClientConfig &config) {
  for (std::string_view side : {"send", "receive"})
    if (const std::string key = fmt::format("{}.buffer.bytes", side); java.contains(key))
      config.set("socket." + key,
                 text(std::clamp<std::int64_t>(java.number(key, 0), 0, 100000000)));
  for (std::string_view key : {"metadata.recovery.strategy", "group.protocol"})
    if (java.contains(key))
      config.set(key, lower(java.text(key)));
}

} // namespace

bool is_dev_mode(const StringMap &worker) { return worker.get(kDevModeKey) == "true"; }

const std::string *ClientConfig::find(std::string_view key) const {
  for (const auto &setting : settings)
    if (setting.first == key)
      return &setting.second;
  return nullptr;
}

void ClientConfig::set(std::string_view key, std::string value) {
  for (auto &setting : settings)
    if (setting.first == key) {
      setting.second = std::move(value);
      return;
    }
  settings.emplace_back(std::string(key), std::move(value));
}

Result<ClientConfig> client_config(const ClientSpec &spec) {
  HOST_ASSIGN(const JavaConfig java, JavaConfig::collect(spec));
  ClientConfig config;
  config.kind = spec.kind;
  set_common_defaults(config);
  if (is_consumer(spec.kind))
    set_consumer_defaults(spec, config);
  if (is_producer(spec.kind))
    set_producer_defaults(config);
  // Only the clients of tasks let the broker make topics: a store's would not be compacted, and to
  // ask whether a topic exists must not make it.
  if (!is_of_a_task(spec.kind))
    config.set("allow.auto.create.topics", "false");
  pass_keys(java, config);
  translate_common(java, config);
  HOST_TRY(translate_security(java, config));
  if (is_producer(spec.kind))
    HOST_TRY(translate_producer(spec, java, config));
  if (is_consumer(spec.kind))
    HOST_TRY(translate_consumer(java, config));
  return config;
}

} // namespace host::kafka
