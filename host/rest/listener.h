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
  bool tls = false;
  std::string text() const;
};

// `http://host:port` and `https://…` items; a Config error names what is wrong with which (contract
// 2.1).
Result<std::vector<Listener>> parse_listeners(const std::vector<std::string> &items,
                                              std::string_view key);

// What other programs are told: rest.advertised.host.name, .port, .listener.
struct Advertised {
  std::string host_name;  // empty: the listener's, else this machine's
  std::uint16_t port = 0; // 0: the one that is bound
  std::string listener;   // http or https; empty: http if there is such a listener
};

// The listener that is advertised: the first of its protocol.
const Listener &advertised_listener(const Advertised &advertised,
                                    const std::vector<Listener> &bound);

// Where other workers reach this one: `https://host:port`.
std::string advertised_url(const Advertised &advertised, const Listener &bound);
// `host:port` of it, which is the worker's id.
std::string worker_id(const Advertised &advertised, const Listener &bound);

} // namespace host::rest
