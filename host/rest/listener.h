#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/base/strings.h"

namespace host::rest {

// One address to listen on: an item of the worker's `listeners`.
struct Listener {
  std::string host; // empty: all interfaces
  std::uint16_t port = 0;
  std::string text() const;
};

// `http://host:port` items; a Config error names what is wrong with which (contract 2.1). HTTPS is
// refused: this version serves plain HTTP only.
Result<std::vector<Listener>> parse_listeners(const std::vector<std::string> &items,
                                              std::string_view key);

// What other programs are told: rest.advertised.host.name, .port.
struct Advertised {
  std::string host_name;  // empty: the listener's, else this machine's
  std::uint16_t port = 0; // 0: the one that is bound
};

// `host:port` of the advertised URL, which is the worker's id.
std::string worker_id(const Advertised &advertised, const Listener &bound);

} // namespace host::rest
