#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/base/error.h"

namespace host::wire {

struct OauthToken {
  std::string text; // JSON web token in compact form
  std::vector<std::pair<std::string, std::string>> extensions;
};

// An unsecured token (`alg` none) from librdkafka's `sasl.oauthbearer.config`: `principal=p
// [principalClaimName=sub] [scope=a,b] [scopeClaimName=scope] [lifeSeconds=3600] [extension_x=y]`.
Result<OauthToken> make_unsecured_token(std::string_view config,
                                        std::chrono::system_clock::time_point now);

} // namespace host::wire
