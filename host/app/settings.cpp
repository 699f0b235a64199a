#include "host/app/settings.h"

#include <strings.h>

#include <chrono>
#include <cstdlib>
#include <optional>

#include "host/config/plugin_names.h"

namespace host::app {
namespace {

using std::chrono::milliseconds;

supervisor::Isolation isolation_of(const std::string &text) {
  if (text == "task")
    return supervisor::Isolation::Task;
  return text == "none" ? supervisor::Isolation::None : supervisor::Isolation::Connector;
}

// Connect reads it in any case.
cluster::Protocol protocol_of(const std::string &text) {
  for (const auto protocol : {cluster::Protocol::Compatible, cluster::Protocol::Sessioned})
    if (::strcasecmp(text.c_str(), std::string(cluster::name_of(protocol)).c_str()) == 0)
      return protocol;
  return cluster::Protocol::Eager;
}

} // namespace

herder::RunnerSettings runner_settings(const config::Values &values) {
  herder::RunnerSettings settings;
  settings.isolation = isolation_of(values.text("runner.isolation"));
  supervisor::RunnerLimits &limits = settings.limits;
  limits.restart_max = static_cast<std::int32_t>(values.integer("runner.restart.max"));
  limits.restart_window = milliseconds(values.integer("runner.restart.window.ms"));
  limits.restart_backoff = milliseconds(values.integer("runner.restart.backoff.ms"));
  limits.restart_backoff_max = milliseconds(values.integer("runner.restart.backoff.max.ms"));
  limits.memory_max_bytes = values.integer("runner.memory.max");
  limits.stall_timeout = milliseconds(values.integer("task.stall.timeout.ms"));
  limits.graceful_timeout = milliseconds(values.integer("task.shutdown.graceful.timeout.ms"));
  return settings;
}

herder::ValidationContext validation_context(const config::WorkerConfig &config) {
  herder::ValidationContext context;
  const config::Values &values = *config.values;
  context.definitions.key_converter = values.text("key.converter");
  context.definitions.value_converter = values.text("value.converter");
  context.definitions.header_converter = values.text("header.converter");
  context.worker = config.entries;
  context.providers = config.providers;
  return context;
}

herder::ClusterOptions cluster_options(const config::Values &values) {
  herder::ClusterOptions options;
  options.newest = protocol_of(values.text("connect.protocol"));
  options.max_delay = milliseconds(values.integer("scheduled.rebalance.max.delay.ms"));
  options.sync_timeout = milliseconds(values.integer("worker.sync.timeout.ms"));
  options.unsync_backoff = milliseconds(values.integer("worker.unsync.backoff.ms"));
  options.rebalance_wait = milliseconds(values.integer("rest.rebalance.wait.ms"));
  storage::SessionKeySettings &key = options.session_key;
  key.algorithm = values.text("inter.worker.key.generation.algorithm");
  if (!values.is_null("inter.worker.key.size"))
    key.size_bits = static_cast<std::int32_t>(values.integer("inter.worker.key.size"));
  key.ttl_ms = values.integer("inter.worker.key.ttl.ms");
  options.verification_algorithms = values.list("inter.worker.verification.algorithms");
  return options;
}

supervisor::Settings supervisor_settings(const config::WorkerConfig &config,
                                         const StringMap &log_levels) {
  supervisor::Settings settings;
  const config::Values &values = *config.values;
  if (values.text("runner.spawn") == "exec")
    settings.spawn = supervisor::SpawnMode::Exec;
  settings.inherit_stdio = true;
  settings.worker_config = config.entries;
  settings.secrets = config::secrets_of(config);
  settings.log_levels = log_levels;
  const herder::RunnerSettings runner = runner_settings(values);
  settings.plugin_isolation = runner.isolation;
  settings.plugin_limits = runner.limits;
  return settings;
}

std::vector<std::string> plugin_paths(const config::Values &values, const std::string &fallback) {
  std::vector<std::string> paths = values.list("plugin.path");
  if (paths.empty())
    paths.push_back(fallback);
  return paths;
}

std::string plugin_cache_folder(const config::Values &values) {
  if (std::string folder = values.text("plugin.cache.dir"); !folder.empty())
    return folder;
  if (const char *cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != '\0')
    return std::string(cache) + "/sluice";
  const char *home = std::getenv("HOME");
  return home != nullptr && *home != '\0' ? std::string(home) + "/.cache/sluice" : std::string();
}

} // namespace host::app
