#pragma once

#include <unistd.h>

#include <cstdint>
#include <optional>
#include <string>

#include "host/wire/codec.h"

// A broker's side of Kafka's wire protocol.
namespace tests {

struct WireRequest {
  std::int16_t key = 0;
  std::int16_t version = 0;
  std::int32_t correlation = 0;
  std::string body;
};

inline bool read_all(int fd, std::string &data) {
  for (std::size_t done = 0; done < data.size();) {
    const ssize_t n = ::read(fd, data.data() + done, data.size() - done);
    if (n <= 0)
      return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

// Waits for the next request; none when the connection has ended.
inline std::optional<WireRequest> read_request(int fd) {
  std::string size(4, '\0');
  if (!read_all(fd, size))
    return std::nullopt;
  std::string bytes(static_cast<std::size_t>(host::wire::Decoder(size).int32()), '\0');
  if (!read_all(fd, bytes))
    return std::nullopt;
  host::wire::Decoder in(bytes);
  WireRequest request{in.int16(), in.int16(), in.int32(), {}};
  request.body = bytes.substr(2 + 2 + 4 + 2 + in.string().size()); // behind the client's id
  return request;
}

// A whole response.
inline std::string response_frame(std::int32_t correlation, const host::wire::Encoder &body) {
  host::wire::Encoder head;
  head.int32(static_cast<std::int32_t>(body.bytes().size() + 4));
  head.int32(correlation);
  return head.bytes() + body.bytes();
}

} // namespace tests
