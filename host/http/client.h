#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/http/url.h"

struct ssl_ctx_st; // OpenSSL's SSL_CTX

namespace host::http {

struct Request {
  std::string method; // `GET`, `PUT`, …
  std::string target; // path and query behind the URL's prefix, encoded, with its first slash
  std::string body;
  std::string content_type = "application/json";                 // sent if there is a body
  std::vector<std::pair<std::string, std::string>> headers = {}; // more of them
  std::string accept = "application/json";
};

// An answer of any status.
struct Response {
  int status = 0;
  std::string content_type;
  std::string body;

  bool ok() const { return status >= 200 && status < 300; }
};

// TLS by other settings than the system's: whom to trust, who to be.
struct TlsOptions {
  // Sets up a client's context with authorities, and with a certificate if there is one. Only they
  // are trusted then.
  std::function<Status(ssl_ctx_st *)> set_up;
  std::string named_by = "ssl.truststore.location"; // the setting, for messages
  bool check_host = true; // whether the certificate must be of the host that was asked for
};

struct ClientOptions {
  Duration connect_timeout{5'000};
  Duration timeout{95'000}; // of the whole answer; workers give up by themselves after 90 s
  std::size_t max_body = 64 * 1024 * 1024;
  std::string user_agent = "sluice";
  std::optional<TlsOptions> tls = std::nullopt;
  std::string trust_setting = "SSL_CERT_FILE"; // names whom to trust without `tls`, for messages
};

// Speaks to one server: a connection per request, TLS by the system's certificates (or those that
// SSL_CERT_FILE names) if the options have no others, no redirects, no retries. Owned and used by
// one thread at a time; `send` blocks it. Errors: README.md.
class Client {
public:
  explicit Client(Url url, ClientOptions options = {});

  Result<Response> send(const Request &request);
  const Url &url() const { return url_; }

private:
  Url url_;
  ClientOptions options_;
};

} // namespace host::http
