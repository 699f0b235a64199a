#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

#include <httplib.h>

#include "host/http/url.h"

namespace host::http {

// A server on a free port of 127.0.0.1 that answers everything with `handler`, until it goes.
// The handler runs on the server's threads.
template <class Server> class Serving {
public:
  using Handler = std::function<void(const httplib::Request &, httplib::Response &)>;

  template <class... Args> explicit Serving(Handler handler, Args &&...args) : server_(args...) {
    server_.Get(".*", handler).Put(".*", handler).Post(".*", handler).Patch(".*", handler).Delete(".*", handler);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) // stop() before that would be lost
      std::this_thread::yield();
  }
  ~Serving() {
    server_.stop();
    thread_.join();
  }
  Serving(const Serving &) = delete;
  Serving &operator=(const Serving &) = delete;

  Url url(std::string prefix = {}) const {
    return {std::is_same_v<Server, httplib::SSLServer>, "127.0.0.1",
            static_cast<std::uint16_t>(port_), std::move(prefix)};
  }

private:
  Server server_;
  int port_ = 0;
  std::thread thread_;
};

} // namespace host::http
