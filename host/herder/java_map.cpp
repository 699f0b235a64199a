#include "host/herder/java_map.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "host/base/java_text.h"

namespace host::herder {
namespace {

// Buckets of a HashMap that was made as a copy of one with `entries` entries.
std::uint32_t buckets_of_copy(std::size_t entries) {
  const auto wanted = static_cast<std::uint32_t>(static_cast<double>(entries) / 0.75 + 1.0);
  std::uint32_t buckets = 1;
  while (buckets < wanted)
    buckets *= 2;
  return buckets;
}

template <class Item, class Key>
void sort_by_bucket(std::vector<Item> &items, std::uint32_t buckets, Key key) {
  std::vector<std::pair<std::uint32_t, Item>> order;
  order.reserve(items.size());
  for (Item &item : items) {
    const std::uint32_t bucket = java::spread(java::hash(key(item))) & (buckets - 1);
    order.emplace_back(bucket, std::move(item));
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const auto &a, const auto &b) { return a.first < b.first; });
  for (std::size_t i = 0; i < items.size(); ++i)
    items[i] = std::move(order[i].second);
}

} // namespace

std::vector<std::string> in_hash_order(std::vector<std::string> names) {
  sort_by_bucket(names, java::buckets(names.size()),
                 [](const std::string &name) -> const std::string & { return name; });
  return names;
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
  std::uint32_t buckets = buckets_of_copy(copied.size());
  while (entries.size() > buckets / 4.0 * 3)
    buckets *= 2;
  sort_by_bucket(entries, buckets,
                 [](const StringMap::Entry &entry) -> const std::string & { return entry.first; });
  StringMap result;
  for (auto &[key, value] : entries)
    result.set(key, std::move(value));
  return result;
}

} // namespace host::herder
