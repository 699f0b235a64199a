#include "host/config/connector_config.h"
#include "host/config/key_builder.h"

namespace host::config {
namespace {

void define_type(ConfigDef &def) {
  def.define(required("converter.type", Type::String)
                 .low()
                 .doc("Whether it converts keys, values or headers; set by the worker.")
                 .shown(Width::None, "converter.type")
                 .check(one_of({"key", "value", "header"})));
}

void define_json(ConfigDef &def) {
  def.define(flag("schemas.enable", true)
                 .high()
                 .doc("Whether each key and value carries its schema: a JSON object "
                      "with the members schema and payload.")
                 .in("Schemas", 0)
                 .shown(Width::Medium, "Enable Schemas"));
  def.define(number("schemas.cache.size", Type::Int, 1000)
                 .high()
                 .doc("How many schemas are remembered in each direction.")
                 .in("Schemas", 1)
                 .shown(Width::Medium, "Schema Cache Size"));
  def.define(nullable("schema.content", Type::String)
                 .high()
                 .doc("A schema, as JSON, for everything that is read; messages are "
                      "then plain JSON without a schema of their own. Needs "
                      "schemas.enable.")
                 .in("Schemas", 2)
                 .shown(Width::Medium, "Schema Content"));
  def.define(text("decimal.format", "BASE64")
                 .low()
                 .doc("How decimals are written: BASE64 for their bytes, NUMERIC for a "
                      "number; upper or lower case.")
                 .in("Serialization", 0)
                 .shown(Width::Medium, "Decimal Format")
                 .check(one_of_nocase({"NUMERIC", "BASE64"})));
  def.define(flag("replace.null.with.default", true)
                 .low()
                 .doc("Whether a null in a field that has a default is taken for that "
                      "default.")
                 .in("Serialization", 1)
                 .shown(Width::Medium, "Replace null with default"));
}

void define_string(ConfigDef &def) {
  def.define(text("converter.encoding", "UTF-8")
                 .high()
                 .doc("The character set of the text, by its Java name.")
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
