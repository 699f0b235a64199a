#include "host/app/try_start.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "host/base/java_order.h"
#include "host/config/connector_config.h"
#include "host/config/plugin_names.h"
#include "host/config/version_range.h"
#include "host/herder/topic_creation.h"
#include "host/transform/catalog.h"

namespace host::app::dry_run {
namespace {

constexpr std::string_view kJson = "org.apache.kafka.connect.json.JsonConverter";
constexpr std::string_view kSimple = "org.apache.kafka.connect.storage.SimpleHeaderConverter";
constexpr std::string_view kClassCast = "java.lang.ClassCastException";
constexpr std::string_view kNullPointer = "java.lang.NullPointerException";
constexpr std::string_view kVersionLoading =
    "org.apache.kafka.connect.runtime.isolation.VersionedPluginLoadingException";

// What a case or a file need not say.
Config with_defaults(const Config &given, transform::Direction direction) {
  Config config = given;
  const auto set = [&](std::string_view key, std::string_view value) {
    if (!config.entries.contains(key) && !config.nulls.contains(key))
      config.entries.append(std::string(key), std::string(value));
  };
  set("name", "try");
  set("connector.class", direction == transform::Direction::Sink
                             ? "org.apache.kafka.connect.file.FileStreamSinkConnector"
                             : "org.apache.kafka.connect.file.FileStreamSourceConnector");
  set("key.converter", kJson);
  set("value.converter", kJson);
  set("header.converter", kSimple);
  return config;
}

// Any class that is built in, whatever its kind: whether it fits is the validators' business.
std::optional<std::string> find_builtin(std::string_view name) {
  auto found = config::find_class(config::builtin_converters(), name, config::kConverterSuffix);
  if (!found)
    found = config::find_class(config::builtin_header_converters(), name,
                               config::kHeaderConverterSuffix);
  if (!found)
    found = config::find_class(transform::transformations(), name, config::kTransformationSuffix);
  return found ? found
               : config::find_class(transform::predicates(), name, config::kPredicateSuffix);
}

// The keys that every connector has, or those of its kind alone.
enum class Keys : std::uint8_t { Common = 1, OfKind };
config::ConfigDef pick(transform::Direction direction, Keys which) {
  const config::DefinitionContext context;
  const config::ConfigDef sink = config::sink_connector_def(context, {});
  const config::ConfigDef source = config::source_connector_def(context, {});
  const bool is_sink = direction == transform::Direction::Sink;
  config::ConfigDef picked;
  picked.resolve_with(find_builtin);
  for (const config::ConfigKey &key : (is_sink ? sink : source).keys())
    if (((is_sink ? source : sink).find(key.name) != nullptr) == (which == Keys::Common))
      picked.define(key);
  return picked;
}

const config::ConfigDef &common_keys() {
  static const config::ConfigDef keys = pick(transform::Direction::Sink, Keys::Common);
  return keys;
}

const config::ConfigDef &keys_of_kind(transform::Direction direction) {
  static const config::ConfigDef sink = pick(transform::Direction::Sink, Keys::OfKind);
  static const config::ConfigDef source = pick(transform::Direction::Source, Keys::OfKind);
  return direction == transform::Direction::Sink ? sink : source;
}

// Of connectors only the bundled ones are known here.
Status check_connector_version(const Config &config) {
  const std::string class_name = config.entries.get("connector.class");
  const std::string *wanted = config.entries.find("connector.plugin.version");
  if (wanted == nullptr || !class_name.starts_with("org.apache.kafka.connect.file.FileStream"))
    return {};
  const auto range = config::VersionRange::parse(*wanted);
  if (range && range->contains(config::kConnectVersion))
    return {};
  return fail(Code::Config, exception::kConnect,
              fmt::format("Failed to get class loader for connector {}, class {}", class_name,
                          config.entries.get("name")));
}

// A version that is none has a class of its own in Java, which is a ConfigException.
Error of_version(const Config &config, Error error) {
  for (const char *key : {"connector", "key.converter", "value.converter", "header.converter"})
    if (const std::string *wanted = config.entries.find(std::string(key) + ".plugin.version"))
      if (const auto range = config::VersionRange::parse(*wanted);
          !range && range.error().message() == error.message())
        return {error.code(), kVersionLoading, error.message()};
  return error;
}

// The settings of one converter, prefix taken off.
Config settings_of(const Config &config, const std::string &prefix) {
  Config own{config.entries.with_prefix(prefix), {}};
  for (const std::string &key : config.nulls)
    if (key.starts_with(prefix))
      own.nulls.insert(key.substr(prefix.size()));
  return own;
}

// A null passes JsonConverter's definition where there is no validator, and fails where it is used.
Status refuse_null_settings(const std::string &class_name, const Config &own) {
  const auto def = config::converter_def(class_name);
  if (own.nulls.empty() || !def || class_name.ends_with("SimpleHeaderConverter"))
    return {};
  Config complete = own;
  complete.entries.set("converter.type", "value");
  HOST_TRY(def->parse(complete.submitted()));
  for (const auto &[key, getter] : {std::pair("schemas.enable", "Boolean.booleanValue"),
                                    {"schemas.cache.size", "Integer.intValue"},
                                    {"replace.null.with.default", "Boolean.booleanValue"}})
    if (class_name.ends_with(".JsonConverter") && own.nulls.contains(key))
      return fail(Code::Config, kNullPointer,
                  fmt::format("Cannot invoke \"java.lang.{}()\" because the return value of \"{}."
                              "get{}(String)\" is null",
                              getter, "org.apache.kafka.connect.json.JsonConverterConfig",
                              std::string_view(getter).starts_with("I") ? "Int" : "Boolean"));
  return {};
}

// Both kinds of converters count where a class is of both.
std::string versions_text(const std::string &class_name) {
  std::string text;
  for (const auto *known : {&config::builtin_converters(), &config::builtin_header_converters()})
    for (const std::string &version : config::versions_of(*known, class_name))
      text += (text.empty() ? "" : ", ") + version;
  return text;
}

Status check_version(const std::string &class_name, const std::string *wanted) {
  if (wanted == nullptr)
    return {};
  const std::string text(java::trim(*wanted));
  const auto range = config::VersionRange::parse(text);
  if (!range)
    return fail(Code::Config, kVersionLoading, range.error().message());
  if (!text.empty() && range->contains(config::kConnectVersion))
    return {};
  return fail(Code::Config, kVersionLoading,
              config::no_version_in(class_name, text, versions_text(class_name)));
}

// What is checked before a converter is made; gives its settings.
Result<StringMap> prepare_converter(const config::Values &values, const Config &config,
                                    const std::string &key, std::string &class_name) {
  class_name = values.text(key);
  if (values.is_null(key) && key == "header.converter")
    class_name = kSimple; // the worker's
  else if (values.is_null(key))
    return fail(Code::Config, kNullPointer, "");
  HOST_TRY(check_version(class_name, config.entries.find(key + ".plugin.version")));
  Config own = settings_of(config, key + ".");
  HOST_TRY(refuse_null_settings(class_name, own));
  return std::move(own.entries);
}

Status make_converters(const config::Values &values, const Config &config, data::SchemaPool &pool,
                       data::ConverterSet &made) {
  HOST_ASSIGN(const StringMap key,
              prepare_converter(values, config, "key.converter", made.key_class));
  HOST_ASSIGN(made.key, data::make_converter(made.key_class, key, data::ConverterRole::Key, pool));
  HOST_ASSIGN(const StringMap value,
              prepare_converter(values, config, "value.converter", made.value_class));
  HOST_ASSIGN(made.value,
              data::make_converter(made.value_class, value, data::ConverterRole::Value, pool));
  HOST_ASSIGN(const StringMap header,
              prepare_converter(values, config, "header.converter", made.header_class));
  HOST_ASSIGN(made.header, data::make_header_converter(made.header_class, header, pool));
  return {};
}

// Buckets of a HashMap that is made for so many entries.
std::uint32_t buckets_for(std::size_t entries) {
  std::uint32_t buckets = 1;
  while (buckets < entries)
    buckets *= 2;
  return entries > buckets / 4.0 * 3 ? buckets * 2 : buckets;
}

// Before it makes the transforms Connect asks for the configuration as texts, and so stumbles over
// any null that was let pass before: the first in the order of its hash map.
Status refuse_nulls(const Config &config) {
  if (config.nulls.empty())
    return {};
  std::vector<std::string> keys(config.nulls.begin(), config.nulls.end());
  java::sort_by_bucket(keys, buckets_for(config.entries.size() + keys.size()),
                       [](const std::string &key) -> std::string_view { return key; });
  return fail(
      Code::Config, kClassCast,
      fmt::format("Non-string value found in original settings for key {}: null", keys.front()));
}

Status check_topic_creation(const Config &config) {
  std::vector<config::ConfigKey> keys;
  std::vector<config::ConfigValue> values;
  herder::check_topic_creation(config.entries, keys, values);
  if (values.empty())
    return {};
  return fail(Code::Config, values.front().errors.front());
}

} // namespace

Result<Parts> start_parts(const Config &given, transform::Direction direction,
                          data::SchemaPool &pool) {
  const Config config = with_defaults(given, direction);
  Parts parts;
  HOST_TRY(check_connector_version(config));
  const auto values = common_keys().parse(config.submitted());
  if (!values)
    return of_version(config, values.error());
  auto chain = transform::Chain::create(config.submitted(), pool);
  // What a transform's class says of its settings comes wrapped, and after the converters.
  if (!chain && chain.error().cause() == nullptr)
    return fail(std::move(chain).error());
  HOST_TRY(make_converters(*values, config, pool, parts.converters));
  HOST_TRY(refuse_nulls(config));
  if (!chain)
    return fail(std::move(chain).error());
  parts.chain = *std::move(chain);
  HOST_TRY(keys_of_kind(direction).parse(config.submitted()));
  if (direction == transform::Direction::Source)
    HOST_TRY(check_topic_creation(config));
  return parts;
}

} // namespace host::app::dry_run
