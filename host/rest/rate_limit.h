#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "host/base/clock.h"
#include "host/rest/http.h"

namespace host::rest {

// How many requests a second one client address may make (`rest.requests.per.second`); as many may
// come at once. /health is not counted: who watches must not be shut out. Server's thread.
class RateLimit {
public:
  explicit RateLimit(std::uint32_t per_second) : per_second_(per_second) {}

  // 429 for a request that is too much; 0 a second: no limit.
  std::optional<Reply> check(const Request &request, TimePoint now);

private:
  struct Bucket {
    double tokens = 0;
    TimePoint filled;
  };
  void forget_idle(TimePoint now);

  const std::uint32_t per_second_;
  std::unordered_map<std::string, Bucket> buckets_; // by address
};

} // namespace host::rest
