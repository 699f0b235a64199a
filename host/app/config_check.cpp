#include "host/app/config_check.h"

#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "host/kafka/client_config.h"
#include "host/rest/server_config.h"

namespace host::app {
namespace {

void check_listeners(const config::WorkerConfig &config, ConfigFindings &findings) {
  if (auto options = rest::server_options(config); !options)
    findings.errors.push_back(options.error().message());
}

void check_plugin_path(const config::WorkerConfig &config, ConfigFindings &findings) {
  for (const std::string &path : config.values->list("plugin.path")) {
    std::error_code error;
    if (!std::filesystem::exists(path, error))
      findings.warnings.push_back(fmt::format("plugin.path: there is no {}", path));
  }
}

// The clients of connectors without settings of their own, and of the worker itself.
void check_clients(const config::WorkerConfig &config, ConfigFindings &findings) {
  struct Client {
    kafka::ClientKind kind;
    std::string_view prefix;
  };
  constexpr Client kClients[] = {{kafka::ClientKind::SourceProducer, "producer."},
                                 {kafka::ClientKind::SinkConsumer, "consumer."},
                                 {kafka::ClientKind::ConnectorAdmin, "admin."},
                                 {kafka::ClientKind::WorkerAdmin, ""}};
  const StringMap connector{{"name", "c"}};
  for (const auto &[kind, prefix] : kClients) {
    const auto client = kafka::client_config(
        {.kind = kind, .worker = config.entries, .connector = &connector, .task = TaskId{"c", 0}});
    if (!client) {
      const std::string of = prefix.empty() ? "" : fmt::format(" (keys behind `{}`)", prefix);
      findings.errors.push_back(client.error().message() + of);
      continue;
    }
    for (const std::string &key : client->unused)
      if (config.entries.contains(std::string(prefix) + key))
        findings.warnings.push_back(
            fmt::format("{}{} has no equivalent here and is not used", prefix, key));
  }
}

} // namespace

ConfigFindings check_parts(const config::WorkerConfig &config) {
  ConfigFindings findings;
  check_listeners(config, findings);
  check_plugin_path(config, findings);
  check_clients(config, findings);
  return findings;
}

} // namespace host::app
