#pragma once

#include <string>
#include <string_view>

namespace file {

// Appends Connect's Decimal (an unscaled two's complement number, big-endian, and its schema's
// "scale") as BigDecimal.toString does: plain where the scale is not negative and the number not
// below 1e-6, else with an exponent.
void append_decimal(std::string &out, std::string_view unscaled, std::string_view scale);

} // namespace file
