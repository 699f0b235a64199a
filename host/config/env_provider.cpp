#include <unistd.h>

#include <utility>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/config/config_provider.h"
#include "host/regex/regex.h"

namespace host::config {
namespace {

const log::Logger kLog{"sluice.config"};

// Variables of the worker's environment, as they were when the provider was made.
class EnvProvider final : public ConfigProvider {
public:
  explicit EnvProvider(StringMap variables) : variables_(std::move(variables)) {}

  Result<Provided> get(const std::string &path,
                       const std::vector<std::string> &keys) const override {
    if (!path.empty()) {
      kLog.error("Path is not supported for EnvVarConfigProvider, invalid value '{}'", path);
      return fail(
          Code::Config,
          fmt::format("Path is not supported for EnvVarConfigProvider, invalid value '{}'", path));
    }
    Provided provided;
    for (const std::string &key : keys)
      if (const std::string *value = variables_.find(key))
        provided.values.set(key, *value);
    return provided;
  }

private:
  const StringMap variables_;
};

} // namespace

Result<std::unique_ptr<ConfigProvider>> make_env_provider(const StringMap &parameters) {
  const std::string text = parameters.get("allowlist.pattern", ".*");
  auto pattern = regex::Regex::compile(text);
  if (!pattern)
    return fail(Code::Config, fmt::format("Invalid value {} for configuration allowlist.pattern: "
                                          "{}",
                                          text, pattern.error().message()));
  StringMap variables;
  for (char **entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view line(*entry);
    const std::size_t equals = line.find('=');
    if (equals != std::string_view::npos && pattern->matches(line.substr(0, equals)))
      variables.set(line.substr(0, equals), std::string(line.substr(equals + 1)));
  }
  return std::unique_ptr<ConfigProvider>(std::make_unique<EnvProvider>(std::move(variables)));
}

} // namespace host::config
