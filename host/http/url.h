#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "host/base/error.h"

namespace host::http {

// Where a server is: `http[s]://host[:port][/prefix]`.
struct Url {
  bool tls = false;
  std::string host; // an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string prefix; // empty, or `/path` without a slash at its end

  std::string text() const;
  friend bool operator==(const Url &, const Url &) = default;
};

// Without a scheme it is http; without a port 80 or 443. Credentials, a query and a fragment are
// refused.
Result<Url> parse_url(std::string_view text);

// `name` as one segment of a path: everything but RFC 3986's unreserved characters is escaped.
std::string encode_segment(std::string_view name);

} // namespace host::http
