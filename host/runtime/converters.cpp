#include "host/runtime/converters.h"

#include <string>
#include <string_view>
#include <utility>

namespace host::runtime {
namespace {

struct Choice {
  std::string class_name;
  StringMap config;
};

Choice choose(const TaskSpec &spec, const std::string &key, std::string_view fallback) {
  for (const StringMap *config : {&spec.connector_config, &spec.worker_config})
    if (const std::string *name = config->find(key))
      return {*name, config->with_prefix(key + ".")};
  return {std::string(fallback), {}};
}

constexpr std::string_view kJson = "org.apache.kafka.connect.json.JsonConverter";
constexpr std::string_view kSimpleHeader = "org.apache.kafka.connect.storage.SimpleHeaderConverter";

Result<std::unique_ptr<data::Converter>> make(const TaskSpec &spec, const std::string &key,
                                              data::ConverterRole role, data::SchemaPool &pool,
                                              std::string &class_name) {
  Choice choice = choose(spec, key, kJson);
  class_name = choice.class_name;
  auto made = data::make_converter(choice.class_name, choice.config, role, pool);
  if (!made)
    return std::move(made).error().context(key);
  return made;
}

} // namespace

Result<TaskConverters> make_converters(const TaskSpec &spec, data::SchemaPool &pool) {
  TaskConverters all;
  HOST_ASSIGN(all.key, make(spec, "key.converter", data::ConverterRole::Key, pool, all.key_class));
  HOST_ASSIGN(all.value,
              make(spec, "value.converter", data::ConverterRole::Value, pool, all.value_class));
  Choice header = choose(spec, "header.converter", kSimpleHeader);
  all.header_class = header.class_name;
  auto made = data::make_header_converter(header.class_name, header.config, pool);
  if (!made)
    return std::move(made).error().context("header.converter");
  all.header = *std::move(made);
  return all;
}

} // namespace host::runtime
