#include <algorithm>
#include <utility>

#include "host/base/log.h"
#include "host/base/utf8.h"
#include "host/config/allowed_paths.h"
#include "host/config/config_provider.h"
#include "host/config/properties.h"
#include "host/config/small_file.h"

namespace host::config {
namespace {

const log::Logger kLog{"sluice.config"};

// Keys of properties files in UTF-8, read anew each time.
class FileProvider final : public ConfigProvider {
public:
  FileProvider(AllowedPaths allowed, std::optional<std::chrono::milliseconds> ttl)
      : allowed_(std::move(allowed)), ttl_(ttl) {}

  Result<Provided> get(const std::string &path,
                       const std::vector<std::string> &keys) const override {
    if (path.empty())
      return Provided{};
    const auto admitted = allowed_.admit(path);
    if (!admitted) {
      kLog.warn("The path {} is not allowed to be accessed", path);
      return Provided{};
    }
    const auto properties = read(*admitted);
    if (!properties) {
      kLog.error("Could not read properties from file {}: {}", path, properties.error().message());
      return fail(Code::Config, "Could not read properties from file " + path);
    }
    Provided provided{{}, ttl_};
    for (const std::string &key : keys)
      if (const Property *entry = properties->find(key))
        provided.values.set(key, entry->value);
    return provided;
  }

private:
  static Result<Properties> read(const std::filesystem::path &path) {
    HOST_ASSIGN(const std::string bytes, read_small_file(path));
    if (!utf8::valid(bytes))
      return fail(Code::Io, path.string() + " is not UTF-8");
    return parse_properties(bytes, path.string(), Encoding::Utf8);
  }

  const AllowedPaths allowed_;
  const std::optional<std::chrono::milliseconds> ttl_;
};

} // namespace

Result<std::unique_ptr<ConfigProvider>> make_file_provider(const StringMap &parameters) {
  HOST_ASSIGN(AllowedPaths allowed, AllowedPaths::from(parameters.get("allowed.paths")));
  HOST_ASSIGN(const auto ttl, provider_ttl(parameters));
  return std::unique_ptr<ConfigProvider>(std::make_unique<FileProvider>(std::move(allowed), ttl));
}

} // namespace host::config
