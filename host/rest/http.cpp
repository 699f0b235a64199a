#include "host/rest/http.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace host::rest {

std::string_view reason_of(int status) {
  // Jetty's words, where they differ from the registry's.
  static constexpr std::array<std::pair<int, std::string_view>, 23> kReasons = {{
      {100, "Continue"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {413, "Payload Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {426, "Upgrade Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Server Error"},
      {501, "Not Implemented"},
      {503, "Service Unavailable"},
      {505, "HTTP Version Not Supported"},
  }};
  for (const auto &[code, reason] : kReasons)
    if (code == status)
      return reason;
  return "Unknown";
}

const std::string *Request::header(std::string_view name) const {
  for (const auto &[known, value] : headers)
    if (known == name)
      return &value;
  return nullptr;
}

std::string http_date(std::int64_t epoch_seconds) {
  const std::time_t time = epoch_seconds;
  std::tm utc{};
  gmtime_r(&time, &utc);
  char text[40];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return text;
}

std::string lower_case(std::string_view ascii) {
  std::string text(ascii);
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

} // namespace host::rest
