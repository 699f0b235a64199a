// What Scanner says about texts that it refuses, and the lenient corner of its UTF-8.
#include <cstdio>

#include "host/base/utf8.h"
#include "host/json/scanner.h"

namespace host::json {
namespace {

constexpr std::string_view kExpectedToken =
    "was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
constexpr std::string_view kExpectedValue =
    "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or "
    "'false')";
constexpr std::size_t kMaxTokenShown = 256;

// Java's Character.isJavaIdentifierPart and …Start, near enough for a message: all letters, and
// beyond ASCII everything that is not known to be a sign.
bool identifier_part(char32_t c) {
  if (c < 0x80)
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
           c == '$' || c <= 8 || (c >= 0x0E && c <= 0x1B) || c == 0x7F;
  if (c < 0x100)
    return c < 0xA0 || (c >= 0xA2 && c <= 0xA5) || c == 0xAA || c == 0xAD || c == 0xB5 ||
           c == 0xBA || (c >= 0xC0 && c != 0xD7 && c != 0xF7);
  return !(c >= 0x2000 && c < 0x2070) && !(c >= 0x2190 && c < 0x2C00) &&
         !(c >= 0x3000 && c < 0x3005);
}

bool identifier_start(unsigned char c) {
  return identifier_part(c) && !(c >= '0' && c <= '9') && c >= ' ' && !(c >= 0x7F && c < 0xA0) &&
         c != 0xAD;
}

std::string described(unsigned char c) {
  if (c < 0x20 || (c >= 0x7F && c < 0xA0))
    return "(CTRL-CHAR, code " + std::to_string(c) + ")";
  std::string text = "'";
  utf8::append(text, c);
  return text + "' (code " + std::to_string(c) + ")";
}

bool numeric_comment(std::string_view comment) {
  return comment.starts_with("Decimal point") || comment.starts_with("Exponent") ||
         comment.starts_with("expected digit") || comment.starts_with("JSON spec");
}

std::string hex_byte(unsigned char c) {
  char text[8];
  std::snprintf(text, sizeof text, "0x%x", c);
  return text;
}

} // namespace

Token Scanner::complain(FaultKind kind, std::size_t offset, std::string message) {
  const Place place = place_of(input_, offset);
  fault_ = {kind, offset, place.line, place.column, std::move(message)};
  faulted_ = true;
  return Token::Fault;
}

Token Scanner::unexpected(std::size_t at, std::string_view comment) {
  const std::string what = described(byte(at));
  if (comment.empty())
    return complain(FaultKind::Malformed, at, "Unrecognized character escape " + what);
  std::string text = "Unexpected character (" + what + ")";
  if (numeric_comment(comment))
    text += " in numeric value";
  return complain(FaultKind::Malformed, at, text + ": " + std::string(comment));
}

Token Scanner::unexpected_value() {
  const unsigned char c = byte(at_);
  if (c == ']' || c == '}') {
    if (depth_ == 0)
      return complain(FaultKind::Malformed, at_,
                      std::string("Unexpected close marker '") + static_cast<char>(c) +
                          "': no open " + (c == ']' ? "Array" : "Object") + " to close");
    return unexpected(at_, "expected a value");
  }
  if (c == ',' && depth_ > 0)
    return unexpected(at_, "expected a value");
  if (c == '+')
    return bad_sign('+');
  for (const std::string_view word : {"NaN", "Infinity"})
    if (input_.substr(at_).starts_with(word)) {
      const std::size_t end = at_ + word.size();
      if (end < input_.size() && identifier_part(byte(end)))
        break;
      return complain(FaultKind::Malformed, end,
                      "Non-standard token '" + std::string(word) +
                          "': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow");
    }
  if (identifier_start(c))
    return invalid_token(at_, at_);
  return unexpected(at_, kExpectedValue);
}

// A minus that no digit follows (at_ is behind it), or a plus (at_ is on it).
Token Scanner::bad_sign(char sign) {
  const std::size_t sign_at = sign == '+' ? at_ : at_ - 1;
  const std::size_t after = sign_at + 1;
  if (after >= input_.size())
    return complain(FaultKind::EndOfInput, after, "Unexpected end-of-input in a Number value");
  const unsigned char c = byte(after);
  if (c == 'I' || c == 'N') {
    const std::string_view word = c == 'I' ? "Infinity" : "NaN";
    if (!input_.substr(after).starts_with(word))
      return invalid_token(sign_at, after);
    return complain(FaultKind::Malformed, after + word.size(),
                    std::string("Non-standard token '") + sign + std::string(word) +
                        "': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow");
  }
  if (sign == '+') {
    unexpected(sign_at, "JSON spec does not allow numbers to have plus signs: enable "
                        "`JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow");
    return complain(FaultKind::Malformed, after, std::move(fault_.message));
  }
  return unexpected(after, "expected digit (0-9) to follow minus sign, for valid numeric value");
}

Token Scanner::long_literal(std::string_view word, Token token) {
  if (!input_.substr(at_).starts_with(word))
    return invalid_token(at_, at_);
  const std::size_t end = at_ + word.size();
  if (end < input_.size() && identifier_part(utf8::decode(input_.substr(end)).code) &&
      byte(end) >= '0')
    return invalid_token(at_, at_);
  at_ = end;
  return done(token);
}

// Shows the token from `from` on; decoding starts at `read_from`.
Token Scanner::invalid_token(std::size_t from, std::size_t read_from) {
  std::string shown(input_.substr(from, read_from - from));
  std::size_t at = read_from;
  if (byte(at) >= 0x80) {
    // Jackson takes the first byte for a character of its own.
    utf8::append(shown, byte(at));
    ++at;
  }
  std::size_t characters = 0;
  while (at < input_.size()) {
    const auto next = utf8::decode(input_.substr(at));
    if (!next.valid || utf8::is_surrogate(next.code)) {
      at_ = at;
      if (!wide(nullptr))
        return Token::Fault;
      break;
    }
    if (!identifier_part(next.code))
      break;
    shown.append(input_.substr(at, next.size));
    at += next.size;
    if (++characters >= kMaxTokenShown) {
      shown += "...";
      break;
    }
  }
  return complain(FaultKind::Malformed, from,
                  "Unrecognized token '" + shown + "': " + std::string(kExpectedToken));
}

Token Scanner::end_of_container() {
  const bool object = object_open();
  if (expect_ == Expect::Value)
    return complain(FaultKind::EndOfInput, at_,
                    "Unexpected end-of-input within/between Object entries");
  return complain(FaultKind::EndOfInput, at_,
                  std::string("Unexpected end-of-input: expected close marker for ") +
                      (object ? "Object" : "Array") + " (start marker at " +
                      source_text(place_of(input_, begins_[depth_])) + ")");
}

// One multi-byte character, with Jackson's leniency: overlong forms and code points above 10FFFF
// pass, surrogates do not. Appended to `copy` unless that is null.
bool Scanner::wide(std::string *copy) {
  const unsigned char first = byte(at_);
  std::size_t size = 0;
  char32_t code = 0;
  if ((first & 0xE0) == 0xC0) {
    size = 2;
    code = first & 0x1F;
  } else if ((first & 0xF0) == 0xE0) {
    size = 3;
    code = first & 0x0F;
  } else if ((first & 0xF8) == 0xF0) {
    size = 4;
    code = first & 0x07;
  } else {
    complain(FaultKind::Malformed, at_ + 1, "Invalid UTF-8 start byte " + hex_byte(first));
    return false;
  }
  for (std::size_t i = 1; i < size; ++i) {
    if (at_ + i >= input_.size()) {
      complain(FaultKind::EndOfInput, input_.size(), "Unexpected end-of-input in VALUE_STRING");
      return false;
    }
    const unsigned char c = byte(at_ + i);
    if ((c & 0xC0) != 0x80) {
      complain(FaultKind::Malformed, at_ + i + 1, "Invalid UTF-8 middle byte " + hex_byte(c));
      return false;
    }
    code = code << 6 | (c & 0x3F);
  }
  if (size == 3 && utf8::is_surrogate(code)) {
    char text[16];
    std::snprintf(text, sizeof text, "0x%x", static_cast<unsigned>(code));
    complain(FaultKind::Malformed, at_ + 3,
             std::string("Invalid UTF-8: Illegal surrogate character ") + text);
    return false;
  }
  at_ += size;
  if (copy == nullptr)
    return true;
  if (code > 0x10FFFF) {
    // As Java computes the pair, which then is none.
    utf8::append(*copy, 0xD800 | (code - 0x10000) >> 10);
    utf8::append(*copy, 0xDC00 | ((code - 0x10000) & 0x3FF));
  } else {
    utf8::append(*copy, code);
  }
  return true;
}

} // namespace host::json
