#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/base/error.h"

namespace host::config {

// `allowed.paths` of a config provider: the only files and folders that it may read. Paths are
// compared as texts, part by part, without looking at links, as Kafka does.
class AllowedPaths {
public:
  // A comma-separated list; empty: everything is allowed. Each must be absolute and exist.
  static Result<AllowedPaths> from(const std::string &list);

  // The path to read, or nothing if it is not allowed.
  std::optional<std::filesystem::path> admit(const std::string &path) const;

private:
  std::vector<std::filesystem::path> allowed_;
};

} // namespace host::config
