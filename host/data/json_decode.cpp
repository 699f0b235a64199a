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

namespace {

// Doubles hold these exactly, so that one division by them is rounded once.
constexpr double kPowersOfTen[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                   1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};

constexpr std::int64_t kMsPerDayInclusive = 86'400'000;

} // namespace

std::string_view JsonDecoder::node_type(Token token) {
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
  suspects_ = 0;
  scanner_.reset(text);
  const Token token = scanner_.next();
  if (token == Token::Blank)
    return schema != nullptr ? finish(any(token, schema), schema) : Result<Datum>(null_datum());
  return finish(any(token, schema), schema);
}

Result<Datum> JsonDecoder::decode_member(std::string_view text, std::size_t at,
                                         const Schema *schema, Arena &arena, bool &more) {
  arena_ = &arena;
  error_.reset();
  tape_.clear();
  extents_.clear();
  suspects_ = 0;
  more = false;
  scanner_.reset_inside_object(text, at);
  const bool read = any(scanner_.next(), schema);
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
  misfits_.clear();
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

// Whether the value is what its schema does not allow, and not the text what JSON does not allow:
// then it does not matter if the same key comes again, as Connect looks at the last one only.
bool JsonDecoder::is_misfit() const {
  return error_ &&
         (error_->cause() == nullptr || error_->cause()->exception() != exception::kSerialization);
}

bool JsonDecoder::any(Token token, const Schema *schema) {
  if (token == Token::Fault)
    return false;
  return schema == nullptr ? schemaless(token, shapes_.root()) : typed(token, *schema);
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

bool JsonDecoder::typed(Token token, const Schema &schema) {
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
    return text(token, schema);
  case Type::Bytes:
    return base64(token, schema);
  case Type::Array:
    return array(token, schema);
  case Type::Map:
    return map(token, schema);
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

// What is no text is null as a string or as bytes. Whether it may be is looked at by Struct.put,
// which no longer sees what was replaced in a map.
bool JsonDecoder::null_for_other(const Schema &schema) {
  suspects_ += schema.optional() ? 0 : 1;
  tape_.null();
  return true;
}

bool JsonDecoder::text(Token token, const Schema &schema) {
  if (token == Token::String) {
    tape_.text(kept(scanner_.text()));
    return true;
  }
  return skip(token) && null_for_other(schema);
}

bool JsonDecoder::base64(Token token, const Schema &schema) {
  if (token != Token::String)
    return skip(token) && null_for_other(schema);
  if (!decode_base64(scanner_.text(), scratch_))
    return refuse("Invalid bytes field");
  tape_.bytes(Type::Bytes, arena_->copy(scratch_));
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
