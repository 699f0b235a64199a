#include "java_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include "decimal_text.h"

namespace file {
namespace {

// Digits and exponent of the shortest form, laid out as Double.toString does.
template <class Number> void append_floating(std::string &out, Number number) {
  if (std::isnan(number)) {
    out += "NaN";
    return;
  }
  if (std::signbit(number))
    out += '-';
  number = std::abs(number);
  if (std::isinf(number)) {
    out += "Infinity";
    return;
  }
  std::array<char, 64> text;
  const auto format = number == 0 || (number >= Number(1e-3) && number < Number(1e7))
                          ? std::chars_format::fixed
                          : std::chars_format::scientific;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number, format).ptr;
  std::string_view digits(text.data(), static_cast<std::size_t>(end - text.data()));
  if (format == std::chars_format::fixed) {
    out += digits;
    if (digits.find('.') == digits.npos)
      out += ".0";
    return;
  }
  const auto e = digits.find('e');
  int exponent = 0;
  const std::string_view written = digits.substr(digits[e + 1] == '+' ? e + 2 : e + 1);
  std::from_chars(written.data(), written.data() + written.size(), exponent);
  const std::string_view mantissa = digits.substr(0, e);
  out += mantissa;
  out += mantissa.find('.') == mantissa.npos ? ".0E" : "E";
  sluice::append_text(out, exponent);
}

// Date.toString: Thu Jan 01 00:00:00 UTC 1970.
void append_date(std::string &out, std::int64_t ms) {
  const auto seconds = static_cast<std::time_t>(ms / 1000 - (ms % 1000 < 0 ? 1 : 0));
  std::tm local{};
  ::localtime_r(&seconds, &local);
  std::array<char, 80> text;
  out.append(text.data(), std::strftime(text.data(), text.size(), "%a %b %d %H:%M:%S %Z ", &local));
  sluice::append_text(out, local.tm_year + 1900);
}

// A value whose schema gives it a meaning of Connect's own; false: it has none.
bool append_logical(std::string &out, const sluice::value &value) {
  constexpr std::string_view kPrefix = "org.apache.kafka.connect.data.";
  constexpr std::int64_t kDayMs = 86'400'000;
  if (!value.schema() || !value.schema().name().starts_with(kPrefix))
    return false;
  const std::string_view name = value.schema().name().substr(kPrefix.size());
  if (name == "Decimal" && value.type() == SLUICE_BYTES)
    append_decimal(out, value.text(), value.schema().parameter("scale"));
  else if (name == "Date" && value.type() == SLUICE_I32)
    append_date(out, value.integer() * kDayMs);
  else if ((name == "Time" && value.type() == SLUICE_I32) ||
           (name == "Timestamp" && value.type() == SLUICE_I64))
    append_date(out, value.integer());
  else
    return false;
  return true;
}

void append_container(std::string &out, const sluice::value &value) {
  const std::int32_t type = value.type();
  const std::string_view separator = type == SLUICE_STRUCT ? "," : ", ";
  out += type == SLUICE_STRUCT ? "Struct{" : type == SLUICE_MAP ? "{" : "[";
  bool is_first = true;
  for (const auto &[name, key, item] : value.elements()) {
    if (type == SLUICE_STRUCT && item.is_null())
      continue;
    out += is_first ? "" : separator;
    is_first = false;
    if (type == SLUICE_MAP)
      append_java_text(out, key);
    out += name;
    out += type == SLUICE_ARRAY ? "" : "=";
    append_java_text(out, item);
  }
  out += type == SLUICE_ARRAY ? "]" : "}";
}

} // namespace

void append_java_text(std::string &out, const sluice::value &value) {
  if (append_logical(out, value))
    return;
  switch (value.type()) {
  case SLUICE_BOOL:
    out += value.boolean() ? "true" : "false";
    return;
  case SLUICE_I8:
  case SLUICE_I16:
  case SLUICE_I32:
  case SLUICE_I64:
    sluice::append_text(out, value.integer());
    return;
  case SLUICE_F32:
    append_floating(out, static_cast<float>(value.floating()));
    return;
  case SLUICE_F64:
    append_floating(out, value.floating());
    return;
  case SLUICE_STRING:
  case SLUICE_BYTES:
    out += value.text();
    return;
  case SLUICE_ARRAY:
  case SLUICE_MAP:
  case SLUICE_STRUCT:
    append_container(out, value);
    return;
  default:
    out += "null";
    return;
  }
}

} // namespace file
