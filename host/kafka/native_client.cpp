#include "host/kafka/native_client.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <sys/socket.h>

#include "host/base/log.h"
#include "host/base/thread.h"

namespace host::kafka {
namespace {

const log::Logger kLog{"sluice.kafka"};

// Syslog levels, as librdkafka uses them. A broker that is away is no error of this process.
log::Level level_of(int syslog_level, std::string_view facility) {
  if (facility == "FAIL" || facility == "ERROR")
    return log::Level::Warn;
  if (syslog_level <= 3)
    return log::Level::Error;
  if (syslog_level == 4)
    return log::Level::Warn;
  return syslog_level <= 6 ? log::Level::Info : log::Level::Debug;
}

// Connections that fail, fail again: a client says so at once, and then now and then.
class FailureLines {
public:
  bool is_due(const std::string &client) {
    constexpr Duration kEvery{30'000};
    const TimePoint now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    std::erase_if(last_, [&](const auto &entry) { return now - entry.second >= kEvery; });
    return last_.emplace(client, now).second;
  }

private:
  std::mutex mutex_;
  std::map<std::string, TimePoint> last_; // guarded by mutex_
};

void on_log(const rd_kafka_t *client, int level, const char *facility, const char *text) {
  static auto &failures = *new FailureLines; // clients may outlive main()
  log::Level ours = level_of(level, facility);
  if (std::string_view(facility) == "FAIL" && client != nullptr &&
      !failures.is_due(rd_kafka_name(client)))
    ours = log::Level::Debug;
  if (kLog.enabled(ours))
    kLog.write(ours, fmt::format("{}: {}: {}", client != nullptr ? rd_kafka_name(client) : "",
                                 facility, text));
}

bool is_failure(int code) {
  return code == RD_KAFKA_RESP_ERR__FATAL || code == RD_KAFKA_RESP_ERR__AUTHENTICATION ||
         code == RD_KAFKA_RESP_ERR__SSL;
}

void on_error(rd_kafka_t *client, int code, const char *text, void *opaque) {
  if (is_failure(code) && opaque != nullptr)
    static_cast<NativeOpaque *>(opaque)->failure.store(code, std::memory_order_relaxed);
  // A connection that failed is in the library's own log line already.
  const bool told = code == RD_KAFKA_RESP_ERR__TRANSPORT || code == RD_KAFKA_RESP_ERR__RESOLVE;
  const log::Level level = told ? log::Level::Debug : log::Level::Warn;
  if (kLog.enabled(level))
    kLog.write(level, fmt::format("{}: {}", rd_kafka_name(client), text));
}

struct ConfDeleter {
  void operator()(rd_kafka_conf_t *conf) const { rd_kafka_conf_destroy(conf); }
};

Result<std::unique_ptr<rd_kafka_conf_t, ConfDeleter>> make_conf(const ClientConfig &config) {
  std::unique_ptr<rd_kafka_conf_t, ConfDeleter> conf(rd_kafka_conf_new());
  char text[512];
  for (const auto &[key, value] : config.settings) {
    const auto result =
        rd_kafka_conf_set(conf.get(), key.c_str(), value.c_str(), text, sizeof text);
    // A system library may be older than a key; it has no such feature then.
    if (result == RD_KAFKA_CONF_UNKNOWN)
      kLog.info("librdkafka {} has no setting `{}`", rd_kafka_version_str(), key);
    else if (result != RD_KAFKA_CONF_OK)
      return fail(Code::Config, exception::kConfig, text);
  }
  return conf;
}

// What a killed process had not sent is not sent after its death: the kernel would go on trying,
// on a cut cable for many minutes, and deliver it long after a successor has begun.
int open_socket(int domain, int type, int protocol, void *) {
  const int descriptor = socket(domain, type | SOCK_CLOEXEC, protocol);
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  if (descriptor >= 0)
    (void)setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  return descriptor;
}

Offset offset_of(std::int64_t offset) { return offset >= 0 ? Offset(offset) : kNoOffset; }

} // namespace

Result<rd_kafka_t *> make_client(rd_kafka_type_t type, const ClientConfig &config,
                                 NativeOpaque *opaque, void (*prepare)(rd_kafka_conf_t *)) {
  HOST_TRY(check_library(config));
  warn_unused(config);
  HOST_ASSIGN(auto conf, make_conf(config));
  rd_kafka_conf_set_log_cb(conf.get(), on_log);
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  rd_kafka_conf_set_socket_cb(conf.get(), open_socket);
  rd_kafka_conf_set_opaque(conf.get(), opaque);
  if (prepare != nullptr)
    prepare(conf.get());
  // Tokens are made anew in the library's background thread: not everybody polls his client.
  const std::string *mechanism = config.find("sasl.mechanism");
  const bool has_tokens = mechanism != nullptr && *mechanism == "OAUTHBEARER";
  rd_kafka_conf_enable_sasl_queue(conf.get(), has_tokens ? 1 : 0);
  char text[512];
  rd_kafka_t *client = rd_kafka_new(type, conf.get(), text, sizeof text);
  if (client == nullptr)
    return fail(Code::Config, exception::kConfig,
                fmt::format("The Kafka client cannot be made: {}", text));
  conf.release(); // owned by the client now
  if (has_tokens)
    rd_kafka_error_destroy(rd_kafka_sasl_background_callbacks_enable(client));
  return client;
}

bool destroy_client(rd_kafka_t *client, int flags, TimePoint deadline) {
  const std::string name = rd_kafka_name(client);
  std::promise<void> done;
  std::future<void> finished = done.get_future();
  std::thread thread([client, flags, done = std::move(done)]() mutable {
    name_this_thread("kafka-destroy");
    rd_kafka_destroy_flags(client, flags);
    done.set_value();
  });
  if (finished.wait_until(deadline) == std::future_status::ready) {
    thread.join();
    return true;
  }
  kLog.error("{}: the client library does not end this client; it is left in memory", name);
  thread.detach(); // the library holds it; there is no way to call it back
  return false;
}

int to_timeout(Duration duration) {
  return static_cast<int>(std::clamp<Duration::rep>(duration.count(), 0, 2147483647));
}

Duration remaining(TimePoint deadline) {
  const auto left = deadline - std::chrono::steady_clock::now();
  return std::max(Duration::zero(), std::chrono::ceil<Duration>(left));
}

Error error_of(const rd_kafka_error_t *error, std::string_view what) {
  return error_of(code_of(rd_kafka_error_code(error)), what, rd_kafka_error_string(error));
}

PartitionList partition_list(std::span<const TopicPartition> partitions) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const TopicPartition &tp : partitions)
    rd_kafka_topic_partition_list_add(list.get(), tp.topic.c_str(), tp.partition);
  return list;
}

PartitionList partition_list(std::span<const PartitionOffset> offsets) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const auto &[tp, offset] : offsets) {
    auto *entry = rd_kafka_topic_partition_list_add(list.get(), tp.topic.c_str(), tp.partition);
    entry->offset = offset.value >= 0 ? offset.value : RD_KAFKA_OFFSET_INVALID;
  }
  return list;
}

std::vector<PartitionOffset> offsets_of(const rd_kafka_topic_partition_list_t *list) {
  std::vector<PartitionOffset> offsets;
  offsets.reserve(static_cast<std::size_t>(list->cnt));
  for (const auto &entry : std::span(list->elems, static_cast<std::size_t>(list->cnt)))
    offsets.push_back({{entry.topic, entry.partition}, offset_of(entry.offset)});
  return offsets;
}

Status first_error(const rd_kafka_topic_partition_list_t *list, std::string_view what) {
  for (const auto &entry : std::span(list->elems, static_cast<std::size_t>(list->cnt)))
    if (entry.err != RD_KAFKA_RESP_ERR_NO_ERROR)
      return fail(error_of(code_of(entry.err),
                           fmt::format("{} of {}-{}", what, entry.topic, entry.partition)));
  return {};
}

} // namespace host::kafka
