#include "host/wire/connection_core.h"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace host::wire {
namespace {

namespace asio = boost::asio;

constexpr std::string_view kDisconnected = "org.apache.kafka.common.errors.DisconnectException";
constexpr std::string_view kTimeout = "org.apache.kafka.common.errors.TimeoutException";
// Memory for an answer is taken as its bytes come: a liar's length costs nothing.
constexpr std::size_t kPiece = 64 << 10;

// A TLS alert, which a TLS listener sends to who speaks plainly, read as a frame.
bool looks_like_tls(std::int32_t size) {
  constexpr std::int32_t kAlert = 0x15, kMajor = 0x03;
  return (size >> 24 & 0xFF) == kAlert && (size >> 16 & 0xFF) == kMajor;
}

} // namespace

Connection::Connection(asio::io_context &io, Security security, std::string client_id,
                       Traffic *traffic)
    : core_(std::make_shared<Core>(io, std::move(security), std::move(client_id), traffic)) {}
Connection::~Connection() = default;

bool Connection::is_open() const { return core_->open; }

void Connection::close() {
  core_->closed = true;
  core_->drop();
}

void Connection::Core::drop() {
  ErrorValue ignored;
  if (std::exchange(open, false))
    ++traffic.closed;
  socket.close(ignored);
  alarm.cancel();
}

void Connection::Core::set_alarm(TimePoint deadline) {
  late = false;
  alarm.expires_at(deadline);
  alarm.async_wait([weak = weak_from_this(), number = ++alarm_number](const ErrorValue &error) {
    const auto core = weak.lock();
    if (error || !core || number != core->alarm_number)
      return;
    core->late = true;
    core->drop();
  });
}

Error Connection::Core::failed(std::string_view what, const ErrorValue &error) const {
  if (closed)
    return Error(Code::Cancelled, fmt::format("{} {}: no longer wanted", what, peer()));
  if (late)
    return Error(Code::Retry, kTimeout, fmt::format("{} {}: no answer in time", what, peer()));
  if (tls)
    if (auto explained = tls->explain(error, peer()))
      return *std::move(explained);
  const bool hung_up = error == asio::error::eof || error == asio::error::connection_reset;
  const bool suspicious = hung_up && !proven && !security.sasl;
  return Error(Code::Retry, kDisconnected,
               fmt::format("{} {}: {}{}", what, peer(), error.message(),
                           suspicious ? "; a listener with other security does this: look at "
                                        "security.protocol, and at the port in bootstrap.servers"
                                      : ""));
}

Async<Connection::Core::ErrorValue> Connection::Core::write(std::string_view data) {
  ErrorValue error;
  if (tls)
    co_await asio::async_write(tls->stream(), asio::buffer(data), awaited(error));
  else
    co_await asio::async_write(socket, asio::buffer(data), awaited(error));
  co_return error;
}

Async<Connection::Core::ErrorValue> Connection::Core::read(char *data, std::size_t size) {
  ErrorValue error;
  if (tls)
    co_await asio::async_read(tls->stream(), asio::buffer(data, size), awaited(error));
  else
    co_await asio::async_read(socket, asio::buffer(data, size), awaited(error));
  co_return error;
}

Async<Result<std::string>> Connection::Core::read_body(std::size_t size) {
  std::string body;
  while (body.size() < size) {
    const std::size_t done = body.size();
    body.resize(std::min(size, done + kPiece));
    if (const ErrorValue error = co_await read(body.data() + done, body.size() - done))
      co_return fail(failed("reading from", error));
  }
  co_return body;
}

// Within the alarm that is set.
Async<Result<std::string>> Connection::Core::exchange(std::int16_t api_key, std::int16_t version,
                                                      const Encoder &body) {
  const std::int32_t correlation = next_correlation++;
  const std::string frame = request_frame(api_key, version, correlation, client_id, body);
  if (const ErrorValue error = co_await write(frame))
    co_return fail(failed("writing to", error));
  ++traffic.requests;
  traffic.bytes_out += frame.size();
  std::string head(8, '\0');
  if (const ErrorValue error = co_await read(head.data(), head.size()))
    co_return fail(failed("reading from", error));
  Decoder in(head);
  const std::int32_t size = in.int32();
  const std::int32_t answered = in.int32();
  if (!tls && looks_like_tls(size))
    co_return fail(Code::Config, "org.apache.kafka.common.errors.SslAuthenticationException",
                   fmt::format("{} speaks TLS, this worker does not: look at security.protocol, or "
                               "at the port in bootstrap.servers",
                               peer()));
  if (size < 4 || size > kLargestFrame || answered != correlation)
    co_return fail(Code::Data,
                   fmt::format("{} answered with a frame of {} bytes for request {}, not for {}: "
                               "it is no Kafka broker, or speaks TLS",
                               peer(), size, answered, correlation));
  auto answer = co_await read_body(static_cast<std::size_t>(size) - 4);
  if (answer) {
    ++traffic.responses;
    traffic.bytes_in += head.size() + answer->size();
  }
  co_return answer;
}

Async<Status> Connection::open(Address address, TimePoint deadline) {
  Core &core = *core_;
  core.drop();
  core.tls.reset();
  core.closed = false;
  core.address = std::move(address);
  core.authenticate_again.reset();
  core.proven = false;
  Status opened = co_await core.connect(deadline);
  core.set_alarm(deadline);
  if (opened)
    opened = co_await core.start_tls();
  if (opened)
    opened = co_await core.ask_versions();
  if (opened)
    opened = co_await core.authenticate();
  if (!opened)
    core.drop();
  core.open = opened.has_value();
  if (core.open)
    ++core.traffic.opened;
  core.alarm.cancel();
  co_return opened;
}

Async<Result<std::string>> Connection::call(std::int16_t api_key, std::int16_t version,
                                            Encoder body, TimePoint deadline) {
  Core &core = *core_;
  if (!core.open)
    co_return fail(Code::Retry, kDisconnected, fmt::format("{} is not connected", core.peer()));
  if (!core.apis.offers(api_key, version))
    co_return fail(Code::Unsupported,
                   fmt::format("{} does not offer request {} in version {}; brokers from 2.4 on do",
                               core.peer(), api_key, version));
  core.set_alarm(deadline);
  Status ready;
  if (core.authenticate_again && std::chrono::steady_clock::now() >= *core.authenticate_again)
    ready = co_await core.authenticate();
  Result<std::string> answer = std::string();
  if (ready)
    answer = co_await core.exchange(api_key, version, body);
  else
    answer = fail(std::move(ready).error());
  core.proven = core.proven || answer;
  if (!answer)
    core.drop();
  core.alarm.cancel();
  co_return answer;
}

} // namespace host::wire
