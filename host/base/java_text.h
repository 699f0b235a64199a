#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace host::java {

// Numbers as Java's `toString` prints them (contract 16.2), with the shortest digits that read back
// to the same value: `1.1`, `100.0`, `1.0E10`, `NaN`, `-Infinity`.
// write() gives the end of what it wrote; there must be room for kMostDigits.
inline constexpr std::size_t kMostDigits = 32;
char *write(char *to, double value);
char *write(char *to, float value);
char *write(char *to, std::int64_t value);
void append(std::string &out, double value);
void append(std::string &out, float value);
void append(std::string &out, std::int64_t value);
std::string text(double value);
std::string text(float value);

// Java's `String.hashCode`, over UTF-16 units.
std::int32_t hash(std::string_view utf8);
// `HashMap`'s spread of a hash; its bucket is `spread(h) & (buckets - 1)`.
constexpr std::uint32_t spread(std::int32_t hash) {
  const auto bits = static_cast<std::uint32_t>(hash);
  return bits ^ bits >> 16;
}
// How many buckets a HashMap has that started empty and got `entries` entries (contract 16.1).
constexpr std::uint32_t buckets(std::size_t entries) {
  std::uint32_t count = 16;
  while (entries > count / 4 * 3)
    count *= 2;
  return count;
}

// `Character.digit(char, 10)`: the value of a decimal digit of any script, -1 for anything else and
// beyond U+FFFF.
int digit_of(char32_t code);
// `Long.parseLong`: an optional sign and decimal digits of any script, nothing else, 64 bits.
std::optional<std::int64_t> parse_integer(std::string_view text);
// `Double.parseDouble`: trims; accepts exponents, a suffix of `f F d D`, hexadecimal floats, `NaN`
// and `Infinity`.
std::optional<double> parse_double(std::string_view text);
// `Float.parseFloat`: the same, rounded once.
std::optional<float> parse_float(std::string_view text);

// `String.trim`: takes off characters up to U+0020 at both ends.
std::string_view trim(std::string_view text);

} // namespace host::java
