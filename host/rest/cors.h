#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/rest/http.h"

namespace host::rest {

// `access.control.*`: what browsers may ask from pages of other origins. Adds the headers that
// Kafka Connect 4.3's cross-origin handler adds; a preflight goes on to its resource like any
// request. Immutable; any thread.
class Cors {
public:
  // `origins` and `methods` as in the configuration, comma-separated; an origin may hold `*`. No
  // methods: GET, POST and HEAD.
  Cors(std::string_view origins, std::string_view methods);

  void add_headers(const Request &request, Reply &reply) const;

private:
  bool admits(std::string_view origins) const;

  std::vector<std::string> origins_; // in lower case
  std::string methods_;
};

} // namespace host::rest
