#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "host/data/arena.h"
#include "host/data/cell.h"
#include "host/data/schema.h"

// Java's objects know their class, cells only their type: whether an Int64 is a Long or a date is
// said by the schema. Where no schema says it, or the value is not what the schema says,
// Cell::flags tells; inside the host only, for at the plugins' border it is zero (check_datum,
// to_plugin).
namespace host::data {

enum class Object : std::uint8_t {
  BySchema = 0, // what the schema says
  // A java.util.Date: an Int64 of milliseconds since the epoch. Without a logical schema, or where
  // a Date has a time of day or a Time a date.
  Date = 1,
  // A BigDecimal: Bytes, with its own scale as four big-endian bytes behind them. Without a logical
  // schema, or of another scale than its schema's, which Connect notices only when it writes it.
  Decimal = 2,
  // A plain number or bytes, though the schema is a logical type's: a Cast may leave it so.
  Plain = 3,
};

inline Object object_of(const Cell &cell) { return static_cast<Object>(cell.flags); }

struct DecimalView {
  std::string_view unscaled;
  std::int32_t scale = 0;
};

// The BigDecimal that a cell stands for; nothing if it is none, or one whose schema has no scale.
std::optional<DecimalView> decimal_of(const Cell &cell, const Schema *schema);
// The milliseconds since the epoch of the java.util.Date that a cell stands for.
std::optional<std::int64_t> date_ms_of(const Cell &cell, const Schema *schema);

// What Connect's Decimal says of a schema whose scale is missing or no number.
Error scale_fault(const Schema &schema);

// The cell of a date under a schema, which may be null.
Cell date_cell(std::int64_t ms, const Schema *schema);
// The same for a decimal; its bytes are copied to the arena.
Cell decimal_cell(std::string_view unscaled, std::int32_t scale, const Schema *schema,
                  Arena &arena);

// The bytes behind a cell: those of a string or byte string, and an own scale's.
inline std::size_t bytes_behind(const Cell &cell) {
  return cell.n + (object_of(cell) == Object::Decimal ? sizeof(std::int32_t) : 0);
}

// Gives the one value that cells are the form of its schema, which its maker did not look at: all
// dates and decimals are objects, and what is none is none.
void settle_objects(std::span<Cell> value, const Schema *schema);

// Puts a datum into the form that plugins read, in which flags are zero: dates without a schema
// become numbers of milliseconds, decimals without one become text, and those of another scale are
// rescaled. Fails, as Connect's Decimal does, where digits would be lost.
Status to_plugin(Datum &datum, Arena &arena);

} // namespace host::data
