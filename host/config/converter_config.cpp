#include "host/config/connector_config.h"
#include "host/config/key_builder.h"

namespace host::config {
namespace {

void define_type(ConfigDef &def) {
  def.define(required("converter.type", Type::String)
                 .low()
                 .doc("How this converter will be used.")
                 .shown(Width::None, "converter.type")
                 .check(one_of({"key", "value", "header"})));
}

void define_json(ConfigDef &def) {
  def.define(flag("schemas.enable", true)
                 .high()
                 .doc("Include schemas within each of the serialized values and keys.")
                 .in("Schemas", 0)
                 .shown(Width::Medium, "Enable Schemas"));
  def.define(
      number("schemas.cache.size", Type::Int, 1000)
          .high()
          .doc("The maximum number of schemas that can be cached in this converter instance.")
          .in("Schemas", 1)
          .shown(Width::Medium, "Schema Cache Size"));
  def.define(nullable("schema.content", Type::String)
                 .high()
                 .doc("When set, this is used as the schema for all messages, and the schemas "
                      "within each of the message will be ignored.Otherwise, the schema will be "
                      "included in the content of each message. This configuration applies only "
                      "'schemas.enable' is true, and it exclusively affects the sink connector.")
                 .in("Schemas", 2)
                 .shown(Width::Medium, "Schema Content"));
  def.define(text("decimal.format", "BASE64")
                 .low()
                 .doc("Controls which format this converter will serialize decimals in. This value "
                      "is case insensitive and can be either 'BASE64' (default) or 'NUMERIC'")
                 .in("Serialization", 0)
                 .shown(Width::Medium, "Decimal Format")
                 .check(one_of_nocase({"NUMERIC", "BASE64"})));
  def.define(
      flag("replace.null.with.default", true)
          .low()
          .doc(
              "Whether to replace fields that have a default value and that are null to the "
              "default value. When set to true, the default value is used, otherwise null is used.")
          .in("Serialization", 1)
          .shown(Width::Medium, "Replace null with default"));
}

void define_string(ConfigDef &def) {
  def.define(
      text("converter.encoding", "UTF-8")
          .high()
          .doc("The name of the Java character set to use for encoding strings as byte arrays.")
          .shown(Width::Medium, "Encoding"));
}

} // namespace

std::optional<ConfigDef> converter_def(std::string_view class_name) {
  const auto name = find_class(builtin_header_converters(), class_name, {});
  if (!name)
    return std::nullopt;
  ConfigDef def;
  if (name->ends_with("SimpleHeaderConverter"))
    return def;
  define_type(def);
  if (name->ends_with(".JsonConverter"))
    define_json(def);
  else if (name->ends_with(".StringConverter"))
    define_string(def);
  return def;
}

} // namespace host::config
