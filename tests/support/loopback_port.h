#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "host/base/fd.h"

namespace tests {

// A free port of 127.0.0.1, held as long as it lives. If it listens, the kernel takes connections
// before accept() is called.
class LoopbackPort {
public:
  explicit LoopbackPort(bool listens = true) {
    fd_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto *raw = reinterpret_cast<sockaddr *>(&address);
    if (::bind(fd_.get(), raw, size) != 0 || (listens && ::listen(fd_.get(), 16) != 0) ||
        ::getsockname(fd_.get(), raw, &size) != 0)
      std::abort();
    port_ = ntohs(address.sin_port);
  }

  std::uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  // Waits for the next connection; none after shut().
  host::UniqueFd accept() const {
    return host::UniqueFd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  }
  // Ends accept(); any thread.
  void shut() const { ::shutdown(fd_.get(), SHUT_RDWR); }
  // Nobody listens any more. No accept() may be under way.
  void close() { fd_.reset(); }

private:
  host::UniqueFd fd_;
  std::uint16_t port_ = 0;
};

} // namespace tests
