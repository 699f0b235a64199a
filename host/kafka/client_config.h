#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/base/error.h"
#include "host/base/ids.h"
#include "host/base/strings.h"

namespace host::kafka {

// Which of Connect's clients is wanted (contract 5.5, 3.1); decides the layers and the defaults.
enum class ClientKind : std::uint8_t {
  SourceProducer = 1, // shared by the at-least-once tasks of a runner
  SinkConsumer,
  DeadLetterProducer,
  ConnectorAdmin, // topic creation and the like, for one connector
  StoreProducer,  // internal topics
  StoreConsumer,  // internal topics; never joins a group
  WorkerAdmin,
};

// Worker key that the app sets in --dev mode: the broker is the mock cluster, which has no admin
// requests and waits for the session timeout in every rebalance.
inline constexpr std::string_view kDevModeKey = "sluice.dev";
bool is_dev_mode(const StringMap &worker);

// What a client is for. `worker` and `connector` are resolved configurations.
struct ClientSpec {
  ClientKind kind = ClientKind::StoreProducer;
  const StringMap &worker;
  const StringMap *connector = nullptr;   // for the first four kinds
  std::optional<TaskId> task = {};        // for client.id, and for group.instance.id of a sink
  std::string store = {};                 // `offsets`, `configs`, `statuses`: client.id of a store
  std::int64_t budget_bytes = 32ll << 20; // of all tasks that share a producer
};

// A finished configuration for create() of Producer, Consumer and Admin.
struct ClientConfig {
  ClientKind kind = ClientKind::StoreProducer;
  std::vector<std::pair<std::string, std::string>> settings; // librdkafka's keys
  std::int64_t max_request_bytes = 1 << 20;                  // max.request.size in force
  std::int32_t max_poll_records = 500;                       // max.poll.records in force
  std::vector<std::string> unused; // Java keys that were set and have no equivalent here

  const std::string *find(std::string_view key) const;
  void set(std::string_view key, std::string value);
};

// Layers of contract 5.5 → Java's keys → librdkafka's. A value that Java's client would refuse is a
// Config error with Java's words. `unused` is for the log, once per client: warn_unused().
Result<ClientConfig> client_config(const ClientSpec &spec);

// One warning naming the keys without equivalent, once per process and set of names.
void warn_unused(const ClientConfig &config);

// Consumer group of a sink connector: `consumer.override.group.id`, worker's `consumer.group.id`,
// else `connect-<name>`.
std::string sink_group(const StringMap &worker, const StringMap &connector);
// Static member name of one sink task (design 3): the user's, else `<connector>-<task>`.
std::string group_instance_id(const StringMap &worker, const StringMap &connector,
                              const TaskId &task);

// One refused or malformed override of a connector config, under its full name (contract 5.5).
struct OverrideError {
  std::string key;
  std::string message;
};
// Checks `producer.override.`, `consumer.override.` and `admin.override.` keys against the worker's
// connector.client.config.override.policy and against Java's definitions of their values.
// Policies: All, None, Principal and Allowlist, by alias or class name; an unknown one allows none.
std::vector<OverrideError> check_overrides(const StringMap &worker, const StringMap &connector);

// Refuses librdkafka versions that cannot do what the settings ask (dependencies: SCRAM against
// Kafka 4 below 2.6.1, batch reads below 2.13.2 with a warning).
Status check_library(const ClientConfig &config);
std::string library_version();

// Creates and destroys one client, so that a process forked from this one finds OpenSSL and
// librdkafka initialised. Leaves no thread behind.
void warm_up();

} // namespace host::kafka
