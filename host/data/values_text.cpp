// Values as text: Values.convertToString.
#include <cstdio>

#include "host/data/base64.h"
#include "host/data/calendar.h"
#include "host/data/value_text.h"
#include "host/data/values.h"

namespace host::data {
namespace {

// Appends one value and returns the cell behind it; recursion is bounded by kMaxDepth.
class ValuesPrinter {
public:
  explicit ValuesPrinter(std::string &out) : out_(out) {}

  const Cell *value(const Cell *cell, const Schema *schema, bool embedded) {
    if (append_scalar(out_, *cell, schema, append_values_date))
      return cell + 1;
    switch (type_of(*cell)) {
    case Type::String:
      string(text_of(*cell), embedded);
      break;
    case Type::Bytes:
      bytes(text_of(*cell), embedded);
      break;
    case Type::Array:
      return array(cell, schema);
    case Type::Map:
      return map(cell, schema);
    default:
      return structure(cell, schema);
    }
    return cell + 1;
  }

  void bytes(std::string_view bytes, bool embedded) {
    out_ += embedded ? "\"" : "";
    append_base64(out_, bytes);
    out_ += embedded ? "\"" : "";
  }

private:
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

} // namespace

void append_values_date(std::string &out, std::int64_t ms) {
  const DayAndTime split = day_and_time(ms);
  char day[40];
  char time[40];
  const auto rest = static_cast<unsigned>(split.ms);
  std::snprintf(time, sizeof time, "%02u:%02u:%02u.%03uZ", rest / 3'600'000, rest / 60'000 % 60,
                rest / 1000 % 60, rest % 1000);
  if (ms < kMsPerDay) {
    out += time;
    return;
  }
  const CalendarDate date = calendar_date(split.days);
  std::snprintf(day, sizeof day, "%04lld-%02u-%02u", static_cast<long long>(date.year), date.month,
                date.day);
  out += day;
  if (rest != 0)
    out.append("T").append(time);
}

void append_values_text(std::string &out, const Datum &datum) {
  const Schema *schema = schema_of(datum);
  if (is_null(datum))
    out += "null";
  else if (!is_raw(datum))
    ValuesPrinter(out).value(datum.cells, schema, false);
  else if (schema != nullptr && schema->type() == Type::String)
    out += text_of(datum.raw);
  else
    ValuesPrinter(out).bytes(text_of(datum.raw), false);
}

} // namespace host::data
