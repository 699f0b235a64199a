#include "host/http/client.h"

#include <netdb.h>

#include <exception>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <httplib.h>

namespace host::http {
namespace {

std::string seconds(Duration duration) {
  return fmt::format("{:g} s", static_cast<double>(duration.count()) / 1000);
}

bool resolves(const std::string &host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo *found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0)
    return false;
  ::freeaddrinfo(found);
  return true;
}

using Connection = std::unique_ptr<httplib::ClientImpl>;

Result<Connection> tls_connection_to(const Url &url, const std::optional<TlsOptions> &options) {
  auto client = std::make_unique<httplib::SSLClient>(url.host, url.port);
  if (!options)
    return Connection(std::move(client));
  SSL_CTX *context = client->ssl_context();
  HOST_TRY(options->set_up(context));
  // It adds the system's authorities unless it is told of others.
  client->set_ca_cert_path({}, "/nonexistent");
  // Its own check is of authority and host at once; the context's of the authority alone.
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  client->enable_server_certificate_verification(options->check_host);
  return Connection(std::move(client));
}

Result<Connection> connection_to(const Url &url, const ClientOptions &options) {
  Connection client;
  if (url.tls) {
    HOST_ASSIGN(client, tls_connection_to(url, options.tls));
  } else {
    client = std::make_unique<httplib::ClientImpl>(url.host, url.port);
  }
  client->set_connection_timeout(options.connect_timeout);
  client->set_read_timeout(options.timeout);
  client->set_write_timeout(options.timeout);
  client->set_url_encode(false); // the target is encoded already
  client->set_decompress(false);
  client->set_tcp_nodelay(true); // head and body are two writes: else the second waits for an ACK
  return Connection(std::move(client));
}

// Collects the body up to a size and a time.
struct Body {
  std::size_t max_size;
  TimePoint deadline;
  std::string text;
  bool too_large = false;
  bool too_late = false;

  bool take(const char *data, std::size_t size) {
    too_large = size > max_size - text.size();
    too_late = SystemClock().now() > deadline;
    if (too_large || too_late)
      return false;
    text.append(data, size);
    return true;
  }
};

Error unreachable(const Url &url) {
  const std::string where = url.text();
  if (!resolves(url.host))
    return {Code::Unavailable,
            fmt::format("cannot reach {}: no host is known by the name `{}`", where, url.host)};
  return {Code::Unavailable, fmt::format("cannot reach {}: nothing accepts connections there. Is "
                                         "the worker running, with this address in `listeners`?",
                                         where)};
}

Error explain(httplib::Error error, const Body &body, const Url &url,
              const ClientOptions &options) {
  const std::string where = url.text();
  if (body.too_large)
    return {Code::Io, fmt::format("{} sent more than {} bytes, which no worker does; is it one?",
                                  where, body.max_size)};
  const bool late = error == httplib::Error::Read && SystemClock().now() >= body.deadline;
  if (body.too_late || late)
    return {Code::Timeout,
            fmt::format("{} did not answer within {}", where, seconds(options.timeout))};
  switch (error) {
  case httplib::Error::Connection:
    return unreachable(url);
  case httplib::Error::ConnectionTimeout:
    return {Code::Unavailable,
            fmt::format("cannot reach {}: no connection within {}; a firewall, or the wrong host?",
                        where, seconds(options.connect_timeout))};
  case httplib::Error::SSLConnection:
    return {Code::Unavailable,
            fmt::format("no TLS with {}: does it serve https on this port{}?", where,
                        options.tls ? ", and is our certificate trusted there" : "")};
  case httplib::Error::SSLLoadingCerts:
  case httplib::Error::SSLServerVerification:
    return {Code::Unavailable,
            fmt::format("{} shows a certificate that is not trusted, or of another host; name a "
                        "file with the right authority in {}",
                        where, options.tls ? options.tls->named_by : options.trust_setting)};
  default:
    return {Code::Io, fmt::format("{} closed the connection before its answer was complete, or "
                                  "does not speak {}",
                                  where, url.tls ? "https" : "http (https?)")};
  }
}

httplib::Request native(const Request &request, const Url &url, const ClientOptions &options) {
  httplib::Request native;
  native.method = request.method;
  native.path = url.prefix + request.target;
  native.set_header("Accept", request.accept);
  native.set_header("Accept-Encoding", "identity");
  native.set_header("User-Agent", options.user_agent);
  for (const auto &[name, value] : request.headers)
    native.set_header(name, value);
  native.body = request.body;
  if (!request.body.empty())
    native.set_header("Content-Type", request.content_type);
  return native;
}

} // namespace

Client::Client(Url url, ClientOptions options)
    : url_(std::move(url)), options_(std::move(options)) {}

Result<Response> Client::send(const Request &request) {
  try {
    HOST_ASSIGN(const auto connection, connection_to(url_, options_));
    Body body{options_.max_body, SystemClock().now() + options_.timeout, {}};
    httplib::Request out = native(request, url_, options_);
    out.content_receiver = [&body](const char *data, std::size_t size, std::uint64_t,
                                   std::uint64_t) { return body.take(data, size); };
    auto result = connection->send(out);
    if (!result)
      return explain(result.error(), body, url_, options_);
    return Response{result->status, result->get_header_value("Content-Type"), std::move(body.text)};
  } catch (const std::exception &error) {
    return fail(Code::Io, fmt::format("{}: {}", url_.text(), error.what()));
  }
}

} // namespace host::http
