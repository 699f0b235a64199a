#include "host/data/decimal.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "host/base/java_text.h"

namespace host::data {
namespace {

// A magnitude in base 2^32, least significant word first.
using Words = std::vector<std::uint32_t>;

void multiply_add(Words &words, std::uint32_t factor, std::uint32_t addend) {
  std::uint64_t carry = addend;
  for (std::uint32_t &word : words) {
    carry += std::uint64_t{word} * factor;
    word = static_cast<std::uint32_t>(carry);
    carry >>= 32;
  }
  if (carry != 0)
    words.push_back(static_cast<std::uint32_t>(carry));
}

std::uint32_t divide(Words &words, std::uint32_t divisor) {
  std::uint64_t rest = 0;
  for (std::size_t i = words.size(); i-- > 0;) {
    rest = rest << 32 | words[i];
    words[i] = static_cast<std::uint32_t>(rest / divisor);
    rest %= divisor;
  }
  while (!words.empty() && words.back() == 0)
    words.pop_back();
  return static_cast<std::uint32_t>(rest);
}

Words magnitude_of(std::string_view bytes, bool negative) {
  Words words;
  std::uint32_t carry = negative ? 1 : 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::uint32_t byte = static_cast<unsigned char>(bytes[bytes.size() - 1 - i]);
    if (negative) {
      byte = (~byte & 0xFF) + carry;
      carry = byte >> 8;
      byte &= 0xFF;
    }
    if (i % 4 == 0)
      words.push_back(0);
    words.back() |= byte << (i % 4 * 8);
  }
  while (!words.empty() && words.back() == 0)
    words.pop_back();
  return words;
}

std::string digits_of(Words words) {
  if (words.empty())
    return "0";
  std::string reversed;
  while (!words.empty()) {
    std::uint32_t group = divide(words, 1'000'000'000);
    for (int i = 0; i < 9 && (!words.empty() || group != 0); ++i, group /= 10)
      reversed += static_cast<char>('0' + group % 10);
  }
  std::reverse(reversed.begin(), reversed.end());
  return reversed;
}

// Two's complement in as few bytes as hold the sign, at least one.
std::string bytes_of_digits(std::string_view digits, bool negative) {
  Words words;
  for (const char c : digits)
    multiply_add(words, 10, static_cast<std::uint32_t>(c - '0'));
  std::string bytes;
  for (const std::uint32_t word : words)
    for (int shift = 0; shift < 32; shift += 8)
      bytes += static_cast<char>(word >> shift & 0xFF);
  bytes += '\0'; // room for the sign
  if (negative) {
    unsigned carry = 1;
    for (char &byte : bytes) {
      carry += ~static_cast<unsigned char>(byte) & 0xFFU;
      byte = static_cast<char>(carry);
      carry >>= 8;
    }
  }
  std::reverse(bytes.begin(), bytes.end());
  return std::string(minimal(bytes));
}

// A literal taken apart: value = ±digits × 10^-scale.
struct Parts {
  bool negative = false;
  std::string digits;
  std::int64_t scale = 0;
};

std::optional<Parts> take_apart(std::string_view literal) {
  Parts parts;
  parts.negative = literal.starts_with('-');
  if (parts.negative || literal.starts_with('+'))
    literal.remove_prefix(1);
  const std::size_t e = literal.find_first_of("eE");
  std::int64_t exponent = 0;
  if (e != std::string_view::npos) {
    std::string_view text = literal.substr(e + 1);
    if (text.starts_with('+'))
      text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (error != std::errc() || end != text.data() + text.size())
      return std::nullopt;
  }
  bool point = false;
  for (const char c : literal.substr(0, e)) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9')
      return std::nullopt;
    parts.digits += c;
    parts.scale += point ? 1 : 0;
  }
  if (parts.digits.empty())
    return std::nullopt;
  parts.digits.erase(0, std::min(parts.digits.find_first_not_of('0'), parts.digits.size() - 1));
  if (__builtin_sub_overflow(parts.scale, exponent, &parts.scale))
    return std::nullopt;
  return parts;
}

void append_digits(std::string &out, bool negative, std::string_view digits, std::int32_t scale) {
  if (negative)
    out += '-';
  if (scale == 0) {
    out += digits;
    return;
  }
  const auto count = static_cast<std::int64_t>(digits.size());
  const std::int64_t adjusted = count - 1 - scale;
  if (scale > 0 && adjusted >= -6) {
    const std::int64_t whole = count - scale;
    if (whole <= 0) {
      out += "0.";
      out.append(static_cast<std::size_t>(-whole), '0');
      out += digits;
    } else {
      out.append(digits.substr(0, static_cast<std::size_t>(whole)));
      out += '.';
      out.append(digits.substr(static_cast<std::size_t>(whole)));
    }
    return;
  }
  out += digits[0];
  if (count > 1) {
    out += '.';
    out.append(digits.substr(1));
  }
  if (adjusted != 0) {
    out += 'E';
    out += adjusted > 0 ? "+" : "";
    java::append(out, adjusted);
  }
}

void assign_integer(std::string &unscaled, std::int64_t value) {
  char bytes[sizeof value];
  for (std::size_t i = 0; i < sizeof bytes; ++i)
    bytes[i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (56 - 8 * i));
  unscaled.assign(minimal({bytes, sizeof bytes}));
}

// Where all fits into 64 bits: the answer, or nothing within the inner optional if digits would be
// lost.
std::optional<std::optional<std::string>> rescale_short(const Decimal &decimal,
                                                        std::int32_t scale) {
  constexpr std::int64_t kMost = 18;
  std::int64_t more = std::int64_t{scale} - decimal.scale;
  std::int64_t value = integer_of(decimal.unscaled);
  if (value == 0)
    return decimal.unscaled;
  if (more > kMost)
    return std::nullopt;
  if (more < -kMost - 1) // more digits than any such number has
    return std::optional<std::string>();
  for (; more > 0; --more)
    if (__builtin_mul_overflow(value, 10, &value))
      return std::nullopt;
  for (; more < 0; ++more, value /= 10)
    if (value % 10 != 0)
      return std::optional<std::string>();
  std::string unscaled;
  assign_integer(unscaled, value);
  return unscaled;
}

// A literal of few digits and no exponent.
bool parse_short(std::string_view literal, Decimal &out) {
  constexpr std::size_t kMost = 18;
  const bool negative = literal.starts_with('-');
  if (negative || literal.starts_with('+'))
    literal.remove_prefix(1);
  if (literal.size() > kMost + 1)
    return false;
  std::uint64_t value = 0; // a digit too many may wrap; it is counted
  std::size_t digits = 0;
  std::int32_t scale = -1; // no point yet
  for (const char c : literal) {
    if (c >= '0' && c <= '9') {
      value = value * 10 + static_cast<std::uint64_t>(c - '0');
      ++digits;
      scale += scale >= 0 ? 1 : 0;
    } else if (c == '.' && scale < 0) {
      scale = 0;
    } else {
      return false;
    }
  }
  if (digits == 0 || digits > kMost)
    return false;
  assign_integer(out.unscaled, static_cast<std::int64_t>(negative ? 0 - value : value));
  out.scale = scale < 0 ? 0 : scale;
  return true;
}

} // namespace

std::string_view minimal(std::string_view bytes) {
  const auto redundant = [&] {
    const auto first = static_cast<unsigned char>(bytes[0]);
    const bool next_negative = (bytes[1] & 0x80) != 0;
    return (first == 0 && !next_negative) || (first == 0xFF && next_negative);
  };
  while (bytes.size() > 1 && redundant())
    bytes.remove_prefix(1);
  return bytes;
}

void append_decimal(std::string &out, std::string_view unscaled, std::int32_t scale) {
  const bool negative = !unscaled.empty() && (unscaled[0] & 0x80) != 0;
  char short_digits[24];
  std::string long_digits;
  std::string_view digits;
  if (unscaled.size() <= sizeof(std::int64_t)) {
    const std::int64_t value = integer_of(unscaled);
    const std::uint64_t bits = static_cast<std::uint64_t>(value);
    const auto end =
        std::to_chars(short_digits, short_digits + sizeof short_digits, negative ? 0 - bits : bits)
            .ptr;
    digits = {short_digits, static_cast<std::size_t>(end - short_digits)};
  } else {
    long_digits = digits_of(magnitude_of(unscaled, negative));
    digits = long_digits;
  }
  append_digits(out, negative, digits, scale);
}

std::optional<Decimal> parse_decimal(std::string_view literal) {
  Decimal decimal;
  return parse_decimal(literal, decimal) ? std::optional(std::move(decimal)) : std::nullopt;
}

bool parse_decimal(std::string_view literal, Decimal &out) {
  if (parse_short(literal, out))
    return true;
  const auto parts = take_apart(literal);
  if (!parts || parts->scale < INT32_MIN || parts->scale > INT32_MAX)
    return false;
  out.unscaled = bytes_of_digits(parts->digits, parts->negative);
  out.scale = static_cast<std::int32_t>(parts->scale);
  return true;
}

std::optional<std::string> rescale(const Decimal &decimal, std::int32_t scale) {
  if (decimal.scale == scale)
    return decimal.unscaled;
  if (decimal.unscaled.size() <= sizeof(std::int64_t))
    if (const auto quick = rescale_short(decimal, scale))
      return *quick;
  const bool negative = !decimal.unscaled.empty() && (decimal.unscaled[0] & 0x80) != 0;
  std::string digits = digits_of(magnitude_of(decimal.unscaled, negative));
  if (digits == "0")
    return decimal.unscaled;
  std::int64_t more = std::int64_t{scale} - decimal.scale;
  constexpr std::int64_t kMaxZeros = 10'000; // a bound on what a hostile exponent may ask for
  if (more > kMaxZeros)
    return std::nullopt;
  for (; more < 0; ++more) {
    if (digits.back() != '0')
      return std::nullopt;
    digits.pop_back();
  }
  digits.append(static_cast<std::size_t>(more), '0');
  return bytes_of_digits(digits, negative);
}

std::string scale_mismatch(std::int32_t schema_scale, std::int32_t value_scale) {
  return "Decimal value has mismatching scale for given Decimal schema. Schema has scale " +
         std::to_string(schema_scale) + ", value has scale " + std::to_string(value_scale) + ".";
}

std::int64_t integer_of(std::string_view unscaled) {
  const bool negative = !unscaled.empty() && (unscaled[0] & 0x80) != 0;
  std::uint64_t value = negative ? ~std::uint64_t{0} : 0;
  for (const char c : unscaled)
    value = value << 8 | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(value);
}

std::string_view exponent_fault(std::string_view literal) {
  const std::size_t e = literal.find_first_of("eE");
  if (e == std::string_view::npos)
    return {};
  std::string_view digits = literal.substr(e + 1);
  if (digits.starts_with('+') || digits.starts_with('-'))
    digits.remove_prefix(1);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.size() > 10)
    return "Too many nonzero exponent digits.";
  const auto parts = take_apart(literal);
  if (!parts || parts->scale < INT32_MIN || parts->scale > INT32_MAX)
    return "Exponent overflow.";
  std::int64_t exponent = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  return exponent > INT32_MAX ? "Exponent overflow." : "";
}

std::int64_t low_bits(std::string_view literal) {
  const auto parts = take_apart(literal);
  if (!parts || parts->scale <= -64)
    return 0; // 10^64 has 64 low zero bits
  std::string_view digits = parts->digits;
  if (parts->scale > 0)
    digits.remove_suffix(std::min(digits.size(), static_cast<std::size_t>(parts->scale)));
  std::uint64_t value = 0;
  for (const char c : digits)
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  for (std::int64_t i = parts->scale; i < 0; ++i)
    value *= 10;
  return static_cast<std::int64_t>(parts->negative ? 0 - value : value);
}

} // namespace host::data
