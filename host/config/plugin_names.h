#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace host::config {

// The release of Kafka Connect that we answer like, and so the version of what is built in.
inline constexpr std::string_view kConnectVersion = "4.3.0";

// One class that a configuration may name.
struct PluginName {
  std::string class_name;
  std::string version;
};

// The suffix that Connect leaves off for an alias of each kind (contract 10.1).
inline constexpr std::string_view kConnectorSuffix = "Connector";
inline constexpr std::string_view kConverterSuffix = "Converter";
inline constexpr std::string_view kHeaderConverterSuffix = "HeaderConverter";
inline constexpr std::string_view kTransformationSuffix = "Transformation";
inline constexpr std::string_view kPredicateSuffix = "Predicate";

// Whether `name` is the class's full name, its simple name or that without `suffix`
// (contract 10.4). Inner classes (`Cast$Value`) have no alias.
bool names_class(std::string_view name, std::string_view class_name, std::string_view suffix);

// The class among `plugins` that `name` means; nothing if none, or if an alias fits several.
std::optional<std::string> find_class(const std::vector<PluginName> &plugins, std::string_view name,
                                      std::string_view suffix);

// All versions of a class among `plugins`, oldest first.
std::vector<std::string> versions_of(const std::vector<PluginName> &plugins,
                                     std::string_view class_name);

// The converters that are built into the host, sorted by class name.
const std::vector<PluginName> &builtin_converters();
const std::vector<PluginName> &builtin_header_converters();

} // namespace host::config
