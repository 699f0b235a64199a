#include "host/rest/media_type.h"

#include <algorithm>
#include <string_view>

#include "host/base/java_text.h"

namespace host::rest {
namespace {

struct MediaType {
  std::string type;
  std::string subtype;
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

std::optional<MediaType> parse(std::string_view text) {
  text = java::trim(text.substr(0, text.find(';')));
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size() ||
      text.find_first_of(" \t,", 0) != std::string_view::npos)
    return std::nullopt;
  return MediaType{lower(text.substr(0, slash)), lower(text.substr(slash + 1))};
}

} // namespace

BodyType body_type(const std::optional<std::string> &content_type) {
  if (!content_type)
    return BodyType::None;
  const auto parsed = parse(*content_type);
  if (!parsed)
    return BodyType::Malformed;
  if (parsed->type == "*" || (parsed->type == "application" && parsed->subtype == "*"))
    return BodyType::Wildcard;
  return parsed->type == "application" && parsed->subtype == "json" ? BodyType::Json
                                                                    : BodyType::Other;
}

bool accepts(const std::optional<std::string> &accept, std::string_view type,
             std::string_view subtype) {
  if (!accept || java::trim(*accept).empty())
    return true;
  std::string_view rest = *accept;
  for (;;) {
    const std::size_t comma = rest.find(',');
    const auto range = parse(rest.substr(0, comma));
    if (range && (range->type == "*" || range->type == type) &&
        (range->subtype == "*" || range->subtype == subtype))
      return true;
    if (comma == std::string_view::npos)
      return false;
    rest.remove_prefix(comma + 1);
  }
}

} // namespace host::rest
