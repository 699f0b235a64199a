#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/base/java_text.h"

namespace host::java {

// Buckets of a HashMap that was made as a copy of one with `entries` entries.
constexpr std::uint32_t buckets_of_copy(std::size_t entries) {
  const auto wanted = static_cast<std::uint32_t>(static_cast<double>(entries) / 0.75 + 1.0);
  std::uint32_t count = 1;
  while (count < wanted)
    count *= 2;
  return count;
}

// Into the order in which a HashMap with so many buckets iterates, if it got the items in the order
// they are in now (contract 16.1). `key` gives the string that an item is hashed by.
template <class Item, class Key>
void sort_by_bucket(std::vector<Item> &items, std::uint32_t buckets, const Key &key) {
  std::vector<std::pair<std::uint32_t, Item>> order;
  order.reserve(items.size());
  for (Item &item : items) {
    const std::uint32_t bucket = spread(hash(key(item))) & (buckets - 1);
    order.emplace_back(bucket, std::move(item));
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const auto &a, const auto &b) { return a.first < b.first; });
  for (std::size_t i = 0; i < items.size(); ++i)
    items[i] = std::move(order[i].second);
}

} // namespace host::java
