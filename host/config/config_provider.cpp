#include "host/config/config_provider.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "host/base/java_text.h"

namespace host::config {
namespace {

constexpr std::string_view kPackage = "org.apache.kafka.common.config.provider.";
constexpr std::string_view kSuffix = "ConfigProvider";

using Make = Result<std::unique_ptr<ConfigProvider>> (*)(const StringMap &);
constexpr std::array<std::pair<std::string_view, Make>, 3> kProviders = {
    {{"Directory", make_directory_provider},
     {"EnvVar", make_env_provider},
     {"File", make_file_provider}}};

} // namespace

Result<std::unique_ptr<ConfigProvider>> make_config_provider(std::string_view class_or_alias,
                                                             const StringMap &parameters) {
  std::string_view name = class_or_alias;
  if (name.starts_with(kPackage))
    name.remove_prefix(kPackage.size());
  if (name.ends_with(kSuffix))
    name.remove_suffix(kSuffix.size());
  for (const auto &[known, make] : kProviders)
    if (name == known)
      return make(parameters);
  return fail(Code::Config,
              fmt::format("Failed to find any class that implements ConfigProvider and which name "
                          "matches {}, available are: Directory, EnvVar, File",
                          class_or_alias));
}

Result<std::optional<std::chrono::milliseconds>> provider_ttl(const StringMap &parameters) {
  using Ttl = std::optional<std::chrono::milliseconds>;
  const std::string *text = parameters.find("ttl.ms");
  if (text == nullptr)
    return Ttl();
  const auto number = java::parse_integer(java::trim(*text));
  if (!number || *number < 1)
    return fail(Code::Config, fmt::format("Invalid value {} for configuration ttl.ms: must be a "
                                          "number of at least 1",
                                          *text));
  return Ttl(*number);
}

} // namespace host::config
