// Config providers and passwords: what a connector's raw config is worth now (contract 11).
#include <utility>

#include "host/base/java_text.h"
#include "host/base/log.h"
#include "host/base/redactor.h"
#include "host/herder/passwords.h"
#include "host/herder/worker_parts.h"

namespace host::herder {
namespace {

const log::Logger kLog{"sluice.herder"};

} // namespace

Step<Result<config::ConfigInfos>> WorkerParts::checked(SubmittedConfig config) {
  auto validation = Validation::begin(set_.plugins, set_.validation, std::move(config));
  if (!validation)
    co_return fail(std::move(validation).error());
  process_redactor().add(validation->secrets()); // the plugin may log them
  std::vector<link::ValidatedKey> reported;
  if (validation->wants_plugin()) {
    const plugin::CatalogEntry &entry = validation->plugin();
    using Keys = Result<std::vector<link::ValidatedKey>>;
    Keys answer = co_await ask<Keys>([&](auto done) {
      supervisor_->validate(entry.path, entry.descriptor.class_name, validation->values(),
                            std::move(done));
    });
    if (!answer)
      co_return fail(answer.error().code(), answer.error().exception(),
                     process_redactor().redact(answer.error().message()));
    reported = *std::move(answer);
  }
  co_return validation->finish(reported);
}

Status WorkerParts::resolve(Connector &connector) const {
  HOST_ASSIGN(connector.resolved, set_.validation.providers.resolve(connector.config));
  return {};
}

Result<supervisor::ConnectorSpec> WorkerParts::spec(Connector &connector) const {
  HOST_TRY(resolve(connector));
  return spec_of(connector);
}

// Of a connector whose config has been resolved. From here on its secrets are known to the log.
Result<supervisor::ConnectorSpec> WorkerParts::spec_of(Connector &connector) const {
  const StringMap &config = connector.resolved.values;
  HOST_ASSIGN(connector.plugin, set_.plugins.connector(config.get("connector.class"),
                                                       config.find("connector.plugin.version")));
  HOST_ASSIGN(const auto settings, runner_settings(set_.runner, config));
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
Status WorkerParts::renew_values(Connector &connector) {
  const StringMap before = connector.resolved.values;
  HOST_TRY(resolve(connector));
  if (connector.resolved.values == before)
    return {};
  HOST_ASSIGN(auto spec, spec_of(connector));
  supervisor_->renew_connector(std::move(spec));
  return {};
}

SubmittedConfig WorkerParts::with_known_passwords(const SubmittedConfig &config,
                                                  const std::string &connector) const {
  const auto known = set_.stored_config(connector);
  if (!known)
    return config;
  const auto plugin = set_.plugins.connector(known->get("connector.class"),
                                             known->find("connector.plugin.version"));
  return plugin ? with_stored_passwords(config, *known, &plugin->descriptor) : config;
}

// Values that hold for a time only are looked at again when it is over (contract 11).
void WorkerParts::watch_values(const Connector &connector) {
  const StringMap &config = connector.resolved.values;
  if (!connector.resolved.ttl || java::trim(config.get("config.action.reload")) == "none")
    return;
  set_.tick.after(*connector.resolved.ttl, [this, name = connector.name, epoch = connector.epoch] {
    look_at_values(name, epoch);
  });
}

void WorkerParts::look_at_values(const std::string &name, std::uint64_t epoch) {
  const Connector *connector = set_.table.find(name, epoch);
  if (connector == nullptr)
    return;
  const log::ScopedContext context(log::connector_context(name));
  const auto now = set_.validation.providers.resolve(connector->config);
  if (!now)
    kLog.error("Values of config providers could not be read again; the old ones stay: {}",
               now.error().message());
  else if (now->values != connector->resolved.values) {
    kLog.info("Values of config providers have changed: connector {} is restarted", name);
    set_.values_changed(name);
    return;
  }
  watch_values(*connector);
}

} // namespace host::herder
