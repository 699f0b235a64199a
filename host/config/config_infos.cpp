#include "host/config/config_infos.h"

#include <algorithm>

namespace host::config {
namespace {

const ConfigValue *value_of(std::span<const ConfigValue> values, std::string_view name) {
  for (const ConfigValue &value : values)
    if (value.name == name)
      return &value;
  return nullptr;
}

bool defines(std::span<const ConfigKey> keys, std::string_view name) {
  return std::any_of(keys.begin(), keys.end(),
                     [&](const ConfigKey &key) { return key.name == name; });
}

} // namespace

ConfigInfos make_infos(std::string_view name, std::span<const ConfigKey> keys,
                       std::span<const ConfigValue> values, std::vector<std::string> groups) {
  ConfigInfos infos{std::string(name), 0, std::move(groups), {}};
  for (const ConfigValue &value : values) {
    if (defines(keys, value.name))
      continue;
    infos.configs.push_back({std::nullopt, value});
    infos.error_count += value.errors.size();
  }
  for (const ConfigKey &key : keys) {
    if (key.internal)
      continue;
    ConfigInfo info{key, std::nullopt};
    if (const ConfigValue *value = value_of(values, key.name)) {
      info.value = *value;
      infos.error_count += value->errors.size();
    }
    infos.configs.push_back(std::move(info));
  }
  return infos;
}

void append_prefixed(ConfigInfos &infos, std::string_view prefix, const ConfigDef &def,
                     std::span<const ConfigValue> values) {
  for (const ConfigKey &key : def.keys()) {
    const ConfigValue *value = value_of(values, key.name);
    if (value == nullptr || key.internal)
      continue;
    ConfigInfo info{key, *value};
    info.definition->name = std::string(prefix) + key.name;
    info.value->name = info.definition->name;
    infos.error_count += value->errors.empty() ? 0 : 1;
    infos.configs.push_back(std::move(info));
  }
  for (const std::string &group : def.groups())
    if (std::find(infos.groups.begin(), infos.groups.end(), group) == infos.groups.end())
      infos.groups.push_back(group);
}

} // namespace host::config
