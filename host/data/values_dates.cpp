#include "host/data/values_dates.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "host/base/java_text.h"
#include "host/base/utf8.h"
#include "host/data/calendar.h"

namespace host::data {
namespace {

// Reads fields and letters of a text as SimpleDateFormat does.
class LenientReader {
public:
  explicit LenientReader(std::string_view text) : text_(text) {}

  bool letter(char expected) {
    if (!text_.starts_with(expected))
      return false;
    text_.remove_prefix(1);
    return true;
  }

  // An integer as DecimalFormat reads it: blanks before it, a minus, digits of any script, an
  // exponent, and NaN for zero.
  std::optional<std::int32_t> number() {
    while (text_.starts_with(' ') || text_.starts_with('\t'))
      text_.remove_prefix(1);
    if (text_.starts_with("NaN")) {
      text_.remove_prefix(3);
      return 0;
    }
    const bool negative = letter('-');
    const std::string digits = take_digits();
    if (digits.empty())
      return std::nullopt;
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const std::string exponent = take_exponent();
    if (!exponent.empty() || digits.size() > 18)
      return from_double(std::strtod((digits + exponent).c_str(), nullptr), negative);
    return static_cast<std::int32_t>(negative ? -value : value);
  }

private:
  // A whole number wraps, a fraction or a number beyond 64 bits saturates.
  static std::int32_t from_double(double value, bool negative) {
    if (negative)
      value = -value;
    if (value == std::trunc(value) && std::abs(value) < 9.2e18)
      return static_cast<std::int32_t>(static_cast<std::int64_t>(value));
    constexpr double kMost = std::numeric_limits<std::int32_t>::max();
    return static_cast<std::int32_t>(std::fmin(std::fmax(value, -kMost - 1), kMost));
  }

  std::string take_digits() {
    std::string digits;
    while (!text_.empty()) {
      const auto next = utf8::decode(text_);
      const int digit = java::digit_of(next.code);
      if (digit < 0)
        break;
      digits += static_cast<char>('0' + digit);
      text_.remove_prefix(next.size);
    }
    return digits;
  }

  std::string take_exponent() {
    const std::string_view before = text_;
    if (!letter('E'))
      return {};
    const std::string sign = letter('-') ? "-" : "";
    const std::string digits = take_digits();
    if (!digits.empty())
      return "e" + sign + digits;
    text_ = before;
    return {};
  }

  std::string_view text_;
};

// Patterns with one letter a field.
constexpr std::string_view kDate = "y-M-d";
constexpr std::string_view kTime = "H:m:s.SZ";
constexpr std::string_view kTimestamp = "y-M-dTH:m:s.SZ";

std::int32_t *field_of(CalendarFields &fields, char letter) {
  switch (letter) {
  case 'y':
    return &fields.year;
  case 'M':
    return &fields.month;
  case 'd':
    return &fields.day;
  case 'H':
    return &fields.hour;
  case 'm':
    return &fields.minute;
  case 's':
    return &fields.second;
  case 'S':
    return &fields.millisecond;
  default:
    return nullptr;
  }
}

std::optional<std::int64_t> read(std::string_view text, std::string_view pattern) {
  CalendarFields fields;
  LenientReader reader(text);
  for (const char letter : pattern) {
    std::int32_t *field = field_of(fields, letter);
    if (field == nullptr) {
      if (!reader.letter(letter))
        return std::nullopt;
      continue;
    }
    const auto number = reader.number();
    if (!number)
      return std::nullopt;
    *field = *number;
  }
  return epoch_ms(fields);
}

} // namespace

std::optional<Temporal> parse_temporal(std::string_view given) {
  if (given.size() < 10 || given.size() > kMaxTemporalBytes)
    return std::nullopt;
  std::string text;
  for (std::size_t i = 0; i < given.size(); ++i)
    if (given[i] != '\\' || i + 1 == given.size() || given[i + 1] != ':')
      text += given[i];
  const std::size_t length = utf8::utf16_length(text);
  const auto as = [&](Logical logical, std::string_view pattern) -> std::optional<Temporal> {
    const auto ms = read(text, pattern);
    return ms ? std::optional(Temporal{logical, *ms}) : std::nullopt;
  };
  if (length == 10)
    return as(Logical::Date, kDate);
  if (length == 13)
    return as(Logical::Time, kTime);
  return length == 24 ? as(Logical::Timestamp, kTimestamp) : std::nullopt;
}

} // namespace host::data
