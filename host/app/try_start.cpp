#include "host/app/try_start.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "host/config/connector_config.h"
#include "host/config/plugin_names.h"
#include "host/config/version_range.h"
#include "host/transform/catalog.h"

namespace host::app::dry_run {
namespace {

constexpr std::string_view kJson = "org.apache.kafka.connect.json.JsonConverter";
constexpr std::string_view kSimple = "org.apache.kafka.connect.storage.SimpleHeaderConverter";
constexpr std::string_view kClassCast = "java.lang.ClassCastException";

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

Status make_converters(const config::Values &values, const Config &config, data::SchemaPool &pool,
                       Parts &parts) {
  parts.key_class = values.text("key.converter");
  parts.value_class = values.text("value.converter");
  parts.header_class = values.text("header.converter");
  const auto settings = [&](std::string_view prefix) { return config.entries.with_prefix(prefix); };
  HOST_ASSIGN(parts.key, data::make_converter(parts.key_class, settings("key.converter."),
                                              data::ConverterRole::Key, pool));
  HOST_ASSIGN(parts.value, data::make_converter(parts.value_class, settings("value.converter."),
                                                data::ConverterRole::Value, pool));
  HOST_ASSIGN(parts.header,
              data::make_header_converter(parts.header_class, settings("header.converter."), pool));
  return {};
}

// Connect builds the definition of a sink or source from texts only, and so stumbles over any null
// that was let pass before.
Status refuse_nulls(const Config &config) {
  if (config.nulls.empty())
    return {};
  return fail(Code::Config, kClassCast,
              fmt::format("Non-string value found in original settings for key {}: null",
                          *config.nulls.begin()));
}

} // namespace

Result<Parts> start_parts(const Config &given, transform::Direction direction,
                          data::SchemaPool &pool) {
  const Config config = with_defaults(given, direction);
  Parts parts;
  HOST_TRY(check_connector_version(config));
  HOST_ASSIGN(const config::Values values, common_keys().parse(config.submitted()));
  auto chain = transform::Chain::create(config.submitted(), pool);
  // What a transform's class says of its settings comes wrapped, and after the converters.
  if (!chain && chain.error().cause() == nullptr)
    return fail(std::move(chain).error());
  HOST_TRY(make_converters(values, config, pool, parts));
  if (!chain)
    return fail(std::move(chain).error());
  parts.chain = *std::move(chain);
  HOST_TRY(refuse_nulls(config));
  HOST_TRY(keys_of_kind(direction).parse(config.submitted()));
  return parts;
}

} // namespace host::app::dry_run
