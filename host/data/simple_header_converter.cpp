#include <cmath>
#include <cstdio>

#include "host/base/java_text.h"
#include "host/data/base64.h"
#include "host/data/builtin.h"
#include "host/data/charset.h"
#include "host/data/decimal.h"
#include "host/data/value_text.h"

namespace host::data {
namespace {

// Dates, times and timestamps as SimpleHeaderConverter writes them, in UTC (contract 8.4).
void append_iso(std::string &out, std::int64_t ms) {
  std::int64_t days = ms / kMsPerDay;
  std::int64_t rest = ms % kMsPerDay;
  if (rest < 0) {
    rest += kMsPerDay;
    --days;
  }
  const CivilDate date = civil_date(days);
  char day[32];
  char time[32];
  std::snprintf(day, sizeof day, "%04lld-%02u-%02u", static_cast<long long>(date.year), date.month,
                date.day);
  const auto milliseconds = static_cast<unsigned>(rest);
  std::snprintf(time, sizeof time, "%02u:%02u:%02u.%03uZ", milliseconds / 3'600'000,
                milliseconds / 60'000 % 60, milliseconds / 1000 % 60, milliseconds % 1000);
  if (ms < kMsPerDay)
    out += time;
  else if (rest == 0)
    out += day;
  else
    out.append(day).append("T").append(time);
}

// The text of values inside headers; recursion is bounded by kMaxDepth.
class HeaderText {
public:
  explicit HeaderText(std::string &out) : out_(out) {}

  const Cell *value(const Cell *cell, const Schema *schema, bool embedded) {
    if (schema != nullptr && logical(*cell, *schema))
      return cell + 1;
    switch (type_of(*cell)) {
    case Type::Bool:
      out_ += cell->u.i != 0 ? "true" : "false";
      break;
    case Type::Int8:
    case Type::Int16:
    case Type::Int32:
    case Type::Int64:
      java::append(out_, cell->u.i);
      break;
    case Type::Float32:
      java::append(out_, static_cast<float>(cell->u.d));
      break;
    case Type::Float64:
      java::append(out_, cell->u.d);
      break;
    case Type::String:
      string(text_of(*cell), embedded);
      break;
    case Type::Bytes:
      out_ += embedded ? "\"" : "";
      append_base64(out_, text_of(*cell));
      out_ += embedded ? "\"" : "";
      break;
    case Type::Array:
      return array(cell, schema);
    case Type::Map:
      return map(cell, schema);
    case Type::Struct:
      return structure(cell, schema);
    default:
      out_ += "null";
    }
    return cell + 1;
  }

private:
  bool logical(const Cell &cell, const Schema &schema) {
    const Type type = type_of(cell);
    if (schema.logical() == Logical::Decimal && type == Type::Bytes && schema.scale()) {
      append_decimal(out_, text_of(cell), *schema.scale());
      return true;
    }
    const bool date = schema.logical() == Logical::Date || schema.logical() == Logical::Time ||
                      schema.logical() == Logical::Timestamp;
    if (!date || (type != Type::Int32 && type != Type::Int64))
      return false;
    append_iso(out_, epoch_ms(schema.logical(), cell));
    return true;
  }

  void string(std::string_view text, bool embedded) {
    if (!embedded) {
      out_ += text;
      return;
    }
    out_ += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\')
        out_ += '\\';
      out_ += c;
    }
    out_ += '"';
  }

  const Cell *array(const Cell *cell, const Schema *schema) {
    out_ += '[';
    const Cell *at = cell + 1;
    for (std::uint32_t i = 0; i < cell->n; ++i) {
      out_ += i > 0 ? "," : "";
      at = value(at, schema != nullptr ? schema->value_schema() : nullptr, true);
    }
    out_ += ']';
    return at;
  }

  const Cell *map(const Cell *cell, const Schema *schema) {
    out_ += '{';
    const Cell *at = cell + 1;
    for (std::uint32_t i = 0; i < cell->n; ++i) {
      out_ += i > 0 ? "," : "";
      at = value(at, schema != nullptr ? schema->key_schema() : nullptr, true);
      out_ += ':';
      at = value(at, schema != nullptr ? schema->value_schema() : nullptr, true);
    }
    out_ += '}';
    return at;
  }

  // A null field shows its default.
  const Cell *structure(const Cell *cell, const Schema *schema) {
    out_ += '{';
    const Cell *at = cell + 1;
    for (const Field &field : schema->fields()) {
      out_ += at != cell + 1 ? "," : "";
      string(field.name, true);
      out_ += ':';
      if (type_of(*at) == Type::Null && field.schema->has_default())
        value(field.schema->default_value().cells, field.schema, true);
      else
        value(at, field.schema, true);
      at += extent(*at);
    }
    out_ += '}';
    return at;
  }

  std::string &out_;
};

Type smallest_integer(std::int64_t value) {
  if (value == static_cast<std::int8_t>(value))
    return Type::Int8;
  if (value == static_cast<std::int16_t>(value))
    return Type::Int16;
  return value == static_cast<std::int32_t>(value) ? Type::Int32 : Type::Int64;
}

// SimpleHeaderConverter: writes all values; reads null, booleans and numbers of 64 bits. Arrays,
// maps, dates and larger numbers are read as text.
class SimpleHeaderConverter final : public HeaderConverter {
public:
  Result<Datum> to_connect(std::string_view, std::string_view, Bytes bytes, Arena &arena) override {
    if (bytes.ptr == nullptr)
      return null_datum();
    const std::string_view text = text_of(bytes);
    const std::string_view word = java::trim(text);
    if (word == "null")
      return null_datum();
    if (word == "true" || word == "false")
      return one(arena, Type::Bool, {.i = word == "true" ? 1 : 0});
    if (auto number = parse_number(word, arena))
      return *number;
    return raw_datum(bytes, Schema::primitive(Type::String, false));
  }

  Result<Bytes> from_connect(std::string_view, std::string_view, const Datum &datum,
                             std::string &out) override {
    if (is_null(datum))
      return kNullBytes;
    const Schema *schema = schema_of(datum);
    if (is_raw(datum) && schema != nullptr && schema->type() == Type::String)
      return datum.raw;
    out.clear();
    if (is_raw(datum))
      append_base64(out, text_of(datum.raw));
    else
      HeaderText(out).value(datum.cells, schema, false);
    replace_surrogates(out);
    return bytes_of(out);
  }

private:
  static Datum one(Arena &arena, Type type, decltype(Cell::u) value) {
    const Cell cell{static_cast<std::uint8_t>(type), 0, 0, 0, value};
    return cells_datum(arena.copy(std::span(&cell, 1)), Schema::primitive(type, false));
  }

  // A number is what begins with a digit or sign and is a whole decimal literal.
  static std::optional<Datum> parse_number(std::string_view word, Arena &arena) {
    if (word.empty() || (word[0] != '+' && word[0] != '-' && (word[0] < '0' || word[0] > '9')))
      return std::nullopt;
    const auto decimal = parse_decimal(word);
    if (!decimal)
      return std::nullopt;
    if (const auto whole = rescale(*decimal, 0)) {
      if (whole->size() > 8)
        return std::nullopt;
      const std::int64_t value = low_bits(word);
      return one(arena, smallest_integer(value), {.i = value});
    }
    const double real = java::parse_double(word).value_or(0);
    const auto narrow = static_cast<float>(real);
    if (std::isfinite(narrow))
      return one(arena, Type::Float32, {.d = narrow});
    if (std::isfinite(real))
      return one(arena, Type::Float64, {.d = real});
    return std::nullopt;
  }
};

} // namespace

std::unique_ptr<HeaderConverter> make_simple_header_converter() {
  return std::make_unique<SimpleHeaderConverter>();
}

} // namespace host::data
