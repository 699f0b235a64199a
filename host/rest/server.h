#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/herder/herder.h"
#include "host/rest/front.h"
#include "host/rest/listener.h"
#include "host/rest/resources.h"
#include "host/rest/users.h"

namespace boost::asio::ssl {
class context;
}

namespace host::rest {

// What one client may cost. The sizes are Jetty's, whose codes we answer (contract 17·2).
struct Limits {
  std::size_t header_bytes = 8192;    // request line included: 414 or 431 above
  std::uint64_t body_bytes = 4 << 20; // 413 above
  std::size_t connections = 512;      // above, the client that has been slow or idle longest goes
  std::chrono::milliseconds header_timeout{30'000}; // also the longest idle time of a connection
  std::chrono::milliseconds body_timeout{60'000};
  std::chrono::milliseconds write_timeout{30'000};
  Patience patience;
  std::chrono::milliseconds stop_grace{60'000}; // for requests under way
};

struct ServerOptions {
  std::vector<Listener> listeners;
  std::shared_ptr<boost::asio::ssl::context> tls; // of https listeners
  // Nothing: `/admin` on the listeners above. Empty: nowhere. Else there, and only `/admin`.
  std::optional<std::vector<Listener>> admin_listeners;
  std::shared_ptr<boost::asio::ssl::context> admin_tls;
  FrontOptions front;
  std::shared_ptr<const Users> users; // null: everybody may do everything
  // Carries requests on to other workers (Forwarder::forward); none: this worker has no others.
  Forward forward;
  bool guard_admin = false; // whether they are asked for on listeners of /admin, too
  // The text of GET /metrics; none: there is no such resource. Server's thread, must not block.
  std::function<void(std::function<void(std::string)>)> metrics;
  ServerInfo info;
  Limits limits;
};

// The HTTP/1.1 server of a worker. bind() takes the ports, so that clients can connect while the
// rest of the worker is made; start() serves on one thread of its own, on which every request is
// read, routed and, if it only reads the snapshot, answered. stop() lets requests under way end.
// Owned by the app, which stops it before the herder and destroys it after.
class Server {
public:
  static Result<std::unique_ptr<Server>> bind(ServerOptions options, const Clock &clock);
  ~Server();
  Server(const Server &) = delete;
  Server &operator=(const Server &) = delete;

  // The addresses, with the ports that were free where 0 was asked for.
  const std::vector<Listener> &listeners() const;
  // Those of `/admin`, if it has its own.
  const std::vector<Listener> &admin_listeners() const;

  void start(herder::Herder &herder);
  // Takes no further connections and requests. Any thread.
  void request_stop();
  void stop();

private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

} // namespace host::rest
