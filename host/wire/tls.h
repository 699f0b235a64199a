#pragma once

#include <utility> // before Asio, whose coroutine headers of Boost 1.74 need std::exchange

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <memory>
#include <string>

#include "host/base/error.h"
#include "host/wire/security.h"

namespace host::wire {

// TLS over one connected socket, which outlives it. On the socket's thread.
class TlsChannel {
public:
  using Socket = boost::asio::ip::tcp::socket;
  using Stream = boost::asio::ssl::stream<Socket &>;

  // Reads certificates and keys; an error names the Java key that is wrong. `host` is what the
  // broker's certificate must be for.
  static Result<std::unique_ptr<TlsChannel>> make(const TlsSettings &settings, Socket &socket,
                                                  const std::string &host);

  Stream &stream() { return stream_; }
  void handshake_done() { open_ = true; }

  // What an error of the stream means, with the key to look at: a Config error where it must be
  // changed, Retry where the broker may just be going down. Nothing for errors that say nothing
  // about TLS.
  std::optional<Error> explain(const boost::system::error_code &error,
                               const std::string &peer) const;

private:
  TlsChannel(boost::asio::ssl::context context, Socket &socket);
  void expect(const std::string &host, bool check_host);

  boost::asio::ssl::context context_;
  Stream stream_;
  // Why the broker's certificate was refused, in words.
  std::shared_ptr<std::string> verdict_ = std::make_shared<std::string>();
  bool open_ = false;
};

} // namespace host::wire
