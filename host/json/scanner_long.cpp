// The long way of strings and numbers: escapes, other scripts, many digits, limits.
#include <cstdio>

#include "host/base/utf8.h"
#include "host/json/escape.h"
#include "host/json/scanner.h"

namespace host::json {
namespace {

constexpr std::size_t kMaxNumberLength = 1000;
constexpr std::size_t kMaxNameLength = 50'000;
constexpr std::size_t kMaxStringLength = 100'000'000;

constexpr bool digit(unsigned char c) { return c >= '0' && c <= '9'; }

} // namespace

std::string Scanner::over_limit(std::string_view what, std::size_t length, std::size_t limit,
                                std::string_view getter) {
  return std::string(what) + " (" + std::to_string(length) + ") exceeds the maximum allowed (" +
         std::to_string(limit) + ", from `StreamReadConstraints." + std::string(getter) + "()`)";
}

Token Scanner::long_number(std::size_t begin, bool negative) {
  short_ = false;
  at_ = begin + (negative ? 1 : 0);
  if (!more())
    return complain(FaultKind::EndOfInput, at_, "Unexpected end-of-input in null");
  if (!digit(byte(at_)))
    return bad_sign('-');
  if (byte(at_) == '0' && at_ + 1 < input_.size() && digit(byte(at_ + 1))) {
    if (!dialect_.leading_zeros)
      return complain(FaultKind::Malformed, at_ + 1,
                      "Invalid numeric value: Leading zeroes not allowed");
    while (byte(at_) == '0' && at_ + 1 < input_.size() && digit(byte(at_ + 1)))
      ++at_;
  }
  const std::size_t digits = at_;
  std::uint64_t magnitude = 0;
  while (more() && digit(byte(at_)))
    magnitude = magnitude * 10 + (byte(at_++) - '0');
  const std::size_t count = at_ - digits;
  const auto limit = static_cast<std::uint64_t>(INT64_MAX) + (negative ? 1 : 0);
  fits_ = count < 19 || (count == 19 && magnitude <= limit);
  integer_ = negative ? 0 - magnitude : magnitude;
  bool decimal = false;
  if (!fraction_and_exponent(decimal) || !check_number_end(at_ - digits))
    return Token::Fault;
  in_place_ = digits == begin + (negative ? 1 : 0);
  if (in_place_) {
    text_ = input_.substr(begin, at_ - begin);
  } else { // leading zeros go
    scratch_.assign(negative ? "-" : "").append(input_.substr(digits, at_ - digits));
    text_ = scratch_;
  }
  return done(decimal ? Token::Decimal : Token::Integer);
}

bool Scanner::fraction_and_exponent(bool &decimal) {
  if (more() && byte(at_) == '.') {
    decimal = true;
    ++at_;
    if (!more() || !digit(byte(at_))) {
      unexpected(more() ? at_ : at_ - 1, "Decimal point not followed by a digit");
      return false;
    }
    while (more() && digit(byte(at_)))
      ++at_;
  }
  if (!more() || (byte(at_) | 0x20) != 'e')
    return true;
  decimal = true;
  ++at_;
  if (more() && (byte(at_) == '+' || byte(at_) == '-'))
    ++at_;
  if (!more()) {
    complain(FaultKind::EndOfInput, at_, "Unexpected end-of-input in null");
    return false;
  }
  if (!digit(byte(at_))) {
    unexpected(at_, "Exponent indicator not followed by a digit");
    return false;
  }
  while (more() && digit(byte(at_)))
    ++at_;
  return true;
}

bool Scanner::check_number_end(std::size_t length) {
  if (depth_ == 0 && more() &&
      std::string_view(" \t\r\n").find(input_[at_]) == std::string_view::npos) {
    unexpected(at_, "Expected space separating root-level values");
    return false;
  }
  if (length <= kMaxNumberLength)
    return true;
  // Jackson counts digits only: neither the point nor the exponent's letter and sign.
  std::size_t digits = 0;
  for (std::size_t i = at_ - length; i < at_; ++i)
    digits += digit(byte(i)) ? 1 : 0;
  if (digits <= kMaxNumberLength)
    return true;
  complain(FaultKind::Limit, at_,
           over_limit("Number value length", digits, kMaxNumberLength, "getMaxNumberLength"));
  return false;
}

bool Scanner::long_string(std::size_t begin, Where where) {
  at_ = begin;
  for (;;) {
    at_ += plain_prefix(input_.substr(at_));
    if (more() && byte(at_) >= 0x80) {
      const auto next = utf8::decode(input_.substr(at_));
      if (next.valid && !utf8::is_surrogate(next.code)) {
        at_ += next.size;
        continue;
      }
    }
    break;
  }
  if (more() && byte(at_) == '"') {
    text_ = input_.substr(begin, at_ - begin);
    in_place_ = true;
    ++at_;
  } else {
    scratch_.assign(input_.substr(begin, at_ - begin));
    if (!string_slowly(where))
      return false;
  }
  const std::size_t limit = where == Where::Name ? kMaxNameLength : kMaxStringLength;
  if (text_.size() <= limit)
    return true;
  complain(FaultKind::Limit, at_,
           where == Where::Name
               ? over_limit("Name length", text_.size(), limit, "getMaxNameLength")
               : over_limit("String value length", text_.size(), limit, "getMaxStringLength"));
  return false;
}

bool Scanner::string_slowly(Where where) {
  for (;;) {
    const std::size_t run = plain_prefix(input_.substr(at_));
    scratch_.append(input_.substr(at_, run));
    at_ += run;
    if (!more()) {
      complain(FaultKind::EndOfInput, at_,
               where == Where::Name ? "Unexpected end-of-input in field name"
                                    : "Unexpected end-of-input in VALUE_STRING");
      return false;
    }
    const unsigned char c = byte(at_);
    if (c == '"')
      break;
    if (c == '\\') {
      if (!escape(where))
        return false;
    } else if (c >= 0x80) {
      if (!wide(&scratch_))
        return false;
    } else {
      complain(FaultKind::Malformed, at_,
               "Illegal unquoted character ((CTRL-CHAR, code " + std::to_string(c) +
                   ")): has to be escaped using backslash to be included in " +
                   (where == Where::Name ? "name" : "string value"));
      return false;
    }
  }
  ++at_;
  text_ = scratch_;
  in_place_ = false;
  return true;
}

bool Scanner::escape(Where where) {
  char32_t unit = 0;
  if (!escaped_unit(unit))
    return false;
  if (where == Where::Name && utf8::is_surrogate(unit))
    return surrogates_in_name(unit);
  if (utf8::is_high_surrogate(unit) && input_.substr(at_).starts_with("\\u")) {
    const std::size_t second = at_;
    char32_t low = 0;
    at_ += 2;
    if (!hex4(low))
      return false;
    if (utf8::is_low_surrogate(low))
      unit = utf8::combine(unit, low);
    else
      at_ = second;
  }
  utf8::append(scratch_, unit);
  return true;
}

// A backslash and what belongs to it: a UTF-16 unit.
bool Scanner::escaped_unit(char32_t &unit) {
  ++at_;
  if (!more()) {
    complain(FaultKind::EndOfInput, at_, "Unexpected end-of-input in character escape sequence");
    return false;
  }
  constexpr std::string_view kEscapes = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const char c = input_[at_];
  if (const auto index = kEscapes.find(c); index != std::string_view::npos) {
    unit = static_cast<unsigned char>(kMeanings[index]);
    ++at_;
    return true;
  }
  if (c != 'u') {
    unexpected(at_, "");
    return false;
  }
  ++at_;
  return hex4(unit);
}

// Names, unlike values, must have whole pairs.
bool Scanner::surrogates_in_name(char32_t unit) {
  const auto broken = [&](const char *format, unsigned found) {
    char text[100];
    std::snprintf(text, sizeof text, format, found);
    complain(FaultKind::Malformed, at_, text);
    return false;
  };
  if (utf8::is_low_surrogate(unit))
    return broken("Unexpected low surrogate in field name: 0x%x", unit);
  if (!more()) {
    complain(FaultKind::EndOfInput, at_, "Unexpected end-of-input in field name");
    return false;
  }
  if (byte(at_) != '\\')
    return broken("Broken surrogate pair in field name: expected '\\' to start low surrogate, got "
                  "0x%x",
                  byte(at_));
  char32_t low = 0;
  if (!escaped_unit(low))
    return false;
  if (!utf8::is_low_surrogate(low))
    return broken("Broken surrogate pair in field name: expected low surrogate, got 0x%04X", low);
  utf8::append(scratch_, utf8::combine(unit, low));
  return true;
}

bool Scanner::hex4(char32_t &unit) {
  unit = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    if (!more()) {
      complain(FaultKind::EndOfInput, at_, "Unexpected end-of-input in character escape sequence");
      return false;
    }
    const unsigned char c = byte(at_);
    unsigned value = 0;
    if (digit(c))
      value = c - '0';
    else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
      value = (c | 0x20) - 'a' + 10;
    else {
      unexpected(at_, "expected a hex-digit for character escape sequence");
      return false;
    }
    unit = unit << 4 | value;
  }
  return true;
}

} // namespace host::json
