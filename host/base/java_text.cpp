#include "host/base/java_text.h"

#include <charconv>
#include <cmath>

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

void append_plain(std::string &out, const Shortest &number) {
  if (number.exponent < 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-number.exponent - 1), '0');
    out.append(number.digits, static_cast<std::size_t>(number.count));
    return;
  }
  const int whole = number.exponent + 1;
  for (int i = 0; i < whole; ++i)
    out += i < number.count ? number.digits[i] : '0';
  out += '.';
  if (number.count <= whole)
    out += '0';
  for (int i = whole; i < number.count; ++i)
    out += number.digits[i];
}

void append_scientific(std::string &out, const Shortest &number) {
  out += number.digits[0];
  out += '.';
  if (number.count == 1)
    out += '0';
  out.append(number.digits + 1, static_cast<std::size_t>(number.count - 1));
  out += 'E';
  append(out, static_cast<std::int64_t>(number.exponent));
}

template <class Real> void append_real(std::string &out, Real value) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::signbit(value))
    out += '-';
  const Real magnitude = std::abs(value);
  if (std::isinf(magnitude)) {
    out += "Infinity";
  } else if (magnitude == 0) {
    out += "0.0";
  } else {
    const Shortest number = shortest(magnitude);
    if (number.exponent >= -3 && number.exponent < 7)
      append_plain(out, number);
    else
      append_scientific(out, number);
  }
}

} // namespace

void append(std::string &out, double value) { append_real(out, value); }
void append(std::string &out, float value) { append_real(out, value); }

void append(std::string &out, std::int64_t value) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  out.append(buffer, end);
}

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
