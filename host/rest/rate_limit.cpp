#include "host/rest/rate_limit.h"

#include <algorithm>
#include <chrono>

#include "host/rest/replies.h"

namespace host::rest {
namespace {

// More addresses than this are looked through for those that have not asked of late.
constexpr std::size_t kManyAddresses = 4096;
constexpr std::chrono::seconds kIdle{1}; // a bucket is full again after it

} // namespace

std::optional<Reply> RateLimit::check(const Request &request, TimePoint now) {
  if (per_second_ == 0 || request.target.starts_with("/health"))
    return std::nullopt;
  if (buckets_.size() > kManyAddresses)
    forget_idle(now);
  const auto [place, added] = buckets_.try_emplace(request.client);
  Bucket &bucket = place->second;
  const double most = per_second_;
  const double since = std::chrono::duration<double>(now - bucket.filled).count();
  bucket.tokens = added ? most : std::min(most, bucket.tokens + since * most);
  bucket.filled = now;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return std::nullopt;
  }
  Reply reply =
      error_reply(429, "More than " + std::to_string(per_second_) + " requests in a second from " +
                           request.client + " (rest.requests.per.second); try again later");
  reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

void RateLimit::forget_idle(TimePoint now) {
  std::erase_if(buckets_, [&](const auto &entry) { return now - entry.second.filled > kIdle; });
}

} // namespace host::rest
