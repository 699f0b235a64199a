#include "host/base/java_text.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "host/base/utf8.h"

namespace host::java {
namespace {

// The digits and the decimal exponent of `d.ddde±x`.
struct Shortest {
  char digits[24];
  int count = 0;
  int exponent = 0;
};

template <class Real> Shortest shortest(Real magnitude) {
  char buffer[40];
  char *end =
      std::to_chars(buffer, buffer + sizeof buffer, magnitude, std::chars_format::scientific).ptr;
  // Java writes at least two digits, so it takes those nearest to the value: 4.9E-324, not 5E-324.
  if (end - buffer > 1 && buffer[1] != '.')
    end = std::to_chars(buffer, buffer + sizeof buffer, magnitude, std::chars_format::scientific, 1)
              .ptr;
  Shortest result;
  const char *at = buffer;
  for (; at != end && *at != 'e'; ++at)
    if (*at != '.')
      result.digits[result.count++] = *at;
  ++at;
  if (at != end && *at == '+')
    ++at;
  std::from_chars(at, end, result.exponent);
  while (result.count > 1 && result.digits[result.count - 1] == '0')
    --result.count;
  return result;
}

char *put(char *to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

char *write_plain(char *to, const Shortest &number) {
  if (number.exponent < 0) {
    to = put(to, "0.00");
    to -= 3 + number.exponent; // one zero fewer than the exponent says, two at most
    return put(to, {number.digits, static_cast<std::size_t>(number.count)});
  }
  const int whole = number.exponent + 1;
  for (int i = 0; i < whole; ++i)
    *to++ = i < number.count ? number.digits[i] : '0';
  *to++ = '.';
  if (number.count <= whole)
    *to++ = '0';
  for (int i = whole; i < number.count; ++i)
    *to++ = number.digits[i];
  return to;
}

char *write_scientific(char *to, const Shortest &number) {
  *to++ = number.digits[0];
  *to++ = '.';
  if (number.count == 1)
    *to++ = '0';
  to = put(to, {number.digits + 1, static_cast<std::size_t>(number.count - 1)});
  *to++ = 'E';
  return write(to, static_cast<std::int64_t>(number.exponent));
}

// Whole numbers and those of few decimals, which are most, without the general search: a decimal of
// at most fifteen digits that divides to the value exactly is its shortest form. Null for others.
char *write_short(char *to, double magnitude) {
  constexpr double kPowers[] = {1, 10, 100, 1000};
  constexpr double kMost = 1e7;
  if (!(magnitude >= 1 && magnitude < kMost))
    return nullptr;
  for (int scale = 0; scale < 4; ++scale) {
    const auto digits = static_cast<std::int64_t>(magnitude * kPowers[scale] + 0.5);
    if (static_cast<double>(digits) / kPowers[scale] != magnitude)
      continue;
    const auto power = static_cast<std::int64_t>(kPowers[scale]);
    to = write(to, digits / power);
    *to++ = '.';
    std::int64_t rest = digits % power;
    for (std::int64_t place = power / 10; place > 1; place /= 10, rest %= place * 10)
      *to++ = static_cast<char>('0' + rest / place);
    *to++ = static_cast<char>('0' + rest % 10);
    return to;
  }
  return nullptr;
}

template <class Real> char *write_real(char *to, Real value) {
  if (std::isnan(value))
    return put(to, "NaN");
  if (std::signbit(value))
    *to++ = '-';
  const Real magnitude = std::abs(value);
  if (std::isinf(magnitude))
    return put(to, "Infinity");
  if (magnitude == 0)
    return put(to, "0.0");
  if constexpr (std::is_same_v<Real, double>)
    if (char *end = write_short(to, magnitude))
      return end;
  const Shortest number = shortest(magnitude);
  if (number.exponent >= -3 && number.exponent < 7)
    return write_plain(to, number);
  return write_scientific(to, number);
}

template <class Number> void append_number(std::string &out, Number value) {
  char text[kMostDigits];
  out.append(text, write(text, value));
}

} // namespace

char *write(char *to, double value) { return write_real(to, value); }
char *write(char *to, float value) { return write_real(to, value); }
char *write(char *to, std::int64_t value) { return std::to_chars(to, to + kMostDigits, value).ptr; }

void append(std::string &out, double value) { append_number(out, value); }
void append(std::string &out, float value) { append_number(out, value); }
void append(std::string &out, std::int64_t value) { append_number(out, value); }

std::string text(double value) {
  std::string out;
  append(out, value);
  return out;
}

std::string text(float value) {
  std::string out;
  append(out, value);
  return out;
}

std::int32_t hash(std::string_view utf8) {
  std::uint32_t h = 0;
  std::size_t at = 0;
  while (at < utf8.size()) {
    const auto byte = static_cast<unsigned char>(utf8[at]);
    if (byte < 0x80) {
      h = 31 * h + byte;
      ++at;
      continue;
    }
    const auto next = utf8::decode(utf8.substr(at));
    if (next.code >= 0x10000) {
      h = 31 * h + static_cast<std::uint32_t>(0xD800 + ((next.code - 0x10000) >> 10));
      h = 31 * h + static_cast<std::uint32_t>(0xDC00 + ((next.code - 0x10000) & 0x3FF));
    } else {
      h = 31 * h + static_cast<std::uint32_t>(next.code);
    }
    at += next.size;
  }
  return static_cast<std::int32_t>(h);
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ')
    text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ')
    text.remove_suffix(1);
  return text;
}

} // namespace host::java
