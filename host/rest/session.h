#pragma once

#include <utility> // before Asio, whose coroutine headers of Boost 1.74 need std::exchange

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

#include "host/rest/front.h"
#include "host/rest/http.h"
#include "host/rest/router.h"
#include "host/rest/server.h"

namespace host::rest {

// What all sessions of a server share. Server's thread only.
struct Shared {
  std::shared_ptr<boost::asio::io_context> io;
  Limits limits;
  const herder::Herder *herder = nullptr;
  bool stopping = false;
};

// Where a connection came in, and so what it is served.
struct Entrance {
  boost::asio::ip::tcp::acceptor acceptor;
  const Router &router;
  Front &front;
  std::shared_ptr<boost::asio::ssl::context> tls; // null: plain HTTP
};

// One client's connection: reads requests one after the other and answers them. A coroutine on the
// server's thread, which keeps the session alive until the connection is closed.
class Session {
public:
  static std::shared_ptr<Session> make(boost::asio::ip::tcp::socket socket, Entrance &entrance,
                                       const Shared &shared);
  virtual ~Session() = default;

  virtual boost::asio::awaitable<void> run() = 0;
  // Ends run() with an error where it waits.
  virtual void close() = 0;

  // Whether a request has arrived whole and is not answered yet.
  bool busy() const { return busy_; }
  std::chrono::steady_clock::time_point quiet_since() const { return quiet_since_; }

protected:
  Session() : quiet_since_(std::chrono::steady_clock::now()) {}
  void rest() { quiet_since_ = std::chrono::steady_clock::now(); }

  bool busy_ = false;

private:
  std::chrono::steady_clock::time_point quiet_since_;
};

} // namespace host::rest
