#include "host/herder/runner_keys.h"

#include <chrono>
#include <string>
#include <utility>

#include "host/config/key_builder.h"
#include "host/config/validators.h"

namespace host::herder {
namespace {

constexpr std::string_view kPrefix = "sluice.";
constexpr std::string_view kGroup = "Runner";
constexpr std::int64_t kSmallestMemory = std::int64_t{16} << 20;

config::KeyBuilder long_key(std::string_view name, std::int64_t least, std::string doc,
                            std::int32_t order) {
  return config::nullable(std::string(kPrefix).append(name), config::Type::Long)
      .low()
      .in(std::string(kGroup), order)
      .doc(std::move(doc))
      .check([check = config::at_least(least)](std::string_view key, const config::Value &value) {
        return config::is_null(value) ? std::nullopt : check(key, value);
      });
}

// Defaults are the worker's, so every key here may be absent.
const config::ConfigDef &definition() {
  static const config::ConfigDef def = [] {
    config::ConfigDef d;
    d.define(config::nullable("sluice.runner.isolation", config::Type::String)
                 .low()
                 .in(std::string(kGroup), 1)
                 .doc("What shares a process: all of a connector (connector), nothing (task), or "
                      "everything with the host (none).")
                 .check([check = config::one_of({"connector", "task", "none"})](
                            std::string_view key, const config::Value &value) {
                   return config::is_null(value) ? std::nullopt : check(key, value);
                 }));
    d.define(long_key("runner.restart.max", 0,
                      "How often a lost process is restarted within the window.", 2));
    d.define(long_key("runner.restart.window.ms", 1, "The window in which restarts count.", 3));
    d.define(long_key("runner.restart.backoff.ms", 0, "Pause before the first restart.", 4));
    d.define(long_key("runner.restart.backoff.max.ms", 0, "Longest pause before a restart.", 5));
    d.define(long_key("runner.memory.max", kSmallestMemory,
                      "Memory in bytes above which the process is ended and restarted.", 6));
    d.define(long_key("task.stall.timeout.ms", 1,
                      "How long one call into the plugin may take before its process is ended.",
                      7));
    return d;
  }();
  return def;
}

std::chrono::milliseconds millis(const config::Values &values, std::string_view key,
                                 std::chrono::milliseconds fallback) {
  return values.is_null(key) ? fallback : std::chrono::milliseconds(values.integer(key));
}

supervisor::Isolation isolation_of(const std::string &name) {
  if (name == "task")
    return supervisor::Isolation::Task;
  return name == "none" ? supervisor::Isolation::None : supervisor::Isolation::Connector;
}

} // namespace

Result<RunnerSettings> runner_settings(RunnerSettings settings, const StringMap &connector) {
  HOST_ASSIGN(const config::Values values, definition().parse(connector));
  if (!values.is_null("sluice.runner.isolation"))
    settings.isolation = isolation_of(values.text("sluice.runner.isolation"));
  supervisor::RunnerLimits &limits = settings.limits;
  if (!values.is_null("sluice.runner.restart.max"))
    limits.restart_max = static_cast<std::int32_t>(values.integer("sluice.runner.restart.max"));
  if (!values.is_null("sluice.runner.memory.max"))
    limits.memory_max_bytes = values.integer("sluice.runner.memory.max");
  limits.restart_window = millis(values, "sluice.runner.restart.window.ms", limits.restart_window);
  limits.restart_backoff =
      millis(values, "sluice.runner.restart.backoff.ms", limits.restart_backoff);
  limits.restart_backoff_max =
      millis(values, "sluice.runner.restart.backoff.max.ms", limits.restart_backoff_max);
  limits.stall_timeout = millis(values, "sluice.task.stall.timeout.ms", limits.stall_timeout);
  return settings;
}

void add_runner_keys(const StringMap &connector, std::vector<config::ConfigKey> &keys,
                     std::vector<config::ConfigValue> &values) {
  for (const config::ConfigValue &value : definition().validate(connector))
    if (connector.contains(value.name)) {
      keys.push_back(*definition().find(value.name));
      values.push_back(value);
    }
  for (const auto &[name, text] : connector) {
    if (!name.starts_with(kPrefix) || definition().find(name) != nullptr)
      continue;
    config::ConfigValue unknown;
    unknown.name = name;
    unknown.value = text;
    unknown.errors.push_back("Unknown configuration " + name +
                             ": there is no such key of the runner.");
    values.push_back(std::move(unknown));
  }
}

} // namespace host::herder
