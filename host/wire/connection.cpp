#include "host/wire/connection.h"

// Boost 1.74's coroutine headers use std::exchange without including it.
#include <utility>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <fmt/format.h>

namespace host::wire {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorValue = boost::system::error_code;

constexpr std::string_view kDisconnected = "org.apache.kafka.common.errors.DisconnectException";
constexpr std::string_view kTimeout = "org.apache.kafka.common.errors.TimeoutException";
const std::string kClientId = "sluice";

} // namespace

struct Connection::Core {
  asio::io_context io;
  tcp::socket socket{io};
  tcp::resolver resolver{io};
  std::string peer;
  std::stop_token stop;
  std::int32_t next_correlation = 1;

  // Runs one asynchronous operation to its end, to the deadline, or until a stop is requested.
  template <class Start> Status run(std::string_view what, TimePoint deadline, Start start) {
    std::optional<ErrorValue> result;
    start([&](const ErrorValue &error) { result = error; });
    io.restart();
    {
      const std::stop_callback interrupt(stop, [this] { io.stop(); });
      io.run_until(deadline);
    }
    if (!result) {
      ErrorValue ignored;
      resolver.cancel();
      socket.close(ignored);
      io.restart();
      io.run(); // the operation ends with an error now
      if (stop.stop_requested())
        return fail(Code::Cancelled, fmt::format("{} {}: no longer wanted", what, peer));
      return fail(
          Error(Code::Retry, kTimeout, fmt::format("{} {}: no answer in time", what, peer)));
    }
    if (*result)
      return fail(Error(Code::Retry, kDisconnected,
                        fmt::format("{} {}: {}", what, peer, result->message())));
    return {};
  }

  Status read(void *data, std::size_t size, TimePoint deadline) {
    return run("reading from", deadline, [&](auto done) {
      asio::async_read(socket, asio::buffer(data, size),
                       [done](const ErrorValue &error, std::size_t) { done(error); });
    });
  }
};

Connection::Connection(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Connection::Connection(Connection &&) noexcept = default;
Connection &Connection::operator=(Connection &&) noexcept = default;
Connection::~Connection() = default;

Result<Connection> Connection::open(const std::string &host, const std::string &port,
                                    TimePoint deadline, std::stop_token stop) {
  auto core = std::make_unique<Core>();
  core->stop = std::move(stop);
  core->peer = fmt::format("{}:{}", host, port);
  tcp::resolver::results_type addresses;
  HOST_TRY(core->run("looking up", deadline, [&](auto done) {
    core->resolver.async_resolve(host, port,
                                 [&addresses, done](const ErrorValue &error, auto found) {
                                   addresses = std::move(found);
                                   done(error);
                                 });
  }));
  HOST_TRY(core->run("connecting to", deadline, [&](auto done) {
    asio::async_connect(core->socket, addresses,
                        [done](const ErrorValue &error, const auto &) { done(error); });
  }));
  return Connection(std::move(core));
}

Result<std::string> Connection::call(std::int16_t api_key, std::int16_t version,
                                     const Encoder &body, TimePoint deadline) {
  const std::int32_t correlation = core_->next_correlation++;
  const std::string frame = request_frame(api_key, version, correlation, kClientId, body);
  HOST_TRY(core_->run("writing to", deadline, [&](auto done) {
    asio::async_write(core_->socket, asio::buffer(frame),
                      [done](const ErrorValue &error, std::size_t) { done(error); });
  }));
  std::string head(8, '\0');
  HOST_TRY(core_->read(head.data(), head.size(), deadline));
  Decoder in(head);
  const std::int32_t size = in.int32();
  const std::int32_t answered = in.int32();
  if (size < 4 || size > kLargestFrame || answered != correlation)
    return fail(Code::Data,
                fmt::format("{} answered with a frame of {} bytes for request {}, not for {}: it "
                            "is no Kafka broker, or speaks TLS",
                            core_->peer, size, answered, correlation));
  std::string response(static_cast<std::size_t>(size) - 4, '\0');
  HOST_TRY(core_->read(response.data(), response.size(), deadline));
  return response;
}

} // namespace host::wire
