#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace host {

// A flat configuration in the order in which its text gave the keys. Connect's JSON replies keep
// that order (contract 16.1), so a sorted or hashed map would not do. Linear look-up: tens of keys.
class StringMap {
public:
  using Entry = std::pair<std::string, std::string>;
  using const_iterator = std::vector<Entry>::const_iterator;

  StringMap() = default;
  StringMap(std::initializer_list<Entry> entries) {
    for (const auto &[key, value] : entries)
      set(key, value);
  }

  const std::string *find(std::string_view key) const {
    for (const auto &entry : entries_)
      if (entry.first == key)
        return &entry.second;
    return nullptr;
  }
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  std::string get(std::string_view key, std::string_view fallback = {}) const {
    const std::string *value = find(key);
    return value ? *value : std::string(fallback);
  }
  // Replaces in place, or appends.
  void set(std::string_view key, std::string value) {
    for (auto &entry : entries_)
      if (entry.first == key) {
        entry.second = std::move(value);
        return;
      }
    entries_.emplace_back(std::string(key), std::move(value));
  }
  // For keys that the caller knows to be new; constant time.
  void append(std::string key, std::string value) {
    entries_.emplace_back(std::move(key), std::move(value));
  }
  bool erase(std::string_view key) {
    return std::erase_if(entries_, [&](const Entry &entry) { return entry.first == key; }) > 0;
  }
  // The entries whose key starts with `prefix`, with it taken off.
  StringMap with_prefix(std::string_view prefix) const {
    StringMap result;
    for (const auto &[key, value] : entries_)
      if (std::string_view(key).starts_with(prefix))
        result.set(std::string_view(key).substr(prefix.size()), value);
    return result;
  }

  const_iterator begin() const { return entries_.begin(); }
  const_iterator end() const { return entries_.end(); }
  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  friend bool operator==(const StringMap &, const StringMap &) = default;

private:
  std::vector<Entry> entries_;
};

} // namespace host
