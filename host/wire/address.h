#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"

namespace host::wire {

// A broker, as bootstrap.servers or a coordinator's answer names it.
struct Address {
  std::string host;
  std::string port;
  std::string text() const { return host + ':' + port; }
  friend bool operator==(const Address &, const Address &) = default;
};

// `a:1,[::1]:2`; a `PROTOCOL://` in front is not looked at, what has no port is left out. A Config
// error if nothing is left.
Result<std::vector<Address>> parse_bootstrap(std::string_view list);

} // namespace host::wire
