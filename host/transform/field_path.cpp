#include "host/transform/field_path.h"

#include <utility>

#include "host/base/utf8.h"
#include "host/transform/java.h"

namespace host::transform {
namespace {

tl::unexpected<Error> incomplete(std::string_view path, std::size_t backtick) {
  return config_error("Incomplete backtick pair in path: [" + std::string(path) +
                      "], consider adding a backslash before backtick at position " +
                      std::to_string(utf8::utf16_length(path.substr(0, backtick))) +
                      " to escape it");
}

// Reads the step that begins with the backtick at `at`, up to a backtick at the end or before a
// dot; such a one with a backslash in front belongs to the name. Moves `at` behind step and dot.
Result<std::string> quoted_step(std::string_view path, std::size_t &at) {
  const std::size_t opening = at;
  std::size_t start = at + 1;
  std::string step;
  for (std::size_t end = start;; ++end) {
    end = path.find('`', end);
    if (end == std::string_view::npos)
      return incomplete(path, opening);
    const bool escaped = path[end - 1] == '\\';
    const bool last = end + 1 == path.size();
    if (last && escaped)
      return incomplete(path, opening);
    if (!last && path[end + 1] != '.')
      continue;
    if (escaped) {
      step.append(path.substr(start, end - 1 - start)) += '`';
      start = end + 1;
      continue;
    }
    step.append(path.substr(start, end - start));
    at = end + (last ? 1 : 2);
    return step;
  }
}

} // namespace

Result<std::vector<std::string>> parse_path(std::string_view path, PathSyntax syntax) {
  std::vector<std::string> steps;
  if (syntax == PathSyntax::V1) {
    steps.emplace_back(path);
    return steps;
  }
  for (std::size_t at = 0; at < path.size();) {
    if (path[at] == '`') {
      HOST_ASSIGN(std::string step, quoted_step(path, at));
      steps.push_back(std::move(step));
      continue;
    }
    const std::size_t dot = path.find('.', at);
    steps.emplace_back(path.substr(at, dot == std::string_view::npos ? dot : dot - at));
    if (dot == std::string_view::npos)
      break;
    at = dot + 1;
  }
  if (path.ends_with('.'))
    steps.emplace_back();
  return steps;
}

} // namespace host::transform
