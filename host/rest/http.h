#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace host::rest {

// A request as the resources see it: headers read, body complete, nothing decoded yet.
struct Request {
  std::string method;
  std::string target; // path and query, as sent
  std::string host;   // Host header; what Location is relative to
  std::optional<std::string> accept;
  std::optional<std::string> content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers; // all, names in lower case
  std::string client;                                       // its address
  bool secure = false;                                      // over TLS
  std::string id;                                           // X-Request-Id
  std::string user;                                         // who was let in, if that was asked

  // The first of that name, in lower case; null if there is none.
  const std::string *header(std::string_view name) const;
};

struct Reply {
  int status = 200;
  std::string body;
  std::string content_type = "application/json"; // empty: none
  std::vector<std::pair<std::string, std::string>> headers;
};

// Takes the reply to one request; called once, from any thread.
using Responder = std::function<void(Reply)>;

// How long a reply may take, and what is answered then (contract 2.1, 2.2).
struct Deadline {
  std::chrono::milliseconds after;
  std::function<Reply()> reply;
};

std::string_view reason_of(int status);
// The form of dates in headers.
std::string http_date(std::int64_t epoch_seconds);
std::string lower_case(std::string_view ascii);

} // namespace host::rest
