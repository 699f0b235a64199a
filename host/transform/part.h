#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/base/error.h"
#include "host/data/arena.h"
#include "host/data/schema.h"
#include "host/data/tape.h"
#include "host/transform/catalog.h"
#include "host/transform/record.h"

// Keys and values as transforms see them: a struct under a schema, a map without one.
namespace host::transform {

using data::Cell;
using data::Datum;
using data::Schema;

// The half of a record that a transform with Key and Value variants works on.
inline Datum &part_of(Record &record, Part part) {
  return part == Part::Key ? record.key : record.value;
}

// The cells of a datum; a raw one becomes one cell. Null for null.
class Root {
public:
  explicit Root(const Datum &datum);
  Root(const Root &) = delete; // may point into itself
  Root &operator=(const Root &) = delete;
  const Cell *cell() const { return cell_; }
  explicit operator bool() const { return cell_ != nullptr; }

private:
  Cell raw_{};
  const Cell *cell_;
};

// What Connect's `Requirements` check; `purpose` is what the transform does, for the message.
Result<const Cell *> require_map(const Root &root, const Schema *schema, std::string_view purpose);
Result<const Cell *> require_struct(const Root &root, const Schema *schema,
                                    std::string_view purpose);

// What most transforms begin with: null stays null; a map without a schema goes to
// `of_map(map, datum)`, a struct to `of_struct(structure, schema, datum)`, anything else is
// refused.
template <class OfMap, class OfStruct>
Result<Verdict> apply_to(Datum &datum, std::string_view purpose, const OfMap &of_map,
                         const OfStruct &of_struct) {
  if (data::is_null(datum))
    return Verdict::Keep;
  const Root root(datum);
  const Schema *schema = data::schema_of(datum);
  if (schema == nullptr) {
    HOST_ASSIGN(const Cell *map, require_map(root, nullptr, purpose));
    return of_map(*map, datum);
  }
  HOST_ASSIGN(const Cell *structure, require_struct(root, schema, purpose));
  return of_struct(structure, *schema, datum);
}

// The value of a key in a map without schema; null if it is not there.
const Cell *find_entry(const Cell &map, std::string_view key);

// The field of a struct at an index.
const Cell *field_at(const Cell *structure, std::size_t index);

inline bool is_null(const Cell *cell) { return data::type_of(*cell) == data::Type::Null; }

// One value as a datum of its own, where it lies. Null becomes a null datum of that schema.
Datum datum_of(const Cell *cell, const Schema *schema);
// A schema's default; null if it has none.
Datum default_of(const Schema *schema);

// Appends a struct's field that goes into another struct: the default takes the place of null where
// `defaults` says so, and a null must be allowed (Java's Struct.get and Struct.put).
Status append_field(data::TapeBuilder &tape, const Cell *cell, const data::Field &field,
                    bool defaults);
// Appends a whole datum as cells.
void append_datum(data::TapeBuilder &tape, const Datum &datum);
// `Invalid value: null used for required field: "…", schema type: …`.
tl::unexpected<Error> null_in_required(const std::string &field, const Schema &schema);

// The start of a schema made from another: its type, name, version, doc and parameters, but neither
// optional nor default.
data::SchemaSpec basics_of(const Schema &schema);
// The fields of a schema; an error for what is no struct.
Result<std::span<const data::Field>> fields_of(const Schema &schema);

} // namespace host::transform
