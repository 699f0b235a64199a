#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "host/base/fd.h"

namespace tests {

// One reply as it came over the wire; header names in lower case.
struct RawReply {
  int status = 0;
  std::map<std::string, std::string> headers;
  std::string body;
};

// A TCP client that sends what it is told, well-formed or not. Blocking, with a limit on each wait.
class RawClient {
public:
  explicit RawClient(std::uint16_t port,
                     std::chrono::milliseconds limit = std::chrono::seconds(10));

  bool send(std::string_view bytes);
  // Nothing if the connection ends, or the time, before a reply is complete.
  std::optional<RawReply> receive(bool head = false);
  // Whether the server has closed the connection; waits for it.
  bool closed();

private:
  bool fill();

  host::UniqueFd fd_;
  std::string received_;
  bool end_ = false;
};

// Sends one whole request on a connection of its own.
std::optional<RawReply> round_trip(std::uint16_t port, std::string_view bytes, bool head = false);

} // namespace tests
