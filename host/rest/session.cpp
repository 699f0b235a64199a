#include "host/rest/session.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <ctime>
#include <optional>

#include "host/base/log.h"
#include "host/rest/replies.h"

namespace host::rest {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

const log::Logger kLog{"sluice.rest"};

// Room for a header of the largest size and the start of what follows it.
constexpr std::size_t kBufferBytes = 16 * 1024;
// How much of a refused request is still read, so that its client sees the reply.
constexpr std::size_t kLingerBytes = 1 << 20;
constexpr std::chrono::seconds kLingerTime{2};

auto awaited(error_code &error) { return net::redirect_error(net::use_awaitable, error); }

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[40];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return text;
}

std::string head_of(const Reply &reply, bool keep_alive) {
  std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " ";
  head.append(reason_of(reply.status)).append("\r\nDate: ").append(http_date()).append("\r\n");
  for (const auto &[name, value] : reply.headers)
    head.append(name).append(": ").append(value).append("\r\n");
  if (!reply.content_type.empty())
    head.append("Content-Type: ").append(reply.content_type).append("\r\n");
  if (reply.status != 204)
    head.append("Content-Length: ").append(std::to_string(reply.body.size())).append("\r\n");
  if (!keep_alive)
    head += "Connection: close\r\n";
  return head + "\r\n";
}

std::optional<std::string> field(const http::fields &fields, http::field name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::nullopt : std::optional(std::string(found->value()));
}

struct Refusal {
  int status;
  std::string_view message;
};

// What the container answers to a request that cannot be read; status 0: nothing, just close.
Refusal refusal_of(const error_code &error, bool has_request_line) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return has_request_line ? Refusal{431, "Request Header Fields Too Large"}
                            : Refusal{414, "URI Too Long"};
  if (error == http::error::body_limit)
    return {413, "Payload Too Large"};
  if (error == http::error::bad_version)
    return {505, "Unknown Version"};
  if (error == http::error::bad_content_length)
    return {400, "Invalid Content-Length Value"};
  // A message that just ends, and what happens to sockets, need no reply.
  const bool malformed = error.category() == make_error_code(http::error::bad_version).category() &&
                         error != http::error::end_of_stream &&
                         error != http::error::partial_message;
  return malformed ? Refusal{400, "Bad Request"} : Refusal{0, {}};
}

// What Beast lets pass and the container refuses.
Refusal refusal_of(const http::request_header<> &header, bool chunked) {
  const auto hosts = header.equal_range(http::field::host);
  const auto count = std::distance(hosts.first, hosts.second);
  if (count > 1)
    return {400, "Duplicate Host Header"};
  if (count == 0 && header.version() >= 11)
    return {400, "No Host"};
  const bool encoded = header.find(http::field::transfer_encoding) != header.end();
  const bool sized = header.find(http::field::content_length) != header.end();
  if (encoded && sized)
    return {400, "Transfer-Encoding and Content-Length"};
  if (encoded && !chunked)
    return {400, "Bad Transfer-Encoding, chunked not last"};
  return {0, {}};
}

} // namespace

// One reply that may come from another thread, or never.
struct Session::Exchange {
  explicit Exchange(net::io_context &io) : timer(io) {}
  net::steady_timer timer;
  std::optional<Reply> reply;
};

struct Session::Incoming {
  std::optional<http::request_parser<http::string_body>> parser;
  Request request;
  bool keep_alive = false;
};

Session::Session(net::ip::tcp::socket socket, const Router &router, const Shared &shared)
    : stream_(std::move(socket)), buffer_(kBufferBytes), router_(router), shared_(shared),
      quiet_since_(std::chrono::steady_clock::now()) {
  error_code error;
  const auto peer = stream_.socket().remote_endpoint(error);
  client_ = error ? "?" : peer.address().to_string();
}

void Session::close() {
  error_code ignored;
  stream_.socket().close(ignored);
  if (exchange_)
    exchange_->timer.cancel();
}

net::awaitable<void> Session::run() {
  const auto self = shared_from_this();
  while (!shared_.stopping && co_await serve_one())
    quiet_since_ = std::chrono::steady_clock::now();
  close();
}

// False when the connection is not to be used any more.
net::awaitable<bool> Session::serve_one() {
  Incoming incoming;
  if (!co_await read(incoming))
    co_return false;
  busy_ = true;
  const auto began = std::chrono::steady_clock::now();
  const Reply reply = co_await answer(incoming.request);
  const bool keep_alive = incoming.keep_alive && !shared_.stopping;
  const bool written = co_await write(reply, incoming.request.method == "HEAD", keep_alive);
  busy_ = false;
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - began);
  kLog.info("{} \"{} {}\" {} {} {} ms", client_, incoming.request.method, incoming.request.target,
            reply.status, reply.body.size(), millis.count());
  co_return written &&keep_alive;
}

net::awaitable<bool> Session::read(Incoming &incoming) {
  auto &parser = incoming.parser.emplace();
  parser.header_limit(static_cast<std::uint32_t>(shared_.limits.header_bytes));
  parser.body_limit(shared_.limits.body_bytes);
  error_code error;
  stream_.expires_after(shared_.limits.header_timeout);
  co_await http::async_read_header(stream_, buffer_, parser, awaited(error));
  Refusal refusal = error ? refusal_of(error, !parser.get().target().empty())
                          : refusal_of(parser.get(), parser.chunked());
  if (!error && refusal.status == 0 && !parser.is_done()) {
    stream_.expires_after(shared_.limits.body_timeout);
    if (beast::iequals(parser.get()[http::field::expect], "100-continue"))
      co_await net::async_write(stream_, net::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25),
                                awaited(error));
    if (!error)
      co_await http::async_read(stream_, buffer_, parser, awaited(error));
    if (error)
      refusal = refusal_of(error, true);
  }
  if (refusal.status != 0)
    co_await refuse(refusal.status, refusal.message);
  if (error || refusal.status != 0)
    co_return false;
  auto &message = parser.get();
  Request &request = incoming.request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  request.host = field(message, http::field::host).value_or("localhost");
  request.accept = field(message, http::field::accept);
  request.content_type = field(message, http::field::content_type);
  request.body = std::move(message.body());
  incoming.keep_alive = message.keep_alive();
  co_return true;
}

net::awaitable<Reply> Session::answer(const Request &request) {
  const auto exchange = exchange_ = std::make_shared<Exchange>(*shared_.io);
  const Deadline deadline = deadline_of(request, *shared_.herder, shared_.limits.patience);
  exchange->timer.expires_after(deadline.after);
  // May be called after the session, even the server, has ended: it holds what it needs, and no
  // more.
  const auto respond = [io = shared_.io, waiting = std::weak_ptr(exchange)](Reply reply) {
    // At once where the handler answers on the server's own thread.
    net::dispatch(*io, [waiting, reply = std::move(reply)]() mutable {
      const auto exchange = waiting.lock();
      if (!exchange || exchange->reply)
        return;
      exchange->reply = std::move(reply);
      exchange->timer.cancel();
    });
  };
  try {
    router_.route(request, respond);
  } catch (const std::exception &e) {
    kLog.error("Uncaught exception in REST call to {}: {}", request.target, e.what());
    co_return error_reply(500, e.what());
  }
  error_code ignored;
  if (!exchange->reply)
    co_await exchange->timer.async_wait(awaited(ignored));
  if (!exchange->reply)
    exchange->reply = deadline.reply();
  co_return std::move(*exchange->reply);
}

net::awaitable<bool> Session::write(const Reply &reply, bool head, bool keep_alive) {
  const std::string header = head_of(reply, keep_alive);
  const std::array<net::const_buffer, 2> parts = {
      net::buffer(header), head ? net::const_buffer() : net::buffer(reply.body)};
  error_code error;
  stream_.expires_after(shared_.limits.write_timeout);
  co_await net::async_write(stream_, parts, awaited(error));
  co_return !error;
}

net::awaitable<void> Session::refuse(int status, std::string_view message) {
  const Reply reply = error_reply(status, message);
  kLog.info("{} A request was refused with {}: {}", client_, status, message);
  if (co_await write(reply, false, false))
    co_await linger();
}

// Without this a client that is still sending would get a reset instead of its reply.
net::awaitable<void> Session::linger() {
  error_code error;
  stream_.socket().shutdown(net::ip::tcp::socket::shutdown_send, error);
  stream_.expires_after(kLingerTime);
  std::array<char, 4096> rubbish;
  for (std::size_t total = 0; !error && total < kLingerBytes;)
    total += co_await stream_.async_read_some(net::buffer(rubbish), awaited(error));
}

} // namespace host::rest
