#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/java_text.h"

namespace host::runtime {

// A list of names as Connect reads them (contract 5.3): split at commas, blanks around them taken
// off, empty ones and repetitions dropped.
inline std::vector<std::string> text_list(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const std::string name(java::trim(text.substr(0, comma)));
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(name);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return names;
}

} // namespace host::runtime
