#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/base/clock.h"
#include "host/rest/cors.h"
#include "host/rest/header_rules.h"
#include "host/rest/http.h"
#include "host/rest/rate_limit.h"

namespace host::rest {

struct FrontOptions {
  std::optional<Cors> cors;
  std::vector<HeaderRule> header_rules;
  std::uint32_t requests_per_second = 0;
};

// What is done with each request of an entrance before it is routed, and with each reply before it
// is sent. Owned by the server, on its thread.
class Front {
public:
  Front(FrontOptions options, const Clock &clock)
      : options_(std::move(options)), clock_(clock), rate_(options_.requests_per_second) {}

  // Gives the request its id. The reply, if the request ends here.
  std::optional<Reply> before(Request &request);
  void after(const Request &request, Reply &reply) const;

private:
  const FrontOptions options_;
  const Clock &clock_;
  RateLimit rate_;
};

} // namespace host::rest
