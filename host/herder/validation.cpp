#include "host/herder/validation.h"

#include <algorithm>
#include <utility>

#include "host/config/config_variables.h"
#include "host/config/error_keys.h"
#include "host/herder/java_map.h"
#include "host/herder/passwords.h"
#include "host/herder/plugin_definition.h"
#include "host/herder/runner_keys.h"
#include "host/herder/topic_creation.h"
#include "host/kafka/client_config.h"
#include "host/kafka/client_keys.h"
#include "host/transform/catalog.h"

namespace host::herder {
namespace {

using config::ConfigKey;
using config::ConfigValue;

constexpr std::string_view kClassKey = "connector.class";
constexpr std::string_view kVersionKey = "connector.plugin.version";

// Java's text of a map that was copied before it was printed: `{name=a, b=null}`.
std::string java_text(const SubmittedConfig &config) {
  StringMap shown;
  for (const auto &[key, value] : config)
    shown.set(key, value.value_or("null"));
  std::string text = "{";
  for (const auto &[key, value] : hash_map_of(shown))
    text.append(text.size() > 1 ? ", " : "").append(key).append("=").append(value);
  return text + "}";
}

config::Submitted submitted(const SubmittedConfig &config, const StringMap &values) {
  config::Submitted result{values};
  for (const auto &[key, value] : config)
    if (!value)
      result.nulls.insert(key);
  return result;
}

// A converter's keys come in the order of a hash map.
config::ConfigDef in_hash_order(const config::ConfigDef &definition) {
  std::vector<std::string> names;
  for (const ConfigKey &key : definition.keys())
    names.push_back(key.name);
  config::ConfigDef ordered;
  for (const std::string &name : herder::in_hash_order(std::move(names)))
    ordered.define(*definition.find(name));
  return ordered;
}

template <class Item> Item *named(std::vector<Item> &items, std::string_view name) {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const Item &item) { return item.name == name; });
  return found == items.end() ? nullptr : &*found;
}

// The item replaces the one of its name in place, or is appended.
template <class Item> void put(std::vector<Item> &items, Item item) {
  if (Item *old = named(items, item.name))
    *old = std::move(item);
  else
    items.push_back(std::move(item));
}

void add_groups(std::vector<std::string> &groups, const std::vector<std::string> &more) {
  for (const std::string &group : more)
    if (std::find(groups.begin(), groups.end(), group) == groups.end())
      groups.push_back(group);
}

void add_error(std::vector<ConfigValue> &values, std::string_view key, const std::string &error) {
  if (ConfigValue *value = named(values, key))
    value->errors.push_back(error);
}

// A key may be refused that no definition knows.
void refuse(std::vector<ConfigValue> &values, const std::string &key, const std::string &reason) {
  if (named(values, key) == nullptr) {
    ConfigValue value;
    value.name = key;
    values.push_back(std::move(value));
  }
  add_error(values, key, reason);
}

// What the plugin's own code said of a key goes on top of what its table says.
void add_report(std::vector<ConfigValue> &values, const link::ValidatedKey &report) {
  ConfigValue *value = named(values, report.name);
  if (value == nullptr) {
    ConfigValue unknown;
    unknown.name = report.name;
    if (report.value)
      unknown.value = *report.value;
    values.push_back(std::move(unknown));
    value = &values.back();
  }
  for (const std::string &error : report.errors)
    if (std::find(value->errors.begin(), value->errors.end(), error) == value->errors.end())
      value->errors.push_back(error);
  if (!report.recommended.empty())
    value->recommended_values = report.recommended;
  value->visible = value->visible && report.visible;
}

// Connect has dead letters of sinks only: the keys of a source's show where they are set.
void add_dead_letter_keys(const StringMap &config, std::vector<ConfigKey> &keys,
                          std::vector<ConfigValue> &values) {
  config::ConfigDef definition;
  config::define_dead_letter_keys(definition);
  for (ConfigValue &value : definition.validate(config))
    if (config.contains(value.name)) {
      keys.push_back(*definition.find(value.name));
      values.push_back(std::move(value));
    }
}

config::ConfigInfo override_info(const std::string &name, const std::string &java_key,
                                 const std::string &value,
                                 const std::vector<kafka::OverrideError> &errors) {
  config::ConfigInfo info;
  if (const kafka::ClientKey *row = kafka::find_client_key(java_key)) {
    ConfigKey key;
    key.name = name;
    key.display_name = java_key;
    key.type = row->type;
    key.default_value = config::Value();
    key.documentation = row->note;
    info.definition = std::move(key);
  }
  info.value.emplace();
  info.value->name = name;
  info.value->value = value;
  if (info.definition && info.definition->type == config::Type::Password)
    info.value->value = config::Secret(value);
  for (const kafka::OverrideError &error : errors)
    if (error.key == name)
      info.value->errors.push_back(error.message);
  return info;
}

void append_client(config::ConfigInfos &infos, const std::string &prefix, const StringMap &values,
                   const std::vector<kafka::OverrideError> &errors) {
  const StringMap own = values.with_prefix(prefix);
  std::vector<std::string> names;
  for (const auto &[key, value] : own)
    names.push_back(key);
  for (const std::string &key : herder::in_hash_order(std::move(names))) {
    infos.configs.push_back(override_info(prefix + key, key, own.get(key), errors));
    infos.error_count += infos.configs.back().value->errors.empty() ? 0 : 1;
  }
}

} // namespace

Result<Validation> Validation::begin(const Plugins &plugins, const ValidationContext &context,
                                     SubmittedConfig config) {
  auto resolved = context.providers.resolve(config.values());
  if (!resolved)
    return fail(Code::BadRequest, resolved.error().message());
  const StringMap &values = resolved->values;
  const std::string *class_name = values.find(kClassKey);
  if (class_name == nullptr)
    return fail(Code::BadRequest,
                "Connector config " + java_text(config) + " contains no connector type");
  Validation validation;
  auto found = plugins.connector(*class_name, values.find(kVersionKey));
  if (!found && found.error().code() != Code::NotFound) {
    validation.version_error_ = found.error().message();
    found = plugins.connector(*class_name);
  }
  if (!found)
    return fail(Code::BadRequest, found.error().message());
  validation.plugin_ = *std::move(found);
  validation.secrets_ = passwords_in(values, &validation.plugin_.descriptor);
  for (std::string &secret : resolved->secrets())
    validation.secrets_.push_back(std::move(secret));
  validation.values_ = std::move(resolved->values);
  validation.config_ = std::move(config);
  validation.context_ = context;
  validation.context_.definitions.connector_versions =
      plugins.versions(validation.plugin_.descriptor.class_name);
  transform::offer_to(validation.context_.definitions);
  return validation;
}

config::ConfigInfos Validation::finish(const std::vector<link::ValidatedKey> &reported) const {
  const bool sink = plugin_.descriptor.kind == plugin::Kind::Sink;
  const config::ConfigDef framework =
      sink ? config::sink_connector_def(context_.definitions, values_)
           : config::source_connector_def(context_.definitions, values_);
  const config::Submitted given = submitted(config_, values_);
  std::vector<ConfigKey> keys(framework.keys().begin(), framework.keys().end());
  std::vector<ConfigValue> values = framework.validate(given);
  std::vector<std::string> groups = framework.groups();
  if (sink && !version_error_)
    config::check_sink(values_, "", values);
  if (version_error_) {
    add_error(values, kClassKey, *version_error_);
    add_error(values, kVersionKey, *version_error_);
  } else {
    add_plugin_keys(keys, values, reported);
    add_groups(groups, definition_of(plugin_.descriptor).groups());
  }
  config::check_nulls(given, values);
  if (!sink) {
    check_topic_creation(values_, keys, values);
    add_dead_letter_keys(values_, keys, values);
  }
  add_runner_keys(values_, keys, values);
  if (context_.refuse)
    for (const auto &[key, reason] : context_.refuse(values_))
      refuse(values, key, reason);
  config::ConfigInfos infos =
      config::make_infos(values_.get(kClassKey), keys, values, std::move(groups));
  append_overrides(infos);
  append_converters(infos, values);
  conceal(infos);
  return infos;
}

void Validation::conceal(config::ConfigInfos &infos) const {
  Redactor redactor;
  redactor.add(secrets_);
  if (const std::string *written = config_.find(kClassKey))
    infos.name = *written;
  for (config::ConfigInfo &info : infos.configs) {
    if (!info.value)
      continue;
    for (std::string &error : info.value->errors)
      error = redactor.redact(error);
    const std::string *written = config_.find(info.value->name);
    if (written != nullptr && config::has_variables(*written))
      info.value->value = *written;
  }
}

void Validation::add_plugin_keys(std::vector<ConfigKey> &keys, std::vector<ConfigValue> &values,
                                 const std::vector<link::ValidatedKey> &reported) const {
  const config::ConfigDef own = definition_of(plugin_.descriptor);
  for (const ConfigKey &key : own.keys())
    put(keys, key);
  for (ConfigValue &value : own.validate(submitted(config_, values_)))
    put(values, std::move(value));
  for (const link::ValidatedKey &report : reported)
    add_report(values, report);
}

// A converter's keys are checked only where the connector names it and that name is good.
void Validation::append_converters(config::ConfigInfos &infos,
                                   const std::vector<ConfigValue> &values) const {
  for (const std::string key : {"header.converter", "key.converter", "value.converter"}) {
    const auto value = std::find_if(values.begin(), values.end(),
                                    [&](const ConfigValue &value) { return value.name == key; });
    if (!values_.contains(key) || value == values.end() || !value->errors.empty())
      continue;
    const auto definition = config::converter_def(config::to_text(value->value));
    if (!definition)
      continue;
    const std::string prefix = key + ".";
    StringMap own = values_.with_prefix(prefix);
    if (!own.contains("converter.type"))
      own.set("converter.type", key.substr(0, key.find('.')));
    config::append_prefixed(infos, prefix, in_hash_order(*definition), definition->validate(own));
  }
}

// Only what was submitted, each client where a connector of this kind has it (contract 5.5).
void Validation::append_overrides(config::ConfigInfos &infos) const {
  const bool sink = plugin_.descriptor.kind == plugin::Kind::Sink;
  const bool dead_letters = !values_.get("errors.deadletterqueue.topic.name").empty();
  const bool creates_topics = std::any_of(values_.begin(), values_.end(), [](const auto &entry) {
    return entry.first.starts_with("topic.creation.");
  });
  const auto errors = kafka::check_overrides(context_.worker, values_);
  if (!sink || dead_letters)
    append_client(infos, "producer.override.", values_, errors);
  if (sink || values_.contains("offsets.storage.topic"))
    append_client(infos, "consumer.override.", values_, errors);
  if (dead_letters || (!sink && creates_topics))
    append_client(infos, "admin.override.", values_, errors);
}

Status no_errors(const config::ConfigInfos &infos) {
  if (infos.error_count == 0)
    return {};
  std::string text = "Connector configuration is invalid and contains the following " +
                     std::to_string(infos.error_count) + " error(s):";
  for (const config::ConfigInfo &info : infos.configs)
    if (info.value)
      for (const std::string &error : info.value->errors)
        text += "\n" + error;
  text += "\nYou can also find the above list of errors at the endpoint "
          "`/connector-plugins/{connectorType}/config/validate`";
  return fail(Code::BadRequest, std::move(text));
}

} // namespace host::herder
