#include "host/rest/http.h"

#include <array>

namespace host::rest {

std::string_view reason_of(int status) {
  // Jetty's words, where they differ from the registry's.
  static constexpr std::array<std::pair<int, std::string_view>, 22> kReasons = {{
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

} // namespace host::rest
