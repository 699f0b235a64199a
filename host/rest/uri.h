#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/base/error.h"

namespace host::rest {

// A request's path and query, taken apart as Kafka Connect's container and router do it.
struct Target {
  struct Segment {
    std::string raw;     // what the route's own words are compared with: `%73tatus` is not `status`
    std::string decoded; // what a parameter gets
  };
  std::vector<Segment> path; // of `/a/b` and `/a/b/`: a, b
  std::vector<std::pair<std::string, std::string>> query;

  // The first value of a query parameter; a parameter without `=` has the empty one.
  const std::string *parameter(std::string_view name) const;
};

// Refuses what the container refuses with 400, in its words (contract 17·2): encoded `/`, `\` and
// `%`, empty segments, control characters, malformed escapes and UTF-8, characters that a path may
// not hold. `host` is the Host header, which the authority of an absolute target must equal.
Result<Target> parse_target(std::string_view target, std::string_view host);

// `name` as one or more path segments of a URI, as it stands in Location headers.
std::string encode_path(std::string_view name);

} // namespace host::rest
