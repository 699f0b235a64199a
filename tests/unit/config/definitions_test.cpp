#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "host/config/config_infos.h"
#include "host/config/connector_config.h"
#include "host/json/parse.h"

namespace host::config {
namespace {

json::Value text_array(const std::vector<std::string> &texts) {
  json::Value array = json::Value::array();
  for (const std::string &text : texts)
    array.push(text);
  return array;
}

json::Value text_or_null(const Value &value) {
  return is_null(value) ? json::Value() : json::Value(to_text(value));
}

// The entities of the REST API.
json::Value entity(const ConfigKey &key) {
  return json::Value::object(
      {{"name", key.name},
       {"type", name_of(key.type)},
       {"required", key.required()},
       {"default_value", key.required() ? json::Value() : text_or_null(*key.default_value)},
       {"importance", name_of(key.importance)},
       {"group", key.group.empty() ? json::Value() : json::Value(key.group)},
       {"order_in_group", key.order_in_group},
       {"width", name_of(key.width)},
       {"display_name", key.shown_name()},
       {"dependents", text_array(key.dependents)}});
}

json::Value entity(const ConfigValue &value) {
  return json::Value::object({{"name", value.name},
                              {"value", text_or_null(value.value)},
                              {"recommended_values", text_array(value.recommended_values)},
                              {"errors", text_array(value.errors)},
                              {"visible", value.visible}});
}

json::Value entity(const ConfigInfos &infos) {
  json::Value configs = json::Value::array();
  for (const ConfigInfo &info : infos.configs)
    configs.push(json::Value::object(
        {{"definition", info.definition ? entity(*info.definition) : json::Value()},
         {"value", info.value ? entity(*info.value) : json::Value()}}));
  return json::Value::object({{"name", infos.name},
                              {"error_count", infos.error_count},
                              {"groups", text_array(infos.groups)},
                              {"configs", std::move(configs)}});
}

ConfigDef definition(std::string_view kind, const StringMap &config) {
  DefinitionContext context;
  if (config.contains("connector.class"))
    context.connector_versions = {std::string(kConnectVersion)};
  if (kind == "source")
    return source_connector_def(context, config);
  if (kind == "sink")
    return sink_connector_def(context, config);
  if (kind == "json")
    return *converter_def("org.apache.kafka.connect.json.JsonConverter");
  if (kind == "string")
    return *converter_def("org.apache.kafka.connect.storage.StringConverter");
  return *converter_def("org.apache.kafka.connect.converters.ByteArrayConverter");
}

// Transformations and predicates of this worker differ from the oracle's.
bool lists_other_plugins(std::string_view key) {
  return (key.starts_with("transforms.") || key.starts_with("predicates.")) &&
         key.ends_with(".type");
}

void compare_parts(const json::Value &expected, const ConfigInfos &infos) {
  EXPECT_EQ(static_cast<std::size_t>(expected.integer_of("errors").value()), infos.error_count);
  const auto ours = [&](std::string_view name) -> const ConfigInfo * {
    for (const ConfigInfo &info : infos.configs)
      if (info.value && info.value->name == name)
        return &info;
    return nullptr;
  };
  for (const json::Value &value : expected.find("values")->items()) {
    const std::string name = value.string_of("name").value();
    const ConfigInfo *info = ours(name);
    ASSERT_NE(info, nullptr) << name;
    json::Value wanted = value;
    if (lists_other_plugins(name))
      wanted.set("recommended_values", json::Value::array());
    EXPECT_EQ(json::to_text(entity(*info->value)), json::to_text(wanted));
  }
  if (const json::Value *definitions = expected.find("definitions"))
    for (const json::Value &wanted : definitions->items()) {
      const ConfigInfo *info = ours(wanted.string_of("name").value());
      ASSERT_NE(info, nullptr) << json::to_text(wanted);
      EXPECT_EQ(json::to_text(entity(*info->definition)), json::to_text(wanted));
    }
}

// Each line of the file is what Kafka Connect's own definitions say about one configuration.
TEST(Definitions, SayWhatConnectsSay) {
  std::ifstream file(SLUICE_CONFIG_DATA "/definitions.jsonl");
  ASSERT_TRUE(file.good());
  int checked = 0;
  for (std::string line; std::getline(file, line); ++checked) {
    const json::Value wanted = json::parse(line).value();
    const std::string kind = wanted.string_of("kind").value();
    const StringMap config = wanted.find("config")->string_map().value();
    SCOPED_TRACE(kind + " " + json::to_text(config));
    const ConfigDef def = definition(kind, config);
    const ConfigInfos infos =
        make_infos(config.get("connector.class"), def.keys(), def.validate(config), def.groups());
    if (const json::Value *whole = wanted.find("infos"))
      EXPECT_EQ(json::to_text(entity(infos)), json::to_text(*whole));
    else
      compare_parts(wanted, infos);
  }
  EXPECT_GT(checked, 100);
}

} // namespace
} // namespace host::config
