#include "host/rest/session.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <ctime>
#include <optional>
#include <type_traits>
#include <vector>

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

std::string head_of(const Reply &reply, bool keep_alive) {
  std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " ";
  head.append(reason_of(reply.status))
      .append("\r\nDate: ")
      .append(http_date(std::time(nullptr)))
      .append("\r\n");
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

std::vector<std::pair<std::string, std::string>> headers_of(const http::fields &fields) {
  std::vector<std::pair<std::string, std::string>> headers;
  for (const auto &one : fields)
    headers.emplace_back(lower_case({one.name_string().data(), one.name_string().size()}),
                         std::string(one.value()));
  return headers;
}

using Plain = beast::tcp_stream;
using Tls = net::ssl::stream<beast::tcp_stream>;

// A session over TCP, or over TLS on it.
template <class Stream>
class SessionOver final : public Session, public std::enable_shared_from_this<SessionOver<Stream>> {
public:
  template <class... Args>
  SessionOver(Entrance &entrance, const Shared &shared, Args &&...stream)
      : stream_(std::forward<Args>(stream)...), buffer_(kBufferBytes), router_(entrance.router),
        front_(entrance.front), shared_(shared) {
    error_code error;
    const auto peer = socket().remote_endpoint(error);
    client_ = error ? "?" : peer.address().to_string();
  }

  net::awaitable<void> run() override;
  void close() override;

private:
  struct Incoming;
  struct Exchange;

  Plain &tcp() { return beast::get_lowest_layer(stream_); }
  net::ip::tcp::socket &socket() { return tcp().socket(); }

  net::awaitable<bool> handshake();
  net::awaitable<bool> serve_one();
  net::awaitable<bool> read(Incoming &incoming);
  void take(http::request_parser<http::string_body> &parser, Incoming &incoming);
  net::awaitable<Reply> answer(Request &request);
  net::awaitable<Reply> ask(Request &request);
  net::awaitable<bool> write(const Reply &reply, bool head, bool keep_alive);
  net::awaitable<void> refuse(int status, std::string_view message);
  net::awaitable<void> linger();

  Stream stream_;
  beast::flat_buffer buffer_;
  const Router &router_;
  Front &front_;
  const Shared &shared_;
  std::string client_;                 // for the log
  std::shared_ptr<Exchange> exchange_; // of the last request
};

// One reply that may come from another thread, or never.
template <class Stream> struct SessionOver<Stream>::Exchange {
  explicit Exchange(net::io_context &io) : timer(io) {}
  net::steady_timer timer;
  std::optional<Reply> reply;
};

template <class Stream> struct SessionOver<Stream>::Incoming {
  std::optional<http::request_parser<http::string_body>> parser;
  Request request;
  bool keep_alive = false;
};

template <class Stream> void SessionOver<Stream>::close() {
  error_code ignored;
  socket().close(ignored);
  if (exchange_)
    exchange_->timer.cancel();
}

template <class Stream> net::awaitable<void> SessionOver<Stream>::run() {
  const auto self = this->shared_from_this();
  if (co_await handshake())
    while (!shared_.stopping && co_await serve_one())
      rest();
  if constexpr (std::is_same_v<Stream, Tls>) { // so that the client knows that nothing is missing
    error_code ignored;
    tcp().expires_after(kLingerTime);
    co_await stream_.async_shutdown(awaited(ignored));
  }
  close();
}

template <class Stream> net::awaitable<bool> SessionOver<Stream>::handshake() {
  if constexpr (std::is_same_v<Stream, Tls>) {
    error_code error;
    tcp().expires_after(shared_.limits.header_timeout);
    co_await stream_.async_handshake(net::ssl::stream_base::server, awaited(error));
    if (error)
      kLog.info("{} TLS handshake failed: {}", client_, error.message());
    co_return !error;
  }
  co_return true;
}

// False when the connection is not to be used any more.
template <class Stream> net::awaitable<bool> SessionOver<Stream>::serve_one() {
  Incoming incoming;
  if (!co_await read(incoming))
    co_return false;
  busy_ = true;
  const auto began = std::chrono::steady_clock::now();
  Request &request = incoming.request;
  const Reply reply = co_await answer(request);
  const bool keep_alive = incoming.keep_alive && !shared_.stopping;
  const bool written = co_await write(reply, request.method == "HEAD", keep_alive);
  busy_ = false;
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - began);
  kLog.info("{} {}\"{} {}\" {} {} {} ms {}", client_,
            request.user.empty() ? std::string() : request.user + " ", request.method,
            request.target, reply.status, reply.body.size(), millis.count(), request.id);
  co_return written &&keep_alive;
}

template <class Stream> net::awaitable<bool> SessionOver<Stream>::read(Incoming &incoming) {
  auto &parser = incoming.parser.emplace();
  parser.header_limit(static_cast<std::uint32_t>(shared_.limits.header_bytes));
  parser.body_limit(shared_.limits.body_bytes);
  error_code error;
  tcp().expires_after(shared_.limits.header_timeout);
  co_await http::async_read_header(stream_, buffer_, parser, awaited(error));
  Refusal refusal = error ? refusal_of(error, !parser.get().target().empty())
                          : refusal_of(parser.get(), parser.chunked());
  if (!error && refusal.status == 0 && !parser.is_done()) {
    tcp().expires_after(shared_.limits.body_timeout);
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
  take(parser, incoming);
  co_return true;
}

template <class Stream>
void SessionOver<Stream>::take(http::request_parser<http::string_body> &parser,
                               Incoming &incoming) {
  auto &message = parser.get();
  Request &request = incoming.request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  request.host = field(message, http::field::host).value_or("localhost");
  request.accept = field(message, http::field::accept);
  request.content_type = field(message, http::field::content_type);
  request.headers = headers_of(message);
  request.client = client_;
  request.secure = std::is_same_v<Stream, Tls>;
  request.body = std::move(message.body());
  incoming.keep_alive = message.keep_alive();
}

template <class Stream> net::awaitable<Reply> SessionOver<Stream>::answer(Request &request) {
  auto reply = front_.before(request);
  if (!reply)
    reply = co_await ask(request);
  front_.after(request, *reply);
  co_return *std::move(reply);
}

template <class Stream> net::awaitable<Reply> SessionOver<Stream>::ask(Request &request) {
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

template <class Stream>
net::awaitable<bool> SessionOver<Stream>::write(const Reply &reply, bool head, bool keep_alive) {
  const std::string header = head_of(reply, keep_alive);
  const std::array<net::const_buffer, 2> parts = {
      net::buffer(header), head ? net::const_buffer() : net::buffer(reply.body)};
  error_code error;
  tcp().expires_after(shared_.limits.write_timeout);
  co_await net::async_write(stream_, parts, awaited(error));
  co_return !error;
}

template <class Stream>
net::awaitable<void> SessionOver<Stream>::refuse(int status, std::string_view message) {
  const Reply reply = error_reply(status, message);
  kLog.info("{} A request was refused with {}: {}", client_, status, message);
  if (co_await write(reply, false, false))
    co_await linger();
}

// Without this a client that is still sending would get a reset instead of its reply.
template <class Stream> net::awaitable<void> SessionOver<Stream>::linger() {
  error_code error;
  tcp().expires_after(kLingerTime);
  if constexpr (std::is_same_v<Stream, Plain>)
    socket().shutdown(net::ip::tcp::socket::shutdown_send, error);
  else
    co_await stream_.async_shutdown(awaited(error));
  std::array<char, 4096> rubbish;
  for (std::size_t total = 0; !error && total < kLingerBytes;)
    total += co_await stream_.async_read_some(net::buffer(rubbish), awaited(error));
}

} // namespace

std::shared_ptr<Session> Session::make(net::ip::tcp::socket socket, Entrance &entrance,
                                       const Shared &shared) {
  if (entrance.tls)
    return std::make_shared<SessionOver<Tls>>(entrance, shared, Plain(std::move(socket)),
                                              *entrance.tls);
  return std::make_shared<SessionOver<Plain>>(entrance, shared, std::move(socket));
}

} // namespace host::rest
