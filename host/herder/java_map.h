#pragma once

#include <string>
#include <vector>

#include "host/base/strings.h"

// Order of Java's hash maps, where users see it (contract 16.1).
namespace host::herder {

// The names as a HashMap iterates over them that started empty and got them in this order.
std::vector<std::string> in_hash_order(std::vector<std::string> names);

// The keys of a copy of that map, `new HashMap<>(map)`.
std::vector<std::string> in_hash_order_of_copy(std::vector<std::string> names);
// The config as a HashMap that started empty and got its entries in this order.
StringMap hash_map(const StringMap &put);

// `new HashMap<>(copied)` with the keys of `added` put afterwards.
StringMap hash_map_of(const StringMap &copied, const StringMap &added = {});

} // namespace host::herder
