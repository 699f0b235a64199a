#include "host/config/config_variables.h"

namespace host::config {
namespace {

// What stands between the braces; nothing if there is no colon.
std::optional<Variable> parse(std::string_view inside) {
  const std::size_t first = inside.find(':');
  if (first == std::string_view::npos)
    return std::nullopt;
  Variable variable;
  variable.provider = inside.substr(0, first);
  variable.key = inside.substr(first + 1);
  if (const std::size_t second = variable.key.find(':'); second != std::string_view::npos) {
    variable.path = variable.key.substr(0, second);
    variable.key.remove_prefix(second + 1);
  }
  return variable;
}

} // namespace

std::vector<Variable> variables_in(std::string_view value) {
  constexpr std::string_view kOpen = "${";
  std::vector<Variable> variables;
  std::size_t at = value.find(kOpen);
  while (at != std::string_view::npos) {
    const std::size_t close = value.find('}', at);
    if (close == std::string_view::npos)
      break;
    const std::size_t begin = at + kOpen.size();
    if (auto variable = parse(value.substr(begin, close - begin))) {
      variable->text = value.substr(at, close + 1 - at);
      variables.push_back(*variable);
    }
    at = value.find(kOpen, close); // without a colon up to `}` nothing before it can match either
  }
  return variables;
}

} // namespace host::config
