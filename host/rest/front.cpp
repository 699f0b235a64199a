#include "host/rest/front.h"

#include <algorithm>
#include <random>

#include <fmt/format.h>

namespace host::rest {
namespace {

constexpr std::size_t kLongestId = 128;

// The client's own id if it is one that can be put into a header and a line of the log.
std::string id_of(const Request &request) {
  const std::string *given = request.header("x-request-id");
  const auto is_plain = [](char c) { return c > ' ' && c < '\x7f'; };
  if (given != nullptr && !given->empty() && given->size() <= kLongestId &&
      std::all_of(given->begin(), given->end(), is_plain))
    return *given;
  static thread_local std::mt19937_64 random{std::random_device{}()};
  return fmt::format("{:016x}", random());
}

} // namespace

std::optional<Reply> Front::before(Request &request) {
  request.id = id_of(request);
  return rate_.check(request, clock_.now());
}

void Front::after(const Request &request, Reply &reply) const {
  if (options_.cors)
    options_.cors->add_headers(request, reply);
  apply(options_.header_rules, clock_.wall_ms(), reply);
  reply.headers.emplace_back("X-Request-Id", request.id);
}

} // namespace host::rest
