#include "host/json/scanner.h"

#include "host/base/utf8.h"
#include "host/json/escape.h"

namespace host::json {
namespace {

// So long names and texts take the long way, where limits are checked.
constexpr std::size_t kMaxPlainLength = 50'000;

constexpr bool digit(unsigned char c) { return c >= '0' && c <= '9'; }

} // namespace

void Scanner::reset(std::string_view text) {
  input_ = text;
  at_ = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  if (at_ == text.size())
    at_ = 0; // a mark alone is not a document
  token_begin_ = at_;
  depth_ = 0;
  expect_ = Expect::Value;
  faulted_ = false;
}

void Scanner::reset_inside_object(std::string_view text, std::size_t at) {
  reset(text);
  at_ = at;
  depth_ = 1;
  kinds_[0] |= 2;
  begins_[1] = 0;
}

// What follows up to next() is called for every token and inlined there.
[[gnu::always_inline]] inline bool Scanner::skip_space() {
  if (more() && byte(at_) > ' ' && byte(at_) != '/') [[likely]]
    return true;
  return skip_more_space();
}

bool Scanner::skip_more_space() {
  for (; more(); ++at_) {
    const unsigned char c = byte(at_);
    if (c > ' ' && c != '/')
      return true;
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
      continue;
    if (c == '/')
      unexpected(at_, "maybe a (non-standard) comment? (not recognized as one since Feature "
                      "'ALLOW_COMMENTS' not enabled for parser)");
    else
      complain(FaultKind::Malformed, at_ + 1,
               "Illegal character ((CTRL-CHAR, code " + std::to_string(c) +
                   ")): only regular white space (\\r, \\n, \\t) is allowed between tokens");
    return false;
  }
  return false;
}

// A string without escapes that ends before long; the rest is string_slowly's.
[[gnu::always_inline]] inline bool Scanner::string(Where where) {
  const std::size_t begin = at_;
  at_ += plain_prefix(input_.substr(at_));
  if (more() && byte(at_) == '"' && at_ - begin <= kMaxPlainLength) [[likely]] {
    text_ = input_.substr(begin, at_ - begin);
    in_place_ = true;
    ++at_;
    return true;
  }
  return long_string(begin, where);
}

[[gnu::always_inline]] inline Token Scanner::object_key() {
  if (byte(at_) != '"')
    return unexpected(at_, "was expecting double-quote to start field name");
  ++at_;
  if (!string(Where::Name))
    return Token::Fault;
  if (!skip_space())
    return faulted_ ? Token::Fault
                    : complain(FaultKind::EndOfInput, at_,
                               "Unexpected end-of-input within/between Object entries");
  if (byte(at_) != ':')
    return unexpected(at_, "was expecting a colon to separate field name and value");
  ++at_;
  expect_ = Expect::Value;
  return Token::Key;
}

// An integer of at most eighteen digits, or a fraction of as many; anything else is long_number's.
[[gnu::always_inline]] inline Token Scanner::number() {
  constexpr std::size_t kShort = 18;
  const char *const data = input_.data();
  const std::size_t size = input_.size();
  const bool negative = data[at_] == '-';
  const std::size_t first = at_ + (negative ? 1 : 0);
  std::size_t at = first;
  std::uint64_t magnitude = 0;
  for (; at < size && digit(static_cast<unsigned char>(data[at])); ++at)
    magnitude = magnitude * 10 + static_cast<unsigned char>(data[at] - '0');
  const std::size_t whole = at - first;
  const bool zeros = whole > 1 && data[first] == '0';
  if (whole == 0 || whole > kShort || zeros || at == size || depth_ == 0)
    return long_number(at_, negative);
  Token token = Token::Integer;
  if (data[at] == '.') {
    const std::size_t point = at++;
    for (; at < size && digit(static_cast<unsigned char>(data[at])); ++at)
      magnitude = magnitude * 10 + static_cast<unsigned char>(data[at] - '0');
    scale_ = at - point - 1;
    if (scale_ == 0 || whole + scale_ > kShort || at == size)
      return long_number(at_, negative);
    token = Token::Decimal;
  }
  if ((data[at] | 0x20) == 'e')
    return long_number(at_, negative);
  short_ = token == Token::Decimal;
  fits_ = true;
  in_place_ = true;
  integer_ = negative ? 0 - magnitude : magnitude;
  text_ = input_.substr(at_, at - at_);
  at_ = at;
  return done(token);
}

[[gnu::always_inline]] inline Token Scanner::literal(std::string_view word, Token token) {
  const std::size_t end = at_ + word.size();
  if (end < input_.size() && std::memcmp(input_.data() + at_, word.data(), word.size()) == 0 &&
      (input_[end] == ',' || input_[end] == '}' || input_[end] == ']')) [[likely]] {
    at_ = end;
    return done(token);
  }
  return long_literal(word, token);
}

[[gnu::always_inline]] inline Token Scanner::value() {
  const unsigned char c = byte(at_);
  switch (c) {
  case '"':
    ++at_;
    return string(Where::Value) ? done(Token::String) : Token::Fault;
  case '{':
    return begin(true);
  case '[':
    return begin(false);
  case 't':
    return literal("true", Token::True);
  case 'f':
    return literal("false", Token::False);
  case 'n':
    return literal("null", Token::Null);
  case '-':
    return number();
  default:
    return digit(c) ? number() : unexpected_value();
  }
}

Token Scanner::next() {
  if (faulted_)
    return Token::Fault;
  if (expect_ == Expect::Done)
    return Token::End;
  if (!skip_space()) {
    if (faulted_)
      return Token::Fault;
    if (depth_ == 0)
      return Token::Blank;
    return end_of_container();
  }
  token_begin_ = at_;
  if (expect_ != Expect::Value) {
    const unsigned char c = byte(at_);
    if (c == '}' || c == ']')
      return close(static_cast<char>(c));
    if (expect_ == Expect::CommaOrEnd && !comma())
      return Token::Fault;
    if (object_open())
      return object_key();
  }
  return value();
}

// The comma between two entries and the space behind it.
bool Scanner::comma() {
  const bool object = object_open();
  if (byte(at_) != ',') {
    unexpected(at_, object ? "was expecting comma to separate Object entries"
                           : "was expecting comma to separate Array entries");
    return false;
  }
  ++at_;
  if (!skip_space()) {
    if (!faulted_)
      complain(FaultKind::Malformed, at_,
               object ? "Unexpected end-of-input within/between Object entries"
                      : "Unexpected end-of-input within/between Array entries");
    return false;
  }
  token_begin_ = at_;
  return true;
}

Token Scanner::begin(bool object) {
  if (depth_ == kMaxDepth)
    return complain(
        FaultKind::Limit, at_,
        over_limit("Document nesting depth", kMaxDepth + 1, kMaxDepth, "getMaxNestingDepth"));
  ++depth_;
  const std::uint64_t bit = std::uint64_t{1} << (depth_ & 63);
  if (object)
    kinds_[depth_ >> 6] |= bit;
  else
    kinds_[depth_ >> 6] &= ~bit;
  begins_[depth_] = at_++;
  expect_ = Expect::FirstOrEnd;
  return object ? Token::ObjectBegin : Token::ArrayBegin;
}

Token Scanner::close(char bracket) {
  const bool object = object_open();
  if (object != (bracket == '}'))
    return complain(FaultKind::Malformed, at_,
                    std::string("Unexpected close marker '") + bracket + "': expected '" +
                        (object ? '}' : ']') + "' (for " + (object ? "Object" : "Array") +
                        " starting at " + source_text(place_of(input_, begins_[depth_])) + ")");
  ++at_;
  --depth_;
  return done(object ? Token::ObjectEnd : Token::ArrayEnd);
}

bool Scanner::skip(Token begun) {
  if (begun != Token::ObjectBegin && begun != Token::ArrayBegin)
    return begun != Token::Fault;
  const std::size_t outer = depth_ - 1;
  while (depth_ > outer)
    if (next() == Token::Fault)
      return false;
  return true;
}

} // namespace host::json
