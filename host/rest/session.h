#pragma once

#include <utility> // before Asio, whose coroutine headers of Boost 1.74 need std::exchange

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

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

// One client's connection: reads requests one after the other and answers them. A coroutine on the
// server's thread, which keeps the session alive until the connection is closed.
class Session : public std::enable_shared_from_this<Session> {
public:
  Session(boost::asio::ip::tcp::socket socket, const Router &router, const Shared &shared);

  boost::asio::awaitable<void> run();

  // Whether a request has arrived whole and is not answered yet.
  bool busy() const { return busy_; }
  std::chrono::steady_clock::time_point quiet_since() const { return quiet_since_; }
  // Ends run() with an error where it waits.
  void close();

private:
  struct Incoming;
  struct Exchange;

  boost::asio::awaitable<bool> serve_one();
  boost::asio::awaitable<bool> read(Incoming &incoming);
  boost::asio::awaitable<Reply> answer(const Request &request);
  boost::asio::awaitable<bool> write(const Reply &reply, bool head, bool keep_alive);
  boost::asio::awaitable<void> refuse(int status, std::string_view message);
  boost::asio::awaitable<void> linger();

  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  const Router &router_;
  const Shared &shared_;
  std::string client_;                 // for the log
  std::shared_ptr<Exchange> exchange_; // of the last request
  bool busy_ = false;
  std::chrono::steady_clock::time_point quiet_since_;
};

} // namespace host::rest
