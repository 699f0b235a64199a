#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace host::config {

// One `${provider:path:key}` or `${provider:key}` in a value; views into it.
struct Variable {
  std::string_view text; // the whole of it
  std::string_view provider;
  std::string_view path; // empty: none
  std::string_view key;
};

// The variables of a value, in order (contract 11). The first colon ends the provider, the second,
// if there is one, the path. There is no nesting and no escape: `${` without a colon before the
// next `}` is ordinary text.
std::vector<Variable> variables_in(std::string_view value);
inline bool has_variables(std::string_view value) { return !variables_in(value).empty(); }

} // namespace host::config
