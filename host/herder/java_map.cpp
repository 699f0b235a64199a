#include "host/herder/java_map.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "host/base/java_order.h"

namespace host::herder {

std::vector<std::string> in_hash_order(std::vector<std::string> names) {
  java::sort_by_bucket(names, java::buckets(names.size()),
                       [](const std::string &name) -> const std::string & { return name; });
  return names;
}

std::vector<std::string> in_hash_order_of_copy(std::vector<std::string> names) {
  names = in_hash_order(std::move(names));
  java::sort_by_bucket(names, java::buckets_of_copy(names.size()),
                       [](const std::string &name) -> const std::string & { return name; });
  return names;
}

StringMap hash_map(const StringMap &put) {
  std::vector<StringMap::Entry> entries(put.begin(), put.end());
  java::sort_by_bucket(
      entries, java::buckets(entries.size()),
      [](const StringMap::Entry &entry) -> const std::string & { return entry.first; });
  StringMap result;
  for (auto &[key, value] : entries)
    result.set(key, std::move(value));
  return result;
}

StringMap hash_map_of(const StringMap &copied, const StringMap &added) {
  std::vector<StringMap::Entry> entries(copied.begin(), copied.end());
  for (const auto &[key, value] : added) {
    const auto same = [&](const StringMap::Entry &entry) { return entry.first == key; };
    if (const auto old = std::find_if(entries.begin(), entries.end(), same); old != entries.end())
      old->second = value;
    else
      entries.emplace_back(key, value);
  }
  std::uint32_t buckets = java::buckets_of_copy(copied.size());
  while (entries.size() > buckets / 4.0 * 3)
    buckets *= 2;
  java::sort_by_bucket(entries, buckets, [](const StringMap::Entry &entry) -> const std::string & {
    return entry.first;
  });
  StringMap result;
  for (auto &[key, value] : entries)
    result.set(key, std::move(value));
  return result;
}

} // namespace host::herder
