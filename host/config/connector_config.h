#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/strings.h"
#include "host/config/config_def.h"
#include "host/config/plugin_names.h"

namespace host::config {

// What the framework's definitions need to know of this worker and its plugins. Plain data, made
// per request from the worker's configuration and the plugin catalogue.
struct DefinitionContext {
  std::vector<PluginName> converters = builtin_converters();
  std::vector<PluginName> header_converters = builtin_header_converters();
  std::vector<PluginName> transformations;
  std::vector<PluginName> predicates;
  // The keys of a transformation or predicate by class name; null if it is unknown.
  std::function<const ConfigDef *(std::string_view class_name)> chain_keys;
  // All versions of the connector class that the configuration names; empty if there is no such
  // class.
  std::vector<std::string> connector_versions;
  // The worker's own converters, by class name.
  std::string key_converter = "org.apache.kafka.connect.json.JsonConverter";
  std::string value_converter = "org.apache.kafka.connect.json.JsonConverter";
  std::string header_converter = "org.apache.kafka.connect.storage.SimpleHeaderConverter";
};

// The keys that every source or sink connector has, before the connector's own (contract 5.1–5.3
// with 17·2): names, documentation, order and defaults are Kafka Connect 4.3.0's. `config` is the
// submitted configuration: aliases of transforms and predicates and the versions offered depend on
// it.
ConfigDef source_connector_def(const DefinitionContext &context, const StringMap &config);
ConfigDef sink_connector_def(const DefinitionContext &context, const StringMap &config);

// The keys of `transforms` and `predicates` alone, with those of the aliases that `config` names.
ConfigDef chain_def(const DefinitionContext &context, const StringMap &config);
// What a task's start asks of the chain before it looks at single keys: that each alias has a class
// of the right kind, in a version that there is.
Status check_chain_classes(const DefinitionContext &context, const StringMap &config);

// What concerns several keys of a sink at once: topics against topics.regex, the dead letter queue,
// the consumer group against the worker's (`worker_group` empty in standalone mode). Adds to the
// errors of the values concerned, and adds values for keys that have none.
void check_sink(const StringMap &config, std::string_view worker_group,
                std::vector<ConfigValue> &values);

// The keys of one converter by class name (contract 8.2, 8.3); nothing if it is not built in.
std::optional<ConfigDef> converter_def(std::string_view class_name);

// `Null value can not be supplied as the configuration value.` for every key that was JSON null.
void check_nulls(const Submitted &config, std::vector<ConfigValue> &values);

} // namespace host::config
