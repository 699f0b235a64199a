// Config providers and passwords: what a connector's raw config is worth now (contract 11).
#include <utility>

#include "host/base/java_text.h"
#include "host/base/log.h"
#include "host/base/redactor.h"
#include "host/herder/passwords.h"
#include "host/herder/standalone_herder.h"

namespace host::herder {
namespace {

const log::Logger kLog{"sluice.herder"};

} // namespace

Status StandaloneHerder::resolve(Connector &connector) const {
  HOST_ASSIGN(connector.resolved, options_.validation.providers.resolve(connector.config));
  return {};
}

// Of a connector whose config has been resolved. From here on its secrets are known to the log.
Result<supervisor::ConnectorSpec> StandaloneHerder::spec_of(Connector &connector) const {
  const StringMap &config = connector.resolved.values;
  HOST_ASSIGN(connector.plugin, plugins_.connector(config.get("connector.class"),
                                                   config.find("connector.plugin.version")));
  HOST_ASSIGN(const auto settings, runner_settings(options_.runner, config));
  std::vector<std::string> secrets = passwords_in(config, &connector.plugin->descriptor);
  for (std::string &secret : connector.resolved.secrets())
    secrets.push_back(std::move(secret));
  process_redactor().add(secrets);
  return supervisor::ConnectorSpec{
      connector.name, connector.plugin->path, connector.plugin->descriptor.class_name,
      config,         std::move(secrets),     settings.isolation,
      settings.limits};
}

// A task gets the values of this moment, as in Connect: a restart is enough after a secret was
// changed.
Status StandaloneHerder::renew_values(Connector &connector) {
  const StringMap before = connector.resolved.values;
  HOST_TRY(resolve(connector));
  if (connector.resolved.values == before)
    return {};
  HOST_ASSIGN(auto spec, spec_of(connector));
  supervisor_->renew_connector(std::move(spec));
  return {};
}

SubmittedConfig StandaloneHerder::with_known_passwords(const SubmittedConfig &config,
                                                       std::string_view connector) {
  const Connector *known = table_.find(connector);
  return known != nullptr && known->plugin
             ? with_stored_passwords(config, known->config, &known->plugin->descriptor)
             : config;
}

// Values that hold for a time only are looked at again when it is over (contract 11).
void StandaloneHerder::watch_values(const Connector &connector) {
  const StringMap &config = connector.resolved.values;
  if (!connector.resolved.ttl || java::trim(config.get("config.action.reload")) == "none")
    return;
  tick_.after(*connector.resolved.ttl, [this, name = connector.name, epoch = connector.epoch] {
    look_at_values(name, epoch);
  });
}

void StandaloneHerder::look_at_values(const std::string &name, std::uint64_t epoch) {
  const Connector *connector = table_.find(name, epoch);
  if (connector == nullptr)
    return;
  const log::ScopedContext context(log::connector_context(name));
  const auto now = options_.validation.providers.resolve(connector->config);
  if (!now)
    kLog.error("Values of config providers could not be read again; the old ones stay: {}",
               now.error().message());
  else if (now->values != connector->resolved.values) {
    kLog.info("Values of config providers have changed: connector {} is restarted", name);
    run_restart_connector(name, [](const Status &) {});
    return;
  }
  watch_values(*connector);
}

} // namespace host::herder
