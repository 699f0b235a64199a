#include "host/config/plugin_names.h"

#include <algorithm>

#include "host/config/version_range.h"

namespace host::config {

bool names_class(std::string_view name, std::string_view class_name, std::string_view suffix) {
  if (name == class_name)
    return true;
  std::string_view simple = class_name.substr(class_name.rfind('.') + 1);
  if (simple.find('$') != std::string_view::npos)
    return false;
  if (name == simple)
    return true;
  if (!simple.ends_with(suffix) || simple.size() == suffix.size())
    return false;
  simple.remove_suffix(suffix.size());
  return name == simple;
}

std::optional<std::string> find_class(const std::vector<PluginName> &plugins, std::string_view name,
                                      std::string_view suffix) {
  std::optional<std::string> found;
  for (const PluginName &plugin : plugins) {
    if (plugin.class_name == name)
      return plugin.class_name;
    if (!names_class(name, plugin.class_name, suffix))
      continue;
    if (found && *found != plugin.class_name)
      return std::nullopt;
    found = plugin.class_name;
  }
  return found;
}

std::vector<std::string> versions_of(const std::vector<PluginName> &plugins,
                                     std::string_view class_name) {
  std::vector<std::string> versions;
  for (const PluginName &plugin : plugins)
    if (plugin.class_name == class_name)
      versions.push_back(plugin.version);
  std::sort(versions.begin(), versions.end(),
            [](const std::string &a, const std::string &b) { return compare_versions(a, b) < 0; });
  return versions;
}

const std::vector<PluginName> &builtin_converters() {
  static const std::vector<PluginName> names = [] {
    std::vector<PluginName> all;
    for (const char *name :
         {"converters.BooleanConverter", "converters.ByteArrayConverter",
          "converters.DoubleConverter", "converters.FloatConverter", "converters.IntegerConverter",
          "converters.LongConverter", "converters.ShortConverter", "json.JsonConverter",
          "storage.StringConverter"})
      all.push_back(
          {std::string("org.apache.kafka.connect.") + name, std::string(kConnectVersion)});
    return all;
  }();
  return names;
}

const std::vector<PluginName> &builtin_header_converters() {
  static const std::vector<PluginName> names = [] {
    std::vector<PluginName> all = builtin_converters();
    all.insert(all.end() - 1, {"org.apache.kafka.connect.storage.SimpleHeaderConverter",
                               std::string(kConnectVersion)});
    return all;
  }();
  return names;
}

} // namespace host::config
