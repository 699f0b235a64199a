#include "host/data/value_text.h"

#include <cstdio>
#include <span>

#include "host/base/java_text.h"
#include "host/data/decimal.h"
#include "host/data/objects.h"

namespace host::data {
namespace {

// Appends a value and returns the cells that it took. Recursion is bounded by kMaxDepth.
class Printer {
public:
  explicit Printer(std::string &out) : out_(out) {}

  std::uint64_t value(const Cell *cell, const Schema *schema) {
    if (append_scalar(out_, *cell, schema, append_java_date))
      return 1;
    switch (type_of(*cell)) {
    case Type::String:
      out_ += text_of(*cell);
      break;
    case Type::Bytes:
      out_ += "[B@0";
      break;
    case Type::Array:
      array(cell, schema);
      break;
    case Type::Map:
      map(cell, schema);
      break;
    default:
      structure(cell, schema);
    }
    return extent(*cell);
  }

private:
  void array(const Cell *cell, const Schema *schema) {
    const Schema *element = schema != nullptr ? schema->value_schema() : nullptr;
    out_ += '[';
    const Cell *at = cell + 1;
    for (std::uint32_t i = 0; i < cell->n; ++i) {
      if (i > 0)
        out_ += ", ";
      at += value(at, element);
    }
    out_ += ']';
  }

  void map(const Cell *cell, const Schema *schema) {
    out_ += '{';
    const Cell *at = cell + 1;
    for (std::uint32_t i = 0; i < cell->n; ++i) {
      if (i > 0)
        out_ += ", ";
      at += value(at, schema != nullptr ? schema->key_schema() : nullptr);
      out_ += '=';
      at += value(at, schema != nullptr ? schema->value_schema() : nullptr);
    }
    out_ += '}';
  }

  void structure(const Cell *cell, const Schema *schema) {
    out_ += "Struct{";
    const Cell *at = cell + 1;
    bool first = true;
    for (const Field &field : schema->fields()) {
      if (type_of(*at) == Type::Null) {
        ++at;
        continue;
      }
      if (!first)
        out_ += ',';
      first = false;
      out_ += field.name;
      out_ += '=';
      at += value(at, field.schema);
    }
    out_ += '}';
  }

  std::string &out_;
};

} // namespace

bool append_scalar(std::string &out, const Cell &cell, const Schema *schema,
                   void (*append_date)(std::string &out, std::int64_t ms)) {
  if (const auto decimal = decimal_of(cell, schema)) {
    append_decimal(out, decimal->unscaled, decimal->scale);
    return true;
  }
  if (const auto ms = date_ms_of(cell, schema)) {
    append_date(out, *ms);
    return true;
  }
  switch (type_of(cell)) {
  case Type::Null:
    out += "null";
    return true;
  case Type::Bool:
    out += cell.u.i != 0 ? "true" : "false";
    return true;
  case Type::Int8:
  case Type::Int16:
  case Type::Int32:
  case Type::Int64:
    java::append(out, cell.u.i);
    return true;
  case Type::Float32:
    java::append(out, static_cast<float>(cell.u.d));
    return true;
  case Type::Float64:
    java::append(out, cell.u.d);
    return true;
  default:
    return false;
  }
}

std::int64_t epoch_ms(Logical logical, const Cell &cell) {
  return logical == Logical::Date ? cell.u.i * kMsPerDay : cell.u.i;
}

void append_java_date(std::string &out, std::int64_t ms) {
  static constexpr const char *kDays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  static constexpr const char *kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const DayAndTime split = day_and_time(ms);
  const CalendarDate date = calendar_date(split.days);
  // Years before Christ are printed without their era.
  const std::int64_t year = date.year > 0 ? date.year : 1 - date.year;
  const auto seconds = static_cast<unsigned>(split.ms / 1000);
  char text[64];
  std::snprintf(text, sizeof text, "%s %s %02u %02u:%02u:%02u UTC %lld",
                kDays[(split.days % 7 + 7) % 7], kMonths[date.month - 1], date.day, seconds / 3600,
                seconds / 60 % 60, seconds % 60, static_cast<long long>(year));
  out += text;
}

void append_java_text(std::string &out, const Datum &datum) {
  const Schema *schema = schema_of(datum);
  if (is_null(datum)) {
    out += "null";
  } else if (is_raw(datum)) {
    if (schema != nullptr && schema->type() == Type::String)
      out += text_of(datum.raw);
    else
      out += "[B@0";
  } else {
    Printer(out).value(datum.cells, schema);
  }
}

} // namespace host::data
