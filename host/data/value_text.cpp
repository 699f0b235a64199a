#include "host/data/value_text.h"

#include <cstdio>
#include <span>

#include "host/base/java_text.h"
#include "host/data/decimal.h"

namespace host::data {
namespace {

// Appends a value and returns the cells that it took. Recursion is bounded by kMaxDepth.
class Printer {
public:
  explicit Printer(std::string &out) : out_(out) {}

  std::uint64_t value(const Cell *cell, const Schema *schema) {
    if (schema != nullptr && schema->logical() != Logical::None && logical(*cell, *schema))
      return 1;
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
    case Type::Struct:
      structure(cell, schema);
      break;
    default:
      out_ += "null";
    }
    return extent(*cell);
  }

private:
  bool logical(const Cell &cell, const Schema &schema) {
    const Type type = type_of(cell);
    if (schema.logical() == Logical::Decimal) {
      if (type != Type::Bytes || !schema.scale())
        return false;
      append_decimal(out_, text_of(cell), *schema.scale());
      return true;
    }
    if (type != Type::Int32 && type != Type::Int64)
      return false;
    append_java_date(out_, epoch_ms(schema.logical(), cell));
    return true;
  }

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

CivilDate civil_date(std::int64_t days) {
  // Howard Hinnant's algorithm: eras of 400 years that begin in March.
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto day_of_era = static_cast<std::uint64_t>(days - era * 146'097);
  const std::uint64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::uint64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::uint64_t shifted = (5 * day_of_year + 2) / 153;
  const auto day = static_cast<unsigned>(day_of_year - (153 * shifted + 2) / 5 + 1);
  const auto month = static_cast<unsigned>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

std::int64_t epoch_ms(Logical logical, const Cell &cell) {
  return logical == Logical::Date ? cell.u.i * kMsPerDay : cell.u.i;
}

void append_java_date(std::string &out, std::int64_t ms) {
  static constexpr const char *kDays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  static constexpr const char *kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::int64_t days = ms / kMsPerDay;
  std::int64_t rest = ms % kMsPerDay;
  if (rest < 0) {
    rest += kMsPerDay;
    --days;
  }
  const CivilDate date = civil_date(days);
  const auto seconds = static_cast<unsigned>(rest / 1000);
  char text[64];
  std::snprintf(text, sizeof text, "%s %s %02u %02u:%02u:%02u UTC %04lld",
                kDays[(days % 7 + 7) % 7], kMonths[date.month - 1], date.day, seconds / 3600,
                seconds / 60 % 60, seconds % 60, static_cast<long long>(date.year));
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
