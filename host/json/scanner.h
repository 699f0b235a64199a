#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "host/json/fault.h"

namespace host::json {

enum class Token : std::uint8_t {
  ObjectBegin = 1,
  ObjectEnd,
  ArrayBegin,
  ArrayEnd,
  Key,
  String,
  Integer,
  Decimal, // has a fraction or an exponent
  True,
  False,
  Null,
  End,   // the one value of the text is complete; what follows it was not looked at
  Blank, // nothing but white space
  Fault, // see fault(); stays
};

struct Dialect {
  bool leading_zeros = false; // JsonConverter reads `007` as 7, REST refuses it
};

// Reads one JSON value from UTF-8 bytes, token by token, as Jackson reads it: the same texts pass,
// the same are refused, with the same words (contract 16.7, 17·8.2). That is why this is not
// RapidJSON's reader: it cannot take leading zeros, lone surrogates or 1,000-digit numbers, and
// says only an offset. Iterative, allocates only for strings with escapes (and keeps that memory
// for the next text). The text must outlive the reading. One thread.
class Scanner {
public:
  static constexpr std::size_t kMaxDepth = 1000;

  explicit Scanner(Dialect dialect = {}) : dialect_(dialect) {}

  // Starts over on another text; a UTF-8 byte order mark is skipped.
  void reset(std::string_view text);

  Token next();
  // The same, but at the value of a member of the outermost object, whose opening bracket begins
  // the text: for a reader that knows what is before `at`.
  void reset_inside_object(std::string_view text, std::size_t at);

  // Whether the member of this name comes next in the open object, written plainly; then it goes on
  // to its value, as after Key. Otherwise nothing is read. `name` has no character that must be
  // escaped. Much quicker than next(), where a reader knows what to expect.
  bool take_key(std::string_view name);
  // The same for the end of the open object.
  bool take_object_end();

  // A place to come back to, while the container around it is open.
  struct Mark;
  Mark mark() const;
  void rewind(const Mark &mark);

  // After End: goes on with a further value.
  void resume() { expect_ = Expect::Value; }
  // After ObjectBegin or ArrayBegin: reads up to the matching end. Anything else is complete
  // already. False on a fault.
  bool skip(Token begun);

  // Key and String: the characters; lone surrogates in their three-byte form. Integer, Decimal: the
  // literal. Good until the next call of next().
  std::string_view text() const { return text_; }
  // Whether text() lies in the input.
  bool in_place() const { return in_place_; }
  // The low 64 bits of the last Integer, which is what Java's BigInteger.longValue gives.
  std::int64_t integer() const { return static_cast<std::int64_t>(integer_); }
  // Whether integer() is the whole value.
  bool fits() const { return fits_; }
  // The last Decimal, if it has no exponent and so few digits that a double division is exact:
  // digits and how many of them are behind the point.
  struct ShortDecimal {
    std::int64_t digits;
    std::uint8_t scale;
  };
  bool is_short() const { return short_; }
  ShortDecimal short_decimal() const {
    return {static_cast<std::int64_t>(integer_), static_cast<std::uint8_t>(scale_)};
  }

  std::size_t token_begin() const { return token_begin_; }
  // Where the next token is looked for.
  std::size_t position() const { return at_; }
  std::size_t depth() const { return depth_; }
  const Fault &fault() const { return fault_; }
  std::string_view input() const { return input_; }

private:
  enum class Expect : std::uint8_t { Value = 1, FirstOrEnd, CommaOrEnd, Done };
  enum class Where : std::uint8_t { Value = 1, Name };

  bool more() const { return at_ < input_.size(); }
  unsigned char byte(std::size_t at) const { return static_cast<unsigned char>(input_[at]); }
  // False at the end of the input or on a fault.
  bool skip_space();
  bool skip_more_space();
  bool object_open() const { return (kinds_[depth_ >> 6] >> (depth_ & 63) & 1) != 0; }

  bool comma();
  Token object_key();
  Token value();
  Token begin(bool object);
  Token close(char bracket);
  Token number();
  Token long_number(std::size_t begin, bool negative);
  bool fraction_and_exponent(bool &decimal);
  bool check_number_end(std::size_t digits_and_more);
  Token literal(std::string_view word, Token token);
  Token long_literal(std::string_view word, Token token);
  bool string(Where where);
  bool long_string(std::size_t begin, Where where);
  bool string_slowly(Where where);
  bool escape(Where where);
  bool escaped_unit(char32_t &unit);
  bool surrogates_in_name(char32_t unit);
  bool hex4(char32_t &unit);
  bool wide(std::string *copy);
  Token done(Token token);

  static std::string over_limit(std::string_view what, std::size_t length, std::size_t limit,
                                std::string_view getter);
  Token complain(FaultKind kind, std::size_t offset, std::string message);
  Token unexpected(std::size_t at, std::string_view comment);
  Token unexpected_value();
  Token bad_sign(char sign);
  Token invalid_token(std::size_t from, std::size_t read_from);
  Token end_of_container();

  Dialect dialect_;
  std::string_view input_;
  std::size_t at_ = 0;
  std::size_t token_begin_ = 0;
  std::size_t depth_ = 0; // containers open; kinds_ and begins_ are indexed from 1
  Expect expect_ = Expect::Value;
  bool in_place_ = true;
  bool fits_ = true;
  bool short_ = false;
  std::size_t scale_ = 0;
  std::uint64_t integer_ = 0;
  std::string_view text_;
  std::string scratch_;
  Fault fault_;
  bool faulted_ = false;
  std::array<std::uint64_t, kMaxDepth / 64 + 1> kinds_{}; // bit set: object
  std::array<std::size_t, kMaxDepth + 1> begins_{};
};

struct Scanner::Mark {
  std::size_t at = 0;
  std::size_t depth = 0;
  Expect expect = Expect::Value;
};

inline Token Scanner::done(Token token) {
  expect_ = depth_ == 0 ? Expect::Done : Expect::CommaOrEnd;
  return token;
}

// Names are short, and a call of memcmp is long.
inline bool equal_bytes(const char *a, const char *b, std::size_t size) {
  const auto same = [&]<class Word>(Word, std::size_t at) {
    Word x, y;
    std::memcpy(&x, a + at, sizeof x);
    std::memcpy(&y, b + at, sizeof y);
    return x == y;
  };
  if (size > 16)
    return std::memcmp(a, b, size) == 0;
  if (size >= 8)
    return same(std::uint64_t{}, 0) && same(std::uint64_t{}, size - 8);
  if (size >= 4)
    return same(std::uint32_t{}, 0) && same(std::uint32_t{}, size - 4);
  for (std::size_t i = 0; i < size; ++i)
    if (a[i] != b[i])
      return false;
  return true;
}

inline bool Scanner::take_key(std::string_view name) {
  const char *at = input_.data() + at_;
  const char *end = input_.data() + input_.size();
  // A comma, two blanks, two quotes and a colon at most.
  if (static_cast<std::size_t>(end - at) < name.size() + 7)
    return false;
  if (expect_ == Expect::CommaOrEnd) {
    if (*at++ != ',')
      return false;
    at += *at == ' ' ? 1 : 0;
  } else if (expect_ != Expect::FirstOrEnd) {
    return false;
  }
  if (*at != '"' || !equal_bytes(at + 1, name.data(), name.size()))
    return false;
  text_ = {at + 1, name.size()};
  in_place_ = true;
  at += name.size() + 1;
  if (at[0] != '"' || at[1] != ':')
    return false;
  at += 2;
  at += *at == ' ' ? 1 : 0;
  at_ = static_cast<std::size_t>(at - input_.data());
  expect_ = Expect::Value;
  return true;
}

inline bool Scanner::take_object_end() {
  if (at_ >= input_.size() || input_[at_] != '}' || expect_ == Expect::Value)
    return false;
  ++at_;
  --depth_;
  expect_ = depth_ == 0 ? Expect::Done : Expect::CommaOrEnd;
  return true;
}

inline Scanner::Mark Scanner::mark() const { return {at_, depth_, expect_}; }

inline void Scanner::rewind(const Mark &mark) {
  at_ = mark.at;
  depth_ = mark.depth;
  expect_ = mark.expect;
}

} // namespace host::json
