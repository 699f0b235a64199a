#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/base/utf8.h"
#include "host/config/allowed_paths.h"
#include "host/config/config_provider.h"
#include "host/config/small_file.h"

namespace host::config {
namespace {

const log::Logger kLog{"sluice.config"};

// One file a key, its whole text the value (not trimmed), as Kubernetes mounts secrets.
class DirectoryProvider final : public ConfigProvider {
public:
  DirectoryProvider(AllowedPaths allowed, std::optional<std::chrono::milliseconds> ttl)
      : allowed_(std::move(allowed)), ttl_(ttl) {}

  Result<Provided> get(const std::string &path,
                       const std::vector<std::string> &keys) const override {
    if (path.empty())
      return Provided{};
    const auto folder = allowed_.admit(path);
    if (!folder) {
      kLog.warn("The path {} is not allowed to be accessed", path);
      return Provided{};
    }
    std::error_code error;
    if (!std::filesystem::is_directory(*folder, error)) {
      kLog.warn("The path {} is not a directory", path);
      return Provided{};
    }
    Provided provided{{}, ttl_};
    for (const std::string &key : keys)
      if (key.find('/') == std::string::npos &&
          std::filesystem::is_regular_file(*folder / key, error)) {
        auto text = read_small_file(*folder / key);
        if (!text) {
          kLog.error("{}", text.error().message());
          return fail(Code::Config, fmt::format("Could not read file {} for property {}",
                                                (*folder / key).string(), key));
        }
        std::string value;
        utf8::append_repaired(value, *text);
        provided.values.set(key, std::move(value));
      }
    return provided;
  }

private:
  const AllowedPaths allowed_;
  const std::optional<std::chrono::milliseconds> ttl_;
};

} // namespace

Result<std::unique_ptr<ConfigProvider>> make_directory_provider(const StringMap &parameters) {
  HOST_ASSIGN(AllowedPaths allowed, AllowedPaths::from(parameters.get("allowed.paths")));
  HOST_ASSIGN(const auto ttl, provider_ttl(parameters));
  return std::unique_ptr<ConfigProvider>(
      std::make_unique<DirectoryProvider>(std::move(allowed), ttl));
}

} // namespace host::config
