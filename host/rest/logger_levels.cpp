#include "host/rest/logger_levels.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace host::rest {
namespace {

constexpr std::string_view kRoot = "root";

bool is_root(std::string_view name) {
  return name.size() == kRoot.size() &&
         std::equal(name.begin(), name.end(), kRoot.begin(),
                    [](unsigned char a, char b) { return std::tolower(a) == b; });
}

} // namespace

std::map<std::string, LoggerLevels::Entry> LoggerLevels::all() const {
  std::map<std::string, Entry> entries;
  const auto levels = log::levels();
  const std::lock_guard lock(mutex_);
  entries[std::string(kRoot)].level = root_;
  for (const auto &[name, level] : named_)
    entries[name].level = level;
  for (const auto &[name, level] : levels)
    entries[name].level = level;
  for (auto &[name, entry] : entries)
    if (const auto changed = modified_ms_.find(name); changed != modified_ms_.end())
      entry.last_modified_ms = changed->second;
  return entries;
}

std::optional<LoggerLevels::Entry> LoggerLevels::find(std::string_view name) const {
  const auto entries = all();
  const auto found = entries.find(is_root(name) ? std::string(kRoot) : std::string(name));
  return found == entries.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> LoggerLevels::set(const std::string &name, log::Level level) {
  const bool root = is_root(name);
  const std::string prefix = root ? std::string() : name;
  std::vector<std::string> changed = log::set_level(prefix, level);
  {
    const std::lock_guard lock(mutex_);
    if (root && std::exchange(root_, level) != level)
      changed.emplace_back(kRoot);
    if (!root && !log::levels().contains(name))
      named_.try_emplace(name, root_);
    for (auto &[known, old] : named_)
      if (known.starts_with(prefix) && std::exchange(old, level) != level)
        changed.push_back(known);
    for (const std::string &logger : changed)
      modified_ms_[logger] = clock_.wall_ms();
  }
  std::sort(changed.begin(), changed.end());
  forward_(prefix, std::string(log::name_of(level)));
  return changed;
}

} // namespace host::rest
