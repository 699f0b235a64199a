#pragma once

#include <bit>
#include <cstdint>
#include <cstdio>
#include <string>

#include "host/data/cell.h"

namespace host::data {

// Null, a boolean or a number with its type, as the oracles print Java's: `i8:1`, `f32:3f800000`.
inline std::string scalar_dump(const Cell &cell) {
  const auto number = [&](const char *type) { return type + std::to_string(cell.u.i); };
  const auto bits = [](const char *format, unsigned long long value) {
    char text[40];
    std::snprintf(text, sizeof text, format, value);
    return std::string(text);
  };
  switch (type_of(cell)) {
  case Type::Bool:
    return cell.u.i != 0 ? "true" : "false";
  case Type::Int8:
    return number("i8:");
  case Type::Int16:
    return number("i16:");
  case Type::Int32:
    return number("i32:");
  case Type::Int64:
    return number("i64:");
  case Type::Float32:
    return bits("f32:%08llx", std::bit_cast<std::uint32_t>(static_cast<float>(cell.u.d)));
  case Type::Float64:
    return bits("f64:%016llx", std::bit_cast<std::uint64_t>(cell.u.d));
  default:
    return "null";
  }
}

} // namespace host::data
