#include "decimal_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

#include "sluice/text.hpp"

namespace file {
namespace {

// The decimal digits of a magnitude, by long division.
std::string digits_of(std::vector<std::uint8_t> magnitude) {
  constexpr std::uint32_t kStep = 1'000'000'000; // nine digits at a time
  std::string reversed;
  while (std::any_of(magnitude.begin(), magnitude.end(), [](auto byte) { return byte != 0; })) {
    std::uint64_t rest = 0;
    for (std::uint8_t &byte : magnitude) {
      rest = rest << 8 | byte;
      byte = static_cast<std::uint8_t>(rest / kStep);
      rest %= kStep;
    }
    for (int i = 0; i < 9; ++i, rest /= 10)
      reversed += static_cast<char>('0' + rest % 10);
  }
  while (reversed.ends_with('0'))
    reversed.pop_back();
  if (reversed.empty())
    return "0";
  return {reversed.rbegin(), reversed.rend()};
}

std::vector<std::uint8_t> magnitude_of(std::string_view number, bool is_negative) {
  std::vector<std::uint8_t> bytes(number.begin(), number.end());
  if (!is_negative)
    return bytes;
  for (std::uint8_t &byte : bytes)
    byte = static_cast<std::uint8_t>(~byte);
  for (auto byte = bytes.rbegin(); byte != bytes.rend() && ++*byte == 0; ++byte) {
  }
  return bytes;
}

} // namespace

void append_decimal(std::string &out, std::string_view unscaled, std::string_view scale_text) {
  std::int64_t scale = 0;
  std::from_chars(scale_text.data(), scale_text.data() + scale_text.size(), scale);
  const bool is_negative = !unscaled.empty() && (unscaled.front() & 0x80) != 0;
  std::string digits = digits_of(magnitude_of(unscaled, is_negative));
  const auto n = static_cast<std::int64_t>(digits.size());
  const std::int64_t exponent = n - 1 - scale; // of the first digit

  out += is_negative ? "-" : "";
  if (scale == 0) {
    out += digits;
  } else if (scale > 0 && exponent >= -6) {
    if (n <= scale)
      digits.insert(0, static_cast<std::size_t>(scale - n + 1), '0');
    digits.insert(digits.size() - static_cast<std::size_t>(scale), 1, '.');
    out += digits;
  } else {
    if (n > 1)
      digits.insert(1, 1, '.');
    out += digits;
    if (exponent != 0) {
      out += exponent > 0 ? "E+" : "E";
      sluice::append_text(out, exponent);
    }
  }
}

} // namespace file
