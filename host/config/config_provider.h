#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/base/strings.h"

namespace host::config {

// What a provider gave for one path. Keys that it does not have are missing.
struct Provided {
  StringMap values;
  // How long the values hold; none: until somebody changes the connector.
  std::optional<std::chrono::milliseconds> ttl;
};

// Where the values of `${provider:path:key}` come from (contract 11, KIP-297). Immutable once made;
// any thread may ask, and is blocked while files are read.
class ConfigProvider {
public:
  virtual ~ConfigProvider() = default;
  // Errors are Connect's ConfigExceptions; a path that is not allowed gives nothing and a warning.
  virtual Result<Provided> get(const std::string &path,
                               const std::vector<std::string> &keys) const = 0;
};

// One of the built-in providers, by class name or alias, with its parameters (what stands behind
// `config.providers.NAME.param.`).
Result<std::unique_ptr<ConfigProvider>> make_config_provider(std::string_view class_or_alias,
                                                             const StringMap &parameters);

// FileConfigProvider, DirectoryConfigProvider, EnvVarConfigProvider; nothing outside of
// make_config_provider calls these.
Result<std::unique_ptr<ConfigProvider>> make_file_provider(const StringMap &parameters);
Result<std::unique_ptr<ConfigProvider>> make_directory_provider(const StringMap &parameters);
Result<std::unique_ptr<ConfigProvider>> make_env_provider(const StringMap &parameters);

// `ttl.ms` of a provider's parameters (ours; Kafka's own providers have none): how long values of
// files hold before they are read again.
Result<std::optional<std::chrono::milliseconds>> provider_ttl(const StringMap &parameters);

} // namespace host::config
