#pragma once

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/base/strings.h"

namespace host::herder {

// A connector config as a client sent it, in the order of its text. A value may be JSON null, which
// validation refuses by name, so it cannot be a StringMap yet.
class SubmittedConfig {
public:
  using Entry = std::pair<std::string, std::optional<std::string>>;

  SubmittedConfig() = default;
  SubmittedConfig(std::initializer_list<Entry> entries) {
    for (const auto &[key, value] : entries)
      set(key, value);
  }
  // The keys must differ.
  explicit SubmittedConfig(std::vector<Entry> entries) : entries_(std::move(entries)) {}
  explicit SubmittedConfig(const StringMap &config) {
    for (const auto &[key, value] : config)
      entries_.emplace_back(key, value);
  }

  bool contains(std::string_view key) const { return entry(key) != entries_.end(); }
  // Null both for an absent key and for a JSON null.
  const std::string *find(std::string_view key) const {
    const auto found = entry(key);
    return found != entries_.end() && found->second ? &*found->second : nullptr;
  }
  // Replaces in place, or appends.
  void set(std::string_view key, std::optional<std::string> value) {
    for (auto &[name, old] : entries_)
      if (name == key) {
        old = std::move(value);
        return;
      }
    entries_.emplace_back(std::string(key), std::move(value));
  }

  // The entries that have a value.
  StringMap values() const {
    StringMap result;
    for (const auto &[key, value] : entries_)
      if (value)
        result.set(key, *value);
    return result;
  }

  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  std::size_t size() const { return entries_.size(); }
  friend bool operator==(const SubmittedConfig &, const SubmittedConfig &) = default;

private:
  std::vector<Entry>::const_iterator entry(std::string_view key) const {
    return std::find_if(entries_.begin(), entries_.end(),
                        [&](const Entry &entry) { return entry.first == key; });
  }

  std::vector<Entry> entries_;
};

// The config with what the patch sets, and without what it has as null; in the order of Java's map.
StringMap patched(const StringMap &config, const SubmittedConfig &patch);

} // namespace host::herder
