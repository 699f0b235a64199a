#include "host/runtime/converters.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/base/java_text.h"
#include "host/config/plugin_names.h"

namespace host::runtime {
namespace {

struct Choice {
  std::string class_name;
  StringMap config;
};

// By its full name, which error reports show whatever the configuration calls it.
Choice choose(const TaskSpec &spec, const std::string &key, std::string_view fallback,
              const std::vector<config::PluginName> &known, std::string_view suffix) {
  for (const StringMap *config : {&spec.connector_config, &spec.worker_config})
    if (const std::string *name = config->find(key)) {
      auto found = config::find_class(known, java::trim(*name), suffix);
      return {found ? *std::move(found) : *name, config->with_prefix(key + ".")};
    }
  return {std::string(fallback), {}};
}

constexpr std::string_view kJson = "org.apache.kafka.connect.json.JsonConverter";
constexpr std::string_view kSimpleHeader = "org.apache.kafka.connect.storage.SimpleHeaderConverter";

Result<std::unique_ptr<data::Converter>> make(const TaskSpec &spec, const std::string &key,
                                              data::ConverterRole role, data::SchemaPool &pool,
                                              std::string &class_name) {
  Choice choice = choose(spec, key, kJson, config::builtin_converters(), config::kConverterSuffix);
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
  Choice header = choose(spec, "header.converter", kSimpleHeader,
                         config::builtin_header_converters(), config::kHeaderConverterSuffix);
  all.header_class = header.class_name;
  auto made = data::make_header_converter(header.class_name, header.config, pool);
  if (!made)
    return std::move(made).error().context("header.converter");
  all.header = *std::move(made);
  return all;
}

} // namespace host::runtime
