#pragma once

#include <string>
#include <vector>

#include "host/base/strings.h"

// Order of Java's hash maps, where users see it (contract 16.1).
namespace host::herder {

// The names as a HashMap iterates over them that started empty and got them in this order.
std::vector<std::string> in_hash_order(std::vector<std::string> names);

// `new HashMap<>(copied)` with the keys of `added` put afterwards.
StringMap hash_map_of(const StringMap &copied, const StringMap &added = {});

} // namespace host::herder
