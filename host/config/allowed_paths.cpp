#include "host/config/allowed_paths.h"

#include <algorithm>
#include <system_error>

namespace host::config {
namespace {

std::filesystem::path normal(const std::string &text) {
  std::filesystem::path path = std::filesystem::path(text).lexically_normal();
  if (!path.has_filename() && path.has_relative_path())
    path = path.parent_path(); // `/a/` is `/a`
  return path;
}

bool is_inside(const std::filesystem::path &path, const std::filesystem::path &folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
         folder.end();
}

} // namespace

Result<AllowedPaths> AllowedPaths::from(const std::string &list) {
  AllowedPaths paths;
  std::size_t begin = 0;
  while (begin < list.size()) {
    const std::size_t comma = std::min(list.find(',', begin), list.size());
    std::filesystem::path path = normal(list.substr(begin, comma - begin));
    begin = comma + 1;
    std::error_code error;
    if (!path.is_absolute())
      return fail(Code::Config, "Path " + path.string() + " is not absolute");
    if (!std::filesystem::exists(path, error))
      return fail(Code::Config, "Path " + path.string() + " does not exist");
    paths.allowed_.push_back(std::move(path));
  }
  return paths;
}

std::optional<std::filesystem::path> AllowedPaths::admit(const std::string &path) const {
  if (allowed_.empty())
    return std::filesystem::path(path);
  const std::filesystem::path wanted = normal(path);
  for (const std::filesystem::path &allowed : allowed_)
    if (is_inside(wanted, allowed))
      return wanted;
  return std::nullopt;
}

} // namespace host::config
