// Numbers from text, as Java reads them.
#include <cmath>
#include <cstdlib>
#include <limits>

#include "host/base/java_text.h"
#include "host/base/utf8.h"

namespace host::java {
namespace {

// The zeros of the scripts of Unicode whose ten digits Java's Character.digit knows (BMP).
constexpr char32_t kZeros[] = {0x30,   0x660,  0x6F0,  0x7C0,  0x966,  0x9E6,  0xA66,  0xAE6,
                               0xB66,  0xBE6,  0xC66,  0xCE6,  0xD66,  0xDE6,  0xE50,  0xED0,
                               0xF20,  0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80,
                               0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900,
                               0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10};

constexpr bool digit(char c) { return c >= '0' && c <= '9'; }

// Java's grammar of a decimal literal without sign and suffix; from_chars alone takes less and
// more.
bool decimal_literal(std::string_view text) {
  std::size_t at = 0;
  std::size_t digits = 0;
  const auto skip_digits = [&] {
    for (; at < text.size() && digit(text[at]); ++at)
      ++digits;
  };
  skip_digits();
  if (at < text.size() && text[at] == '.') {
    ++at;
    skip_digits();
  }
  if (digits == 0)
    return false;
  if (at == text.size())
    return true;
  if ((text[at++] | 0x20) != 'e')
    return false;
  if (at < text.size() && (text[at] == '+' || text[at] == '-'))
    ++at;
  const std::size_t exponent = at;
  skip_digits();
  return at == text.size() && at > exponent;
}

// `0x1.8p3` without its sign; the exponent is required.
bool hex_literal(std::string_view text) {
  if (text.size() < 4 || text[0] != '0' || (text[1] | 0x20) != 'x')
    return false;
  std::size_t at = 2;
  std::size_t digits = 0;
  bool point = false;
  for (; at < text.size() && (text[at] | 0x20) != 'p'; ++at) {
    const char c = static_cast<char>(text[at] | 0x20);
    if (text[at] == '.' && !point)
      point = true;
    else if (digit(text[at]) || (c >= 'a' && c <= 'f'))
      ++digits;
    else
      return false;
  }
  if (digits == 0 || at == text.size())
    return false;
  ++at;
  if (at < text.size() && (text[at] == '+' || text[at] == '-'))
    ++at;
  if (at == text.size())
    return false;
  for (; at < text.size(); ++at)
    if (!digit(text[at]))
      return false;
  return true;
}

} // namespace

int digit_of(char32_t code) {
  for (const char32_t zero : kZeros)
    if (code >= zero && code < zero + 10)
      return static_cast<int>(code - zero);
  return -1;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+'))
    text.remove_prefix(1);
  if (text.empty())
    return std::nullopt;
  // Negative on the way: the range reaches one further there.
  std::int64_t value = 0;
  while (!text.empty()) {
    const auto next = utf8::decode(text);
    const int digit = next.valid ? digit_of(next.code) : -1;
    if (digit < 0 || __builtin_mul_overflow(value, 10, &value) ||
        __builtin_sub_overflow(value, digit, &value))
      return std::nullopt;
    text.remove_prefix(next.size);
  }
  if (negative)
    return value;
  if (value == std::numeric_limits<std::int64_t>::min())
    return std::nullopt;
  return -value;
}

namespace {

// Reads what Double.parseDouble and Float.parseFloat take; `convert` is strtod or strtof, which
// round correctly and saturate as Java does (the C locale is never changed here).
template <class Number>
std::optional<Number> parse_real(std::string_view given, Number (*convert)(const char *, char **)) {
  std::string_view text = trim(given);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+'))
    text.remove_prefix(1);
  const Number sign = negative ? -1 : 1;
  if (text == "NaN")
    return std::numeric_limits<Number>::quiet_NaN();
  if (text == "Infinity")
    return sign * std::numeric_limits<Number>::infinity();
  const bool hex = text.size() > 1 && (text[1] | 0x20) == 'x';
  if (text.size() > 1 && ((text.back() | 0x20) == 'f' || (text.back() | 0x20) == 'd') &&
      (!hex || text.find_first_of("pP") != std::string_view::npos))
    text.remove_suffix(1);
  if (!(hex ? hex_literal(text) : decimal_literal(text)))
    return std::nullopt;
  return sign * convert(std::string(text).c_str(), nullptr);
}

} // namespace

std::optional<double> parse_double(std::string_view text) {
  return parse_real<double>(text, std::strtod);
}

std::optional<float> parse_float(std::string_view text) {
  return parse_real<float>(text, std::strtof);
}

} // namespace host::java
