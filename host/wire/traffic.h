#pragma once

#include <atomic>
#include <cstdint>

namespace host::wire {

// What has gone over connections to brokers. Written by their thread, read by any.
struct Traffic {
  std::atomic<std::uint64_t> opened = 0; // connections that were ready for requests
  std::atomic<std::uint64_t> closed = 0; // of those
  std::atomic<std::uint64_t> requests = 0;
  std::atomic<std::uint64_t> responses = 0;
  std::atomic<std::uint64_t> bytes_out = 0; // frames, without what TLS adds
  std::atomic<std::uint64_t> bytes_in = 0;
};

} // namespace host::wire
