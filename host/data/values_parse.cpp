// What a text is: Values.parseString.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "host/base/java_text.h"
#include "host/base/utf8.h"
#include "host/data/calendar.h"
#include "host/data/decimal.h"
#include "host/data/objects.h"
#include "host/data/values.h"
#include "host/data/values_dates.h"

namespace host::data {
namespace {

bool is_blank(std::string_view token) { return java::trim(token).empty(); }

// Digits of any script as ASCII, as BigDecimal reads them.
std::string ascii_digits(std::string_view token) {
  std::string ascii;
  while (!token.empty()) {
    const auto next = utf8::decode(token);
    const int digit = java::digit_of(next.code);
    if (digit >= 0)
      ascii += static_cast<char>('0' + digit);
    else
      ascii.append(token.substr(0, next.size));
    token.remove_prefix(next.size);
  }
  return ascii;
}

// What is plainly an integer of 64 bits, as most numbers are.
std::optional<std::int64_t> short_integer(std::string_view token) {
  constexpr std::size_t kShort = 18;
  const bool plus = token.starts_with('+');
  if (plus)
    token.remove_prefix(1);
  if (token.size() > kShort || (plus && token.starts_with('-')))
    return std::nullopt;
  std::int64_t value = 0;
  const char *end = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), end, value);
  return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

// BigDecimal.floatValue and doubleValue: infinite when too large, zero when too small.
template <class Real> Real real_of(const std::string &literal) {
  const char *begin = literal.c_str() + (literal.starts_with('+') ? 1 : 0);
  Real value = 0;
  if (std::from_chars(begin, literal.c_str() + literal.size(), value).ec == std::errc())
    return value;
  if constexpr (std::is_same_v<Real, float>)
    return std::strtof(begin, nullptr);
  else
    return std::strtod(begin, nullptr);
}

Type smallest_integer(std::int64_t value) {
  if (value == static_cast<std::int8_t>(value))
    return Type::Int8;
  if (value == static_cast<std::int16_t>(value))
    return Type::Int16;
  return value == static_cast<std::int32_t>(value) ? Type::Int32 : Type::Int64;
}

bool is_integer(Type type) { return type >= Type::Int8 && type <= Type::Int64; }
bool is_real(Type type) { return type == Type::Float32 || type == Type::Float64; }

} // namespace

class ValuesParser::Merger {
public:
  // Nulls have no schema and no say. Of two schemas of one type the later one wins; numbers widen;
  // anything else has nothing in common, and that is final.
  void merge(const Schema *latest) {
    if (latest == nullptr || !compatible_)
      return;
    if (common_ == nullptr || common_->type() == latest->type())
      common_ = latest;
    else if (is_number(common_->type()) && is_number(latest->type()))
      common_ = common_->type() < latest->type() ? latest : common_;
    else
      compatible_ = false;
  }
  // Null if there is none.
  const Schema *common() const { return compatible_ ? common_ : nullptr; }

private:
  static bool is_number(Type type) { return is_integer(type) || is_real(type); }

  const Schema *common_ = nullptr;
  bool compatible_ = true;
};

std::optional<Datum> ValuesParser::parse(std::string_view text, Arena &arena) {
  const Schema *string = Schema::primitive(Type::String, false);
  if (text.empty())
    return raw_datum(bytes_of(text), string);
  input_ = text;
  at_ = 0;
  has_ahead_ = false;
  arena_ = &arena;
  tape_.clear();
  depth_ = 0;
  too_deep_ = false;
  const Found found = value(false);
  if (too_deep_ || !found)
    return std::nullopt;
  if (found->schema == nullptr)
    return null_datum();
  if (found->schema == string)
    return raw_datum(bytes_of(text_of(tape_[0])), string);
  settle_objects(tape_.cells_to_change(), found->schema);
  return tape_.finish(arena, found->schema);
}

ValuesParser::Found ValuesParser::value(bool embedded) {
  if (!has_next()) {
    tape_.null();
    return Part{};
  }
  if (embedded && can_consume("\""))
    return quoted();
  if (literal("null", embedded)) {
    tape_.null();
    return Part{};
  }
  for (const bool flag : {true, false})
    if (literal(flag ? "true" : "false", embedded)) {
      tape_.boolean(flag);
      return Part{Schema::primitive(Type::Bool, false)};
    }
  const std::size_t start = mark();
  const std::size_t cells = tape_.size();
  const bool is_array = can_consume("[");
  if (is_array || can_consume("{")) {
    if (depth_ == kMaxDepth) {
      too_deep_ = true;
      return std::nullopt;
    }
    ++depth_;
    const Found found = is_array ? array() : map();
    --depth_;
    if (found || too_deep_)
      return found;
    tape_.truncate(cells);
    rewind(start);
  }
  const std::string_view token = next();
  if (is_blank(token))
    return text(token, Schema::primitive(Type::String, false));
  return scalar(java::trim(token), embedded);
}

// Only if it is the whole text, or a part of something.
bool ValuesParser::literal(std::string_view word, bool embedded) {
  const std::size_t start = mark();
  if (can_consume(word) && (embedded || !has_next()))
    return true;
  rewind(start);
  return false;
}

ValuesParser::Found ValuesParser::scalar(std::string_view token, bool embedded) {
  const bool digit = java::digit_of(utf8::decode(token).code) >= 0;
  if (digit)
    if (const Found found = temporal_of_tokens(token))
      return found;
  if (digit || token[0] == '+' || token[0] == '-')
    if (const Found found = number(token))
      return found;
  if (embedded)
    return std::nullopt;
  return text(input_, Schema::primitive(Type::String, false));
}

ValuesParser::Part ValuesParser::text(std::string_view text, const Schema *schema) {
  tape_.text(text);
  return {schema};
}

// Up to the next quote, or the end. Escapes stay as they are.
ValuesParser::Found ValuesParser::quoted() {
  content_.clear();
  while (has_next() && !can_consume("\""))
    content_ += next();
  if (const Found found = temporal(content_))
    return found;
  return text(arena_->copy(content_), Schema::primitive(Type::String, false));
}

// Colons cut a time into tokens: together with the next four it may be one.
ValuesParser::Found ValuesParser::temporal_of_tokens(std::string_view token) {
  const std::size_t position = mark();
  if (next(4)) {
    const std::string_view rest = input_.substr(position, mark() - position);
    if (token.size() + rest.size() <= kMaxTemporalBytes) {
      content_.assign(token).append(rest);
      if (const Found found = temporal(content_))
        return found;
    }
  }
  rewind(position);
  return temporal(token);
}

ValuesParser::Found ValuesParser::temporal(std::string_view token) {
  const auto found = parse_temporal(token);
  if (!found)
    return std::nullopt;
  tape_.cell(date_cell(found->ms, nullptr));
  if (found->logical == Logical::Date)
    return Part{date_};
  return Part{found->logical == Logical::Time ? time_ : timestamp_};
}

ValuesParser::Found ValuesParser::number(std::string_view token) {
  if (const auto small = short_integer(token))
    return whole_number(*small);
  const std::string literal = ascii_digits(token);
  const auto decimal = parse_decimal(literal);
  if (!decimal || !exponent_fault(literal).empty())
    return std::nullopt;
  if (const auto whole = rescale(*decimal, 0); whole && whole->size() <= sizeof(std::int64_t))
    return whole_number(integer_of(*whole));
  if (decimal->scale != 0) {
    if (const auto real = real_of<float>(literal); std::isfinite(real)) {
      tape_.real(Type::Float32, real);
      return Part{Schema::primitive(Type::Float32, false)};
    }
    if (const auto real = real_of<double>(literal); std::isfinite(real)) {
      tape_.real(Type::Float64, real);
      return Part{Schema::primitive(Type::Float64, false)};
    }
  }
  tape_.cell(decimal_cell(decimal->unscaled, decimal->scale, nullptr, *arena_));
  return Part{decimal_schema(decimal->scale)};
}

ValuesParser::Part ValuesParser::whole_number(std::int64_t number) {
  const Type type = smallest_integer(number);
  tape_.integer(type, number);
  return {Schema::primitive(type, false)};
}

ValuesParser::Found ValuesParser::array() {
  const std::size_t place = tape_.begin(Type::Array);
  Merger elements;
  for (std::size_t count = 0; has_next(); ++count) {
    if (can_consume("]"))
      return close_array(place, count, elements);
    if (!array_element(elements))
      return std::nullopt;
  }
  return std::nullopt; // the end is missing
}

// One element and the comma behind it, if there is one; one more may be missing before the end.
bool ValuesParser::array_element(Merger &elements) {
  if (can_consume(","))
    return false;
  const Found element = value(true);
  if (!element)
    return false;
  elements.merge(element->schema);
  const std::size_t position = mark();
  if (can_consume("]")) {
    rewind(position);
    return true;
  }
  return can_consume(",");
}

ValuesParser::Found ValuesParser::close_array(std::size_t place, std::size_t count,
                                              const Merger &elements) {
  const Schema *common = elements.common();
  std::size_t at = place + 1;
  for (std::size_t i = 0; common != nullptr && i < count; ++i) {
    if (!align(at, *common))
      return std::nullopt;
    at += extent(tape_[at]);
  }
  tape_.end(place, count);
  return Part{array_schema(common)};
}

ValuesParser::Found ValuesParser::map() {
  const std::size_t place = tape_.begin(Type::Map);
  Merger keys;
  Merger values;
  for (std::size_t count = 0; has_next(); ++count) {
    if (can_consume("}"))
      return close_map(place, count, keys, values);
    if (!map_entry(keys, values))
      return std::nullopt;
  }
  return std::nullopt;
}

bool ValuesParser::map_entry(Merger &keys, Merger &values) {
  if (can_consume(","))
    return false;
  const Found key = value(true);
  if (!key || key->schema == nullptr || !can_consume(":"))
    return false;
  const Found entry = value(true);
  if (!entry)
    return false;
  static_cast<void>(can_consume(",")); // needed by nobody
  keys.merge(key->schema);
  values.merge(entry->schema);
  return true;
}

ValuesParser::Found ValuesParser::close_map(std::size_t place, std::size_t count,
                                            const Merger &keys, const Merger &values) {
  count = drop_repeated_keys(place, count);
  const Schema *key = keys.common();
  const Schema *value = key != nullptr ? values.common() : nullptr;
  std::size_t at = place + 1;
  for (std::size_t i = 0; key != nullptr && i < count; ++i) {
    if (!align(at, *key))
      return std::nullopt;
    at += extent(tape_[at]);
    if (value != nullptr && !align(at, *value))
      return std::nullopt;
    at += extent(tape_[at]);
  }
  // Keys that were different may have become the same number.
  if (key != nullptr && is_real(key->type()))
    count = drop_repeated_keys(place, count);
  tape_.end(place, count);
  return Part{map_schema(key, value)};
}

bool ValuesParser::align(std::size_t at, const Schema &to) {
  Cell &cell = tape_[at];
  const Type type = type_of(cell);
  if (type == Type::Null)
    return false;
  if (is_integer(to.type()) || is_real(to.type()))
    return align_number(cell, to);
  return true; // lists, maps, texts and decimals are taken as they are
}

bool ValuesParser::align_number(Cell &cell, const Schema &to) {
  const bool date = object_of(cell) == Object::Date;
  if (to.logical() == Logical::None) {
    if (date)
      return false;
    const Type from = type_of(cell);
    if (is_integer(from) && is_real(to.type()))
      cell.u.d = static_cast<double>(cell.u.i);
    if (to.type() == Type::Float32)
      cell.u.d = static_cast<float>(cell.u.d);
    cell.type = static_cast<std::uint8_t>(to.type());
    return true;
  }
  if (date)
    return true;
  const std::int64_t number = cell.u.i;
  if (to.logical() == Logical::Time && (number < 0 || number > kMsPerDay))
    return false;
  cell = date_cell(to.logical() == Logical::Date ? number * kMsPerDay : number, nullptr);
  return true;
}

} // namespace host::data
