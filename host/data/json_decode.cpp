#include "host/data/json_decode.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "host/base/java_text.h"
#include "host/data/base64.h"
#include "host/data/decimal.h"
#include "host/data/objects.h"

namespace host::data {

using json::Token;

// The way from a struct's field to a value inside it: `element of array field: "f"`.
struct JsonDecoder::Where {
  std::string_view what;
  const Where *outer = nullptr;
  std::string_view field;

  std::string text() const {
    if (outer == nullptr)
      return "field: \"" + std::string(field) + "\"";
    return std::string(what) + outer->text();
  }
};

namespace {

std::string_view node_type(Token token) {
  switch (token) {
  case Token::ObjectBegin:
    return "OBJECT";
  case Token::ArrayBegin:
    return "ARRAY";
  case Token::String:
    return "STRING";
  case Token::Integer:
  case Token::Decimal:
    return "NUMBER";
  case Token::True:
  case Token::False:
    return "BOOLEAN";
  case Token::Null:
    return "NULL";
  default:
    return "MISSING";
  }
}

// Doubles hold these exactly, so that one division by them is rounded once.
constexpr double kPowersOfTen[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                   1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};

constexpr std::int64_t kMsPerDayInclusive = 86'400'000;

std::uint32_t java_hash(const Cell &cell) {
  switch (type_of(cell)) {
  case Type::Bool:
    return cell.u.i != 0 ? 1231 : 1237;
  case Type::String:
    return static_cast<std::uint32_t>(java::hash(text_of(cell)));
  case Type::Int64:
    return static_cast<std::uint32_t>(cell.u.i) ^
           static_cast<std::uint32_t>(static_cast<std::uint64_t>(cell.u.i) >> 32);
  case Type::Float32: {
    const auto number = static_cast<float>(cell.u.d);
    return std::bit_cast<std::uint32_t>(number);
  }
  case Type::Float64: {
    const auto bits = std::bit_cast<std::uint64_t>(cell.u.d);
    return static_cast<std::uint32_t>(bits ^ bits >> 32);
  }
  case Type::Int8:
  case Type::Int16:
  case Type::Int32:
    return static_cast<std::uint32_t>(cell.u.i);
  default:
    return 0; // objects that hash by address or by their schema: kept in the order of the text
  }
}

} // namespace

Error JsonDecoder::serialization_error(const json::Fault &fault, std::string what) {
  Error cause = fault.to_error();
  std::string text = std::string(cause.exception()) + ": " + cause.message();
  return std::move(cause)
      .wrap(Code::Data, exception::kSerialization, std::move(text))
      .wrap(Code::Data, exception::kData, std::move(what));
}

Result<Datum> JsonDecoder::decode(std::string_view text, const Schema *schema, Arena &arena) {
  arena_ = &arena;
  error_.reset();
  tape_.clear();
  extents_.clear();
  scanner_.reset(text);
  const Token token = scanner_.next();
  if (token == Token::Blank)
    return schema != nullptr ? finish(any(token, schema, nullptr), schema)
                             : Result<Datum>(null_datum());
  return finish(any(token, schema, nullptr), schema);
}

Result<Datum> JsonDecoder::decode_member(std::string_view text, std::size_t at,
                                         const Schema *schema, Arena &arena, bool &more) {
  arena_ = &arena;
  error_.reset();
  tape_.clear();
  extents_.clear();
  more = false;
  scanner_.reset_inside_object(text, at);
  const bool read = any(scanner_.next(), schema, nullptr);
  if (read) {
    const Token token = scanner_.next();
    more = token == Token::Key;
    if (token == Token::Fault)
      return fail(serialization_error(scanner_.fault()));
  }
  return finish(read, schema);
}

Result<Datum> JsonDecoder::finish(bool read, const Schema *schema) {
  if (read)
    return tape_.finish(*arena_, schema);
  order_ = HashOrder();
  marks_.clear();
  // Connect parses the whole text before it looks at the data: a fault further on comes first.
  if (error_ && error_->exception() == exception::kData) {
    json::Scanner rest(json::Dialect{.leading_zeros = true});
    rest.reset(scanner_.input());
    rest.skip(rest.next());
    if (rest.next() == Token::Fault)
      return fail(serialization_error(rest.fault()));
  }
  if (error_)
    return fail(*std::move(error_));
  return fail(serialization_error(scanner_.fault()));
}

bool JsonDecoder::refuse(std::string message) {
  error_.emplace(Code::Data, exception::kData, std::move(message));
  return false;
}

bool JsonDecoder::any(Token token, const Schema *schema, const Where *where) {
  if (token == Token::Fault)
    return false;
  return schema == nullptr ? schemaless(token, shapes_.root()) : typed(token, *schema, where);
}

bool JsonDecoder::schemaless(Token token, JsonSlot &slot) {
  switch (token) {
  case Token::String:
    tape_.text(kept(scanner_.text()));
    return true;
  case Token::Integer:
    tape_.integer(Type::Int64, scanner_.integer());
    return true;
  case Token::Decimal:
    if (scanner_.is_short()) {
      tape_.real(Type::Float64, real_of_literal());
      return true;
    }
    if (!number_is_sane())
      return false;
    tape_.real(Type::Float64, real_of_literal());
    return true;
  case Token::True:
  case Token::False:
    tape_.boolean(token == Token::True);
    return true;
  case Token::Null:
    tape_.null();
    return true;
  case Token::ArrayBegin:
    return free_array(slot);
  case Token::ObjectBegin:
    return free_object(slot);
  default:
    return false;
  }
}

bool JsonDecoder::absent(const Schema &schema) {
  if (schema.has_default() && options_.replace_null_with_default) {
    const Datum &fallback = schema.default_value();
    tape_.append({fallback.cells, fallback.n_cells});
    return true;
  }
  if (!schema.optional())
    return refuse("Invalid null value for required " + std::string(name_of(schema.type())) +
                  " field");
  tape_.null();
  return true;
}

bool JsonDecoder::typed(Token token, const Schema &schema, const Where *where) {
  if (token == Token::Null)
    return absent(schema);
  if (schema.logical() != Logical::None)
    return logical(token, schema);
  switch (schema.type()) {
  case Type::Bool:
    tape_.boolean(token == Token::True);
    return skip(token);
  case Type::Int8:
  case Type::Int16:
  case Type::Int32:
  case Type::Int64:
    return whole_number(token, schema.type());
  case Type::Float32:
  case Type::Float64:
    return real_number(token, schema.type());
  case Type::String:
    return text(token, schema, where);
  case Type::Bytes:
    return base64(token, schema, where);
  case Type::Array:
    return array(token, schema, where);
  case Type::Map:
    return map(token, schema, where);
  default:
    return structure(token, schema);
  }
}

// Jackson gives 0 for what is no number.
bool JsonDecoder::whole_number(Token token, Type type) {
  std::int64_t value = 0;
  if (token == Token::Integer) {
    value = scanner_.integer();
  } else if (token == Token::Decimal) {
    if (!number_is_sane())
      return false;
    value = low_bits(scanner_.text());
  } else if (!skip(token)) {
    return false;
  }
  if (type == Type::Int8)
    value = static_cast<std::int8_t>(value);
  else if (type == Type::Int16)
    value = static_cast<std::int16_t>(value);
  else if (type == Type::Int32)
    value = static_cast<std::int32_t>(value);
  tape_.integer(type, value);
  return true;
}

bool JsonDecoder::real_number(Token token, Type type) {
  double value = 0;
  if (token == Token::Integer && scanner_.fits()) {
    const std::int64_t number = scanner_.integer();
    value = type == Type::Float32 ? static_cast<double>(static_cast<float>(number))
                                  : static_cast<double>(number);
  } else if (token == Token::Integer || token == Token::Decimal) {
    if (!number_is_sane())
      return false;
    if (type == Type::Float64)
      value = real_of_literal();
    else
      value = float_of_literal();
    if (value == 0) // the literal's own zero has no sign
      value = std::copysign(0.0, real_of_literal() == 0 ? real_of_literal() : value);
  } else if (!skip(token)) {
    return false;
  }
  tape_.real(type, value);
  return true;
}

// Decimals go through BigDecimal, which has no negative zero: `-0.0` is 0.0, but `-1e-400` -0.0.
double JsonDecoder::real_of_literal() const {
  if (scanner_.is_short()) {
    const auto [digits, scale] = scanner_.short_decimal();
    constexpr std::int64_t kExact = std::int64_t{1} << 53;
    if (digits >= -kExact && digits <= kExact)
      return digits == 0 ? 0 : static_cast<double>(digits) / kPowersOfTen[scale];
  }
  const std::string_view literal = scanner_.text();
  double value = 0;
  const auto result = std::from_chars(literal.data(), literal.data() + literal.size(), value);
  if (result.ec == std::errc::result_out_of_range)
    value = std::strtod(std::string(literal).c_str(), nullptr);
  if (value == 0 && literal.substr(0, literal.find_first_of("eE")).find_first_of("123456789") ==
                        std::string_view::npos)
    return 0;
  return value;
}

double JsonDecoder::float_of_literal() const {
  const std::string_view literal = scanner_.text();
  float value = 0;
  const auto result = std::from_chars(literal.data(), literal.data() + literal.size(), value);
  if (result.ec == std::errc::result_out_of_range)
    value = std::strtof(std::string(literal).c_str(), nullptr);
  return value;
}

// BigDecimal's limits on exponents.
bool JsonDecoder::number_is_sane() {
  const std::string_view literal = scanner_.text();
  const std::size_t e = literal.find_first_of("eE");
  if (e == std::string_view::npos || literal.size() - e < 10)
    return true;
  const std::string_view fault = exponent_fault(literal);
  if (fault.empty())
    return true;
  std::string message =
      "Value \"" + std::string(literal) +
      "\" can not be deserialized as `java.math.BigDecimal`, reason:  " + std::string(fault);
  std::string outer = "java.lang.NumberFormatException: " + message;
  error_ = Error(Code::Data, "java.lang.NumberFormatException", std::move(message))
               .wrap(Code::Data, exception::kSerialization, std::move(outer))
               .wrap(Code::Data, exception::kData,
                     "Converting byte[] to Kafka Connect data failed due to serialization error: ");
  return false;
}

bool JsonDecoder::null_where_required(const Schema &schema, const Where *where) {
  if (where != nullptr && !schema.optional())
    return refuse("Invalid value: null used for required " + where->text() +
                  ", schema type: " + std::string(name_of(schema.type())));
  tape_.null();
  return true;
}

bool JsonDecoder::text(Token token, const Schema &schema, const Where *where) {
  if (token == Token::String) {
    tape_.text(kept(scanner_.text()));
    return true;
  }
  return skip(token) && null_where_required(schema, where);
}

bool JsonDecoder::base64(Token token, const Schema &schema, const Where *where) {
  if (token != Token::String)
    return skip(token) && null_where_required(schema, where);
  if (!decode_base64(scanner_.text(), scratch_))
    return refuse("Invalid bytes field");
  tape_.bytes(Type::Bytes, arena_->copy(scratch_));
  return true;
}

// An object stands for its members' values, a scalar for no elements.
bool JsonDecoder::array(Token token, const Schema &schema, const Where *where) {
  const Where element{"element of array ", where, {}};
  const Where *inner = where != nullptr ? &element : nullptr;
  const std::size_t place = tape_.begin(Type::Array);
  std::size_t count = 0;
  if (token == Token::ArrayBegin || token == Token::ObjectBegin) {
    for (;;) {
      const Token next = scanner_.next();
      if (next == Token::ArrayEnd || next == Token::ObjectEnd)
        break;
      if (next == Token::Key)
        continue;
      if (!any(next, schema.value_schema(), inner))
        return false;
      ++count;
    }
  } else if (!skip(token)) {
    return false;
  }
  tape_.end(place, count);
  return true;
}

bool JsonDecoder::map(Token token, const Schema &schema, const Where *where) {
  const bool objects =
      schema.key_schema() == nullptr || schema.key_schema()->type() == Type::String;
  if (objects && token != Token::ObjectBegin)
    return refuse("Maps with string fields should be encoded as JSON objects, but found " +
                  std::string(node_type(token)));
  if (!objects && token != Token::ArrayBegin)
    return refuse(
        "Maps with non-string fields should be encoded as JSON array of tuples, but found " +
        std::string(node_type(token)));
  const std::size_t place = tape_.begin(Type::Map);
  const std::size_t mark = order_.mark();
  const bool read = objects ? object_map(schema, where) : pair_map(schema, where);
  if (!read)
    return false;
  tape_.end(place, order_.arrange(mark, tape_));
  return true;
}

bool JsonDecoder::object_map(const Schema &schema, const Where *where) {
  const Where value{"value of map ", where, {}};
  for (;;) {
    const Token token = scanner_.next();
    if (token == Token::ObjectEnd)
      return true;
    if (token == Token::Fault)
      return false;
    order_.add(java::spread(java::hash(scanner_.text())), tape_.size());
    tape_.text(kept(scanner_.text()));
    if (!any(scanner_.next(), schema.value_schema(), where != nullptr ? &value : nullptr))
      return false;
  }
}

bool JsonDecoder::pair_map(const Schema &schema, const Where *where) {
  for (;;) {
    const Token token = scanner_.next();
    if (token == Token::ArrayEnd)
      return true;
    if (token == Token::Fault)
      return false;
    if (token != Token::ArrayBegin)
      return refuse("Found invalid map entry instead of array tuple: " +
                    std::string(node_type(token)));
    const std::size_t begin = tape_.size();
    if (!pair(schema, where))
      return false;
    order_.add(java::spread(static_cast<std::int32_t>(java_hash(tape_[begin]))), begin);
  }
}

bool JsonDecoder::pair(const Schema &schema, const Where *where) {
  const Where key{"key of map ", where, {}};
  const Where value{"value of map ", where, {}};
  // Connect counts before it converts.
  const auto begin = scanner_.mark();
  std::size_t count = 0;
  for (Token token = scanner_.next(); token != Token::ArrayEnd; token = scanner_.next(), ++count)
    if (!skip(token))
      return false;
  if (count != 2)
    return refuse("Found invalid map entry, expected length 2 but found :" + std::to_string(count));
  scanner_.rewind(begin);
  return any(scanner_.next(), schema.key_schema(), where != nullptr ? &key : nullptr) &&
         any(scanner_.next(), schema.value_schema(), where != nullptr ? &value : nullptr) &&
         scanner_.next() == Token::ArrayEnd;
}

// Members in the schema's order, as nearly everybody writes them, are read as they come; else the
// places of the members are noted first.
bool JsonDecoder::structure(Token token, const Schema &schema) {
  if (token != Token::ObjectBegin)
    return refuse("Structs should be encoded as JSON objects, but found " +
                  std::string(node_type(token)));
  const auto fields = schema.fields();
  const std::size_t place = tape_.begin(Type::Struct);
  const auto start = scanner_.mark();
  const auto any_order = [&] {
    scanner_.rewind(start);
    tape_.truncate(place + 1);
    return structure_in_any_order(schema, place);
  };
  std::size_t next = 0;
  for (;;) {
    if (schema.plain_names())
      for (; next < fields.size() && scanner_.take_key(fields[next].name); ++next) {
        const Where where{{}, nullptr, fields[next].name};
        if (!any(scanner_.next(), fields[next].schema, &where))
          return false;
      }
    const Token key = scanner_.next();
    if (key == Token::ObjectEnd)
      break;
    if (key == Token::Fault)
      return false;
    if (next >= fields.size() || scanner_.text() != fields[next].name) {
      if (schema.field_index(scanner_.text()) >= 0)
        return any_order();
      if (!skip(scanner_.next()))
        return false;
      continue;
    }
    const Where where{{}, nullptr, fields[next].name};
    if (!any(scanner_.next(), fields[next].schema, &where))
      return false;
    ++next;
  }
  for (; next < fields.size(); ++next)
    if (!absent(*fields[next].schema))
      return false;
  tape_.end(place, fields.size());
  return true;
}

bool JsonDecoder::structure_in_any_order(const Schema &schema, std::size_t place) {
  const auto fields = schema.fields();
  const std::size_t base = marks_.size();
  marks_.resize(base + fields.size());
  for (;;) {
    const Token key = scanner_.next();
    if (key == Token::ObjectEnd)
      break;
    if (key == Token::Fault)
      return false;
    const std::int32_t index = schema.field_index(scanner_.text());
    if (index >= 0)
      marks_[base + static_cast<std::size_t>(index)] = scanner_.mark();
    if (!skip(scanner_.next()))
      return false;
  }
  const auto end = scanner_.mark();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!marks_[base + i]) {
      if (!absent(*fields[i].schema))
        return false;
      continue;
    }
    scanner_.rewind(*marks_[base + i]);
    const Where where{{}, nullptr, fields[i].name};
    if (!any(scanner_.next(), fields[i].schema, &where))
      return false;
  }
  scanner_.rewind(end);
  marks_.resize(base);
  tape_.end(place, fields.size());
  return true;
}

bool JsonDecoder::logical(Token token, const Schema &schema) {
  const auto wrong = [&](std::string_view name, std::string_view wanted) {
    return refuse("Invalid type for " + std::string(name) +
                  ", underlying representation should be " + std::string(wanted) + " but was " +
                  std::string(node_type(token)));
  };
  switch (schema.logical()) {
  case Logical::Decimal:
    return decimal(token, schema);
  case Logical::Timestamp:
    if (token != Token::Integer)
      return wrong("Timestamp", "integral");
    tape_.integer(Type::Int64, scanner_.integer());
    return true;
  default:
    break;
  }
  const bool time = schema.logical() == Logical::Time;
  const bool fits = token == Token::Integer && scanner_.fits() &&
                    scanner_.integer() == static_cast<std::int32_t>(scanner_.integer());
  if (!fits)
    return wrong(time ? "Time" : "Date", "integer");
  if (time && (scanner_.integer() < 0 || scanner_.integer() > kMsPerDayInclusive))
    return refuse(
        "Time values must use number of milliseconds greater than 0 and less than 86400000");
  tape_.integer(Type::Int32, scanner_.integer());
  return true;
}

// A number keeps its own scale, whatever the schema says, as Connect keeps it.
bool JsonDecoder::decimal(Token token, const Schema &schema) {
  if (token == Token::String) {
    constexpr const char *kInvalid = "Invalid bytes for Decimal field";
    if (!decode_base64(scanner_.text(), scratch_) || scratch_.empty())
      return refuse(kInvalid);
    if (!schema.scale()) {
      error_ = scale_fault(schema).wrap(Code::Data, exception::kData, kInvalid);
      return false;
    }
    tape_.bytes(Type::Bytes, arena_->copy(minimal(scratch_)));
    return true;
  }
  if (token != Token::Integer && token != Token::Decimal)
    return refuse("Invalid type for Decimal, underlying representation should be numeric or bytes "
                  "but was " +
                  std::string(node_type(token)));
  if (!number_is_sane())
    return false;
  if (!parse_decimal(scanner_.text(), number_))
    return refuse("Invalid bytes for Decimal field");
  tape_.cell(decimal_cell(number_.unscaled, number_.scale, &schema, *arena_));
  return true;
}

} // namespace host::data
