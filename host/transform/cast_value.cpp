#include "host/transform/cast_value.h"

#include <cmath>
#include <limits>
#include <utility>

#include "host/base/java_text.h"
#include "host/data/base64.h"
#include "host/data/decimal.h"
#include "host/data/objects.h"
#include "host/data/value_text.h"
#include "host/data/values.h"
#include "host/transform/java.h"

namespace host::transform {
namespace {

using data::Cell;
using data::Logical;
using data::Schema;
using data::Type;

Cell integer(Type type, std::int64_t value) {
  switch (type) {
  case Type::Int8:
    value = static_cast<std::int8_t>(value);
    break;
  case Type::Int16:
    value = static_cast<std::int16_t>(value);
    break;
  case Type::Int32:
    value = static_cast<std::int32_t>(value);
    break;
  default:
    break;
  }
  return {static_cast<std::uint8_t>(type), 0, 0, 0, {.i = value}};
}

Cell real(Type type, double value) {
  Cell cell{static_cast<std::uint8_t>(type), 0, 0, 0, {.i = 0}};
  cell.u.d = type == Type::Float32 ? static_cast<float>(value) : value;
  return cell;
}

Cell boolean(bool value) { return integer(Type::Bool, value ? 1 : 0); }

// Java's narrowing of a real to an integer type: toward zero, what is too large stays at the end.
template <class Integer> Integer narrowed(double value) {
  if (std::isnan(value))
    return 0;
  // The highest integer plus one is a power of two, which a double holds exactly.
  const double above = -static_cast<double>(std::numeric_limits<Integer>::min());
  if (value >= above)
    return std::numeric_limits<Integer>::max();
  return value < -above ? std::numeric_limits<Integer>::min() : static_cast<Integer>(value);
}

Cell of_integer(std::int64_t value, Type target) {
  if (target == Type::Bool)
    return boolean(value != 0);
  if (target == Type::Float32)
    return real(target, static_cast<float>(value));
  return target == Type::Float64 ? real(target, static_cast<double>(value))
                                 : integer(target, value);
}

// To types below int the way goes by int.
Cell of_real(double value, Type target) {
  if (target == Type::Float32 || target == Type::Float64)
    return real(target, value);
  if (target == Type::Bool)
    return boolean(narrowed<std::int64_t>(value) != 0);
  return integer(target, target == Type::Int64 ? narrowed<std::int64_t>(value)
                                               : narrowed<std::int32_t>(value));
}

tl::unexpected<Error> out_of_range(std::string_view text, std::string cause) {
  Error number(Code::Data, kNumberFormat, std::move(cause));
  return fail(std::move(number).wrap(Code::Data, exception::kData,
                                     "Value (" + std::string(text) +
                                         ") was out of range for requested data type"));
}

std::string not_a_number(std::string_view text) {
  return "For input string: \"" + std::string(text) + "\"";
}

bool is_true(std::string_view text) {
  return text.size() == 4 && (text[0] | 0x20) == 't' && (text[1] | 0x20) == 'r' &&
         (text[2] | 0x20) == 'u' && (text[3] | 0x20) == 'e';
}

struct Range {
  std::int64_t min;
  std::int64_t max;
};
template <class Integer> constexpr Range range_of() {
  return {std::numeric_limits<Integer>::min(), std::numeric_limits<Integer>::max()};
}

Result<Cell> parsed_integer(std::string_view text, Type target) {
  const auto value = java::parse_integer(text);
  const Range whole = target == Type::Int64 ? range_of<std::int64_t>() : range_of<std::int32_t>();
  if (!value || *value < whole.min || *value > whole.max)
    return out_of_range(text, not_a_number(text));
  const Range small = target == Type::Int8    ? range_of<std::int8_t>()
                      : target == Type::Int16 ? range_of<std::int16_t>()
                                              : whole;
  if (*value < small.min || *value > small.max)
    return out_of_range(text, "Value out of range. Value:\"" + std::string(text) + "\" Radix:10");
  return integer(target, *value);
}

tl::unexpected<Error> unexpected_type(const Cell &value, const Schema *schema) {
  return data_error("Unexpected type in Cast transformation: class " +
                    std::string(class_of(value, schema)));
}

// Whether Java infers a schema from the class of a value without one.
bool has_inferred_type(const Cell &value) {
  return data::object_of(value) == data::Object::BySchema ||
         data::object_of(value) == data::Object::Plain;
}

// Connect's `fromLogical` of a date, a time or a timestamp.
Result<std::int64_t> number_of_date(const Cell &value, const Schema &schema) {
  const auto ms = data::date_ms_of(value, &schema);
  if (!ms)
    return class_cast(value, &schema, "java.util.Date");
  if (schema.logical() == Logical::Date) {
    if (*ms % data::kMsPerDay != 0)
      return data_error(
          "Kafka Connect Date type should not have any time fields set to non-zero values.");
    return static_cast<std::int32_t>(*ms / data::kMsPerDay);
  }
  if (schema.logical() == Logical::Time && (*ms < 0 || *ms > data::kMsPerDay))
    return data_error(
        "Kafka Connect Time type should not have any date fields set to non-zero values.");
  return *ms;
}

bool is_date(const Schema *schema) {
  return schema != nullptr &&
         (schema->logical() == Logical::Date || schema->logical() == Logical::Time ||
          schema->logical() == Logical::Timestamp);
}

} // namespace

Result<Cell> CastValue::operator()(const Cell &value, const Schema *schema, Type target,
                                   data::Arena &arena) {
  if (schema == nullptr && !has_inferred_type(value))
    return data_error("Cast transformation was passed a value of type class " +
                      std::string(class_of(value, schema)) +
                      " which is not supported by Connect's data API");
  const Type type = schema != nullptr ? schema->type() : data::type_of(value);
  if (data::is_container(type))
    return data_error("Cast transformation does not support casting from " +
                      std::string(data::name_of(type)) +
                      "; supported types are [INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, "
                      "BOOLEAN, STRING, BYTES]");
  if (target == Type::String)
    return to_text(value, schema, arena);
  if (is_date(schema)) {
    HOST_ASSIGN(const std::int64_t number, number_of_date(value, *schema));
    return of_integer(number, target);
  }
  switch (data::type_of(value)) {
  case Type::Bool:
  case Type::Int8:
  case Type::Int16:
  case Type::Int32:
  case Type::Int64:
    return of_integer(value.u.i, target);
  case Type::Float32:
  case Type::Float64:
    return of_real(value.u.d, target);
  case Type::String:
    return of_text(data::text_of(value), target);
  default:
    break;
  }
  if (data::decimal_of(value, schema))
    return of_decimal(value, schema, target);
  return unexpected_type(value, schema);
}

Result<Cell> CastValue::of_text(std::string_view text, Type target) const {
  if (target == Type::Bool)
    return boolean(is_true(text));
  if (target == Type::Float32) {
    if (const auto value = java::parse_float(text))
      return real(target, *value);
  } else if (target == Type::Float64) {
    if (const auto value = java::parse_double(text))
      return real(target, *value);
  } else {
    return parsed_integer(text, target);
  }
  return out_of_range(text,
                      java::trim(text).empty() ? "empty String" : not_a_number(java::trim(text)));
}

Cell CastValue::of_decimal(const Cell &value, const Schema *schema, Type target) {
  const auto decimal = data::decimal_of(value, schema);
  text_.clear();
  data::append_decimal(text_, decimal->unscaled, decimal->scale);
  if (target == Type::Float32)
    return real(target, java::parse_float(text_).value_or(0));
  if (target == Type::Float64)
    return real(target, java::parse_double(text_).value_or(0));
  return of_integer(data::low_bits(text_), target);
}

Result<Cell> CastValue::to_text(const Cell &value, const Schema *schema, data::Arena &arena) {
  if (data::type_of(value) == Type::String)
    return value;
  text_.clear();
  if (const auto ms = data::date_ms_of(value, schema))
    data::append_values_date(text_, *ms);
  else if (data::type_of(value) == Type::Bytes && !data::decimal_of(value, schema))
    data::append_base64(text_, data::text_of(value));
  else
    data::append_java_text(text_, data::cells_datum({&value, 1}, schema));
  const std::string_view text = arena.copy(std::string_view(text_));
  Cell cell{static_cast<std::uint8_t>(Type::String), 0, 0, 0, {.i = 0}};
  cell.n = static_cast<std::uint32_t>(text.size());
  cell.u.p = data::bytes_of(text).ptr;
  return cell;
}

} // namespace host::transform
