#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/data/arena.h"
#include "host/data/cell.h"

namespace host::data {

// How deep values may nest; what Jackson allows too.
inline constexpr std::size_t kMaxDepth = 1000;

// Builds one value as a tape. Reused for record after record; the bytes of strings are not copied
// and must live as long as the tape. One thread.
class TapeBuilder {
public:
  void clear() { cells_.clear(); }
  std::size_t size() const { return cells_.size(); }
  std::span<const Cell> cells() const { return cells_; }
  std::span<Cell> cells_to_change() { return cells_; }
  Cell &operator[](std::size_t at) { return cells_[at]; }

  void null() { push(Type::Null); }
  void boolean(bool value) { push(Type::Bool).u.i = value ? 1 : 0; }
  // Int8 to Int64.
  void integer(Type type, std::int64_t value) { push(type).u.i = value; }
  // Float32, Float64.
  void real(Type type, double value) { push(type).u.d = value; }
  void text(std::string_view value) { bytes(Type::String, value); }
  // String, Bytes.
  void bytes(Type type, std::string_view value) {
    const Bytes bytes = bytes_of(value);
    Cell &cell = push(type);
    cell.n = static_cast<std::uint32_t>(bytes.len);
    cell.u.p = bytes.ptr;
  }
  // A value of one cell.
  void cell(const Cell &made) { cells_.push_back(made); }
  // Cells of a finished value.
  void append(std::span<const Cell> value) {
    cells_.insert(cells_.end(), value.begin(), value.end());
  }

  // Opens a container; returns its place, which end() takes back with the number of its children
  // (entries of a map).
  std::size_t begin(Type type) {
    push(type);
    return cells_.size() - 1;
  }
  void end(std::size_t place, std::size_t children) {
    cells_[place].n = static_cast<std::uint32_t>(children);
    cells_[place].u.skip = cells_.size() - place;
  }
  void truncate(std::size_t size) { cells_.resize(size); }

  // The value as a datum in the arena's memory.
  Datum finish(Arena &arena, const Schema *schema) {
    return cells_datum(arena.copy(cells()), schema);
  }

private:
  Cell &push(Type type) {
    cells_.push_back({static_cast<std::uint8_t>(type), 0, 0, 0, {}});
    return cells_.back();
  }

  std::vector<Cell> cells_;
};

// A datum with its cells and bytes copied into the arena.
Datum copy_datum(const Datum &datum, Arena &arena);

// Checks a datum that a plugin made: shape, types, skips, lengths, nesting, and that structs have
// the number of fields of their schema. One linear pass, nothing is trusted; the error names the
// cell. Whether values fit their schemas is said by who converts them.
Status check_datum(const Datum &datum);

} // namespace host::data
