#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <sluice/abi/data.h>

namespace host::data {

// The types of values (contract 8.1), numbered as the ABI numbers them.
enum class Type : std::uint8_t {
  Null = SLUICE_NULL,
  Bool = SLUICE_BOOL,
  Int8 = SLUICE_I8,
  Int16 = SLUICE_I16,
  Int32 = SLUICE_I32,
  Int64 = SLUICE_I64,
  Float32 = SLUICE_F32,
  Float64 = SLUICE_F64,
  String = SLUICE_STRING,
  Bytes = SLUICE_BYTES,
  Array = SLUICE_ARRAY,
  Map = SLUICE_MAP,
  Struct = SLUICE_STRUCT,
};

class Schema;

// The ABI's own structs are the host's too, so that records cross without being rebuilt.
using Cell = sluice_cell;
using Datum = sluice_datum;
using Bytes = sluice_bytes;

inline Type type_of(const Cell &cell) { return static_cast<Type>(cell.type); }
inline bool is_container(Type type) { return type >= Type::Array; }
// The number of cells of a value, itself included.
inline std::uint64_t extent(const Cell &cell) {
  return is_container(type_of(cell)) ? cell.u.skip : 1;
}
inline std::string_view text_of(const Cell &cell) {
  return {reinterpret_cast<const char *>(cell.u.p), cell.n};
}

inline Bytes bytes_of(std::string_view text) {
  // Empty bytes have a pointer, only null has none.
  static constexpr char kEmpty = 0;
  const char *data = text.data() != nullptr ? text.data() : &kEmpty;
  return {reinterpret_cast<const std::uint8_t *>(data), text.size()};
}
inline std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char *>(bytes.ptr), bytes.len};
}
inline constexpr Bytes kNullBytes{nullptr, 0};

// A plugin's or the host's schema, as the ABI points to it.
inline const sluice_schema *handle(const Schema *schema) {
  return reinterpret_cast<const sluice_schema *>(schema);
}
inline const Schema *schema_of(const sluice_schema *schema) {
  return reinterpret_cast<const Schema *>(schema);
}
inline const Schema *schema_of(const Datum &datum) { return schema_of(datum.schema); }

inline Datum null_datum(const Schema *schema = nullptr) {
  return {kNullBytes, handle(schema), nullptr, 0};
}
inline Datum raw_datum(Bytes raw, const Schema *schema) {
  return {raw, handle(schema), nullptr, 0};
}
inline Datum cells_datum(std::span<const Cell> cells, const Schema *schema) {
  return {kNullBytes, handle(schema), cells.data(), cells.size()};
}

inline bool is_raw(const Datum &datum) { return datum.raw.ptr != nullptr; }
inline bool is_null(const Datum &datum) {
  return !is_raw(datum) && (datum.n_cells == 0 || type_of(datum.cells[0]) == Type::Null);
}

} // namespace host::data
