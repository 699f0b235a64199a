#include "host/rest/cors.h"

#include <algorithm>

#include "host/base/java_text.h"
#include "host/rest/http.h"

namespace host::rest {
namespace {

std::vector<std::string> items_of(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::string_view item = java::trim(text.substr(0, text.find(',')));
    if (!item.empty())
      items.emplace_back(item);
    text.remove_prefix(
        std::min(text.size(), text.find(',') == text.npos ? text.size() : text.find(',') + 1));
  }
  return items;
}

// `*` stands for any characters. Linear in practice: an origin has a star or two.
bool fits(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos)
    return pattern == text;
  if (!text.starts_with(pattern.substr(0, star)))
    return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (std::size_t at = star; at <= text.size(); ++at)
    if (fits(rest, text.substr(at)))
      return true;
  return false;
}

} // namespace

Cors::Cors(std::string_view origins, std::string_view methods) {
  for (const std::string &origin : items_of(origins))
    origins_.push_back(lower_case(origin));
  for (const std::string &method : items_of(methods))
    methods_ += (methods_.empty() ? "" : ",") + method;
  if (methods_.empty())
    methods_ = "GET,POST,HEAD";
}

// One of several origins between blanks is enough.
bool Cors::admits(std::string_view origins) const {
  while (!origins.empty()) {
    const std::size_t blank = std::min(origins.find(' '), origins.size());
    const std::string origin = lower_case(origins.substr(0, blank));
    if (std::any_of(origins_.begin(), origins_.end(),
                    [&](const std::string &pattern) { return fits(pattern, origin); }))
      return true;
    origins.remove_prefix(std::min(blank + 1, origins.size()));
  }
  return false;
}

void Cors::add_headers(const Request &request, Reply &reply) const {
  reply.headers.emplace_back("Vary", "Origin");
  const std::string *origin = request.header("origin");
  if (origin == nullptr || !admits(*origin))
    return;
  reply.headers.emplace_back("Access-Control-Allow-Origin", *origin);
  if (request.method != "OPTIONS" || request.header("access-control-request-method") == nullptr)
    return;
  reply.headers.emplace_back("Access-Control-Allow-Methods", methods_);
  reply.headers.emplace_back("Access-Control-Allow-Headers", "Content-Type");
  reply.headers.emplace_back("Access-Control-Max-Age", "60");
}

} // namespace host::rest
