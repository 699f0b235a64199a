#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/rest/http.h"

namespace host::rest {

// One rule of `response.http.headers.config` (KIP-577).
struct HeaderRule {
  enum class Action : std::uint8_t { Set = 1, Add, SetDate, AddDate };
  Action action = Action::Set;
  std::string name;
  std::string value;
  std::chrono::milliseconds from_now{0}; // of a date
};

// Rules between commas, in double quotes where a rule has one of its own. A Config error has
// Connect's words.
Result<std::vector<HeaderRule>> parse_header_rules(std::string_view text);

void apply(const std::vector<HeaderRule> &rules, std::int64_t wall_ms, Reply &reply);

} // namespace host::rest
