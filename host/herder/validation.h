#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "host/base/error.h"
#include "host/base/redactor.h"
#include "host/config/config_infos.h"
#include "host/config/config_resolver.h"
#include "host/config/connector_config.h"
#include "host/herder/plugins.h"
#include "host/herder/submitted_config.h"
#include "host/link/messages.h"

namespace host::herder {

// What validation takes from the worker's own configuration.
struct ValidationContext {
  config::DefinitionContext definitions; // converters; versions are filled in
  StringMap worker;                      // resolved; has the policy of client overrides
  config::ConfigResolver providers;
  // Keys that cannot work on this worker, with the reason: what --dev cannot serve. May be empty.
  std::function<std::vector<std::pair<std::string, std::string>>(const StringMap &)> refuse;
};

// One validation of a connector config (contract 10.6), in two halves because the plugin's own
// checks run in its process: begin(), then ask the plugin if wants_plugin(), then finish().
// A value; any thread.
class Validation {
public:
  // Refuses what Connect refuses before it looks at keys: no class, or one that is not there; and
  // variables whose provider fails.
  static Result<Validation> begin(const Plugins &plugins, const ValidationContext &context,
                                  SubmittedConfig config);

  // False if the plugin need not be asked: the wanted version is not there.
  bool wants_plugin() const { return !version_error_; }
  const plugin::CatalogEntry &plugin() const { return plugin_; }
  const StringMap &values() const { return values_; } // resolved
  // Secrets among the values: to be taken out of all that is said about this validation.
  const std::vector<std::string> &secrets() const { return secrets_; }

  // `reported` is what the plugin said of its keys. Where a value came from a config provider, the
  // variable is shown instead (Connect shows the value).
  config::ConfigInfos finish(const std::vector<link::ValidatedKey> &reported) const;

private:
  Validation() = default;
  void add_plugin_keys(std::vector<config::ConfigKey> &keys,
                       std::vector<config::ConfigValue> &values,
                       const std::vector<link::ValidatedKey> &reported) const;
  void append_converters(config::ConfigInfos &infos,
                         const std::vector<config::ConfigValue> &values) const;
  void append_overrides(config::ConfigInfos &infos) const;
  void conceal(config::ConfigInfos &infos) const;

  SubmittedConfig config_; // raw
  StringMap values_;       // of it, those that are not null, resolved
  std::vector<std::string> secrets_;
  plugin::CatalogEntry plugin_;
  ValidationContext context_;
  std::optional<std::string> version_error_;
};

// `Connector configuration is invalid and contains the following …`, or success (contract 2.2).
Status no_errors(const config::ConfigInfos &infos);

} // namespace host::herder
