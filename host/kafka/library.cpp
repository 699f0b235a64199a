#include <mutex>
#include <set>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/kafka/client_config.h"
#include "host/kafka/native_client.h"

namespace host::kafka {
namespace {

const log::Logger kLog{"sluice.kafka"};

// rd_kafka_version(): 0xMMmmrrxx.
constexpr int kScramVersion = 0x02060100;
constexpr int kBatchVersion = 0x020d0200;

} // namespace

std::string library_version() { return rd_kafka_version_str(); }

Status check_library(const ClientConfig &config) {
  const int version = rd_kafka_version();
  const std::string *mechanism = config.find("sasl.mechanism");
  if (mechanism != nullptr && mechanism->starts_with("SCRAM") && version < kScramVersion)
    return fail(Code::Config, exception::kConfig,
                fmt::format("sasl.mechanism={} needs librdkafka 2.6.1 or newer against Kafka 4.x; "
                            "this is {}. Build with RDKAFKA=bundled.",
                            *mechanism, rd_kafka_version_str()));
  if (config.kind == ClientKind::SinkConsumer && version < kBatchVersion) {
    static std::once_flag warned;
    std::call_once(warned, [] {
      kLog.warn("librdkafka {} has known faults in batch reads, mended in 2.13.2; build with "
                "RDKAFKA=bundled",
                rd_kafka_version_str());
    });
  }
  return {};
}

void warn_unused(const ClientConfig &config) {
  if (config.unused.empty())
    return;
  std::string names;
  for (const std::string &name : config.unused)
    names += (names.empty() ? "" : ", ") + name;
  static std::mutex mutex;
  static std::set<std::string> warned;
  {
    std::lock_guard lock(mutex);
    if (!warned.insert(names).second)
      return;
  }
  kLog.warn("These client keys are set and have no effect here: {} "
            "(docs/reference/client-keys.md)",
            names);
}

void warm_up() {
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  rd_kafka_conf_set_log_cb(conf, nullptr);
  char text[512];
  rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
  if (client != nullptr)
    rd_kafka_destroy(client);
  else
    rd_kafka_conf_destroy(conf);
}

} // namespace host::kafka
