#include "host/cluster/membership_settings.h"

#include <cstdint>
#include <limits>

#include "host/config/cluster_keys.h"
#include "host/config/parse.h"
#include "host/kafka/client_config.h"

namespace host::cluster {
namespace {

Duration millis(const config::Values &values, std::string_view key) {
  return Duration(values.integer(key));
}

// A time of all of the worker's clients, which no key of the worker's has a default for.
Status read(const StringMap &worker, std::string_view key, Duration &out) {
  const std::string *text = worker.find(key);
  if (text == nullptr)
    return {};
  HOST_ASSIGN(const config::Value value, config::parse_value(key, *text, config::Type::Long));
  const auto *number = std::get_if<std::int64_t>(&value);
  if (number == nullptr || *number < 0 || *number > std::numeric_limits<std::int32_t>::max())
    return fail(Code::Config, exception::kConfig,
                config::invalid(key, *text, "must be between 0 and 2147483647 milliseconds"));
  out = Duration(*number);
  return {};
}

} // namespace

Result<MembershipSettings> membership_settings(const StringMap &worker,
                                               const std::string &worker_id) {
  HOST_ASSIGN(const kafka::ClientConfig client,
              kafka::client_config({.kind = kafka::ClientKind::WorkerAdmin, .worker = worker}));
  MembershipSettings settings;
  HOST_ASSIGN(settings.security, wire::read_security(client.settings));
  const std::string *bootstrap = client.find("bootstrap.servers");
  settings.bootstrap = bootstrap == nullptr ? "" : *bootstrap;
  HOST_ASSIGN(const config::Values group, config::cluster_values(worker));
  settings.group = worker.get("group.id");
  settings.client_id = worker.get("client.id");
  if (settings.client_id.empty())
    settings.client_id = "connect-" + worker_id;
  settings.session_timeout = millis(group, "session.timeout.ms");
  settings.rebalance_timeout = millis(group, "rebalance.timeout.ms");
  settings.heartbeat_interval = millis(group, "heartbeat.interval.ms");
  HOST_TRY(read(worker, "retry.backoff.ms", settings.retry_backoff));
  HOST_TRY(read(worker, "retry.backoff.max.ms", settings.retry_backoff_max));
  HOST_TRY(read(worker, "request.timeout.ms", settings.request_timeout));
  return settings;
}

} // namespace host::cluster
