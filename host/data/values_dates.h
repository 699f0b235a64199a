#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "host/data/schema.h"

namespace host::data {

// A date, time or timestamp that a text begins with, as Values takes it: the form is chosen by the
// text's length alone (10, 13, 24 UTF-16 units), then read leniently by SimpleDateFormat:
// 2020-13-45 is a day of 2021, and what follows the last field is not looked at (contract 8.4).
struct Temporal {
  Logical logical;
  std::int64_t ms;
};
std::optional<Temporal> parse_temporal(std::string_view text);

// No longer text can be one; colons may be escaped.
inline constexpr std::size_t kMaxTemporalBytes = 128;

} // namespace host::data
