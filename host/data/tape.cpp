#include "host/data/tape.h"

#include <string>

#include "host/data/objects.h"
#include "host/data/schema.h"

namespace host::data {
namespace {

tl::unexpected<Error> refuse(std::size_t at, std::string_view what) {
  return fail(Code::Data, "value is not well-formed: cell " + std::to_string(at) + " " +
                              std::string(what) + "; the connector made it");
}

// Walks a tape once. What is open is kept on a stack of its own, since tapes nest as deep as they
// like; it lies where a record costs no allocation.
class Checker {
public:
  explicit Checker(std::span<const Cell> cells) : cells_(cells) {}

  Status run(const Schema *schema) {
    HOST_TRY(take(0, cells_.size(), schema));
    for (std::size_t at = 1; at < cells_.size(); ++at) {
      while (depth_ > 0 && innermost().left == 0) {
        if (innermost().end != at)
          return refuse(at, "lies behind the last child of its container");
        --depth_;
      }
      if (depth_ == 0)
        return refuse(at, "lies behind the end of the value");
      Open &parent = innermost();
      if (at >= parent.end)
        return refuse(at, "lies behind the end of its container");
      const Schema *child = child_schema(parent);
      --parent.left;
      ++parent.taken;
      HOST_TRY(take(at, parent.end, child));
    }
    for (std::size_t i = 0; i < depth_; ++i)
      if (open_[i].left != 0)
        return refuse(cells_.size() - 1, "is the last one, but a container lacks children");
    return {};
  }

private:
  struct Open {
    std::size_t end;
    std::uint64_t left;
    std::uint64_t taken;
    Type type;
    const Schema *schema;
  };

  static const Schema *child_schema(const Open &open) {
    if (open.schema == nullptr)
      return nullptr;
    if (open.type == Type::Struct)
      return open.schema->fields()[open.taken].schema;
    if (open.type == Type::Map && open.taken % 2 == 0)
      return open.schema->key_schema();
    return open.schema->value_schema();
  }

  Status take(std::size_t at, std::size_t end, const Schema *schema) {
    const Cell &cell = cells_[at];
    const Type type = type_of(cell);
    if (type < Type::Null || type > Type::Struct)
      return refuse(at, "has an unknown type");
    if (cell.flags != 0 || cell.aux != 0)
      return refuse(at, "has flags, which must be zero");
    if (type == Type::String || type == Type::Bytes)
      return cell.u.p != nullptr ? Status() : refuse(at, "has no bytes");
    if (type == Type::Bool && cell.u.i != 0 && cell.u.i != 1)
      return refuse(at, "is a boolean that is neither 0 nor 1");
    if (!is_container(type))
      return integer_fits(type, cell.u.i) ? Status() : refuse(at, "does not fit its type");
    return open(at, end, cell, type, schema);
  }

  static bool integer_fits(Type type, std::int64_t value) {
    switch (type) {
    case Type::Int8:
      return value == static_cast<std::int8_t>(value);
    case Type::Int16:
      return value == static_cast<std::int16_t>(value);
    case Type::Int32:
      return value == static_cast<std::int32_t>(value);
    default:
      return true;
    }
  }

  Status open(std::size_t at, std::size_t end, const Cell &cell, Type type, const Schema *schema) {
    const std::uint64_t children = type == Type::Map ? std::uint64_t{cell.n} * 2 : cell.n;
    if (cell.u.skip == 0 || cell.u.skip > end - at)
      return refuse(at, "skips beyond its container");
    if (children > cell.u.skip - 1)
      return refuse(at, "has more children than cells");
    if (schema != nullptr && schema->type() != type)
      schema = nullptr; // a mismatch, which the converter reports in Connect's words
    if (type == Type::Struct && (schema == nullptr || schema->fields().size() != cell.n))
      return refuse(at, "is a struct that does not have the fields of its schema");
    if (children == 0)
      return cell.u.skip == 1 ? Status() : refuse(at, "is empty but skips cells");
    if (depth_ == kMaxDepth)
      return refuse(at, "nests too deep");
    open_[depth_++] = {at + cell.u.skip, children, 0, type, schema};
    return {};
  }

  Open &innermost() { return open_[depth_ - 1]; }

  std::span<const Cell> cells_;
  std::size_t depth_ = 0;
  Open open_[kMaxDepth]; // the first `depth_` are set; 40 KB, of which little is ever touched
};

} // namespace

Datum copy_datum(const Datum &datum, Arena &arena) {
  Datum copy = datum;
  if (is_raw(datum))
    copy.raw = bytes_of(arena.copy(text_of(datum.raw)));
  if (datum.n_cells == 0)
    return copy;
  auto *cells = static_cast<Cell *>(arena.allocate(datum.n_cells * sizeof(Cell), alignof(Cell)));
  for (std::size_t i = 0; i < datum.n_cells; ++i) {
    cells[i] = datum.cells[i];
    const Type type = type_of(cells[i]);
    if (type == Type::String || type == Type::Bytes)
      cells[i].u.p = bytes_of(arena.copy({reinterpret_cast<const char *>(cells[i].u.p),
                                          bytes_behind(cells[i])}))
                         .ptr;
  }
  copy.cells = cells;
  return copy;
}

Status check_datum(const Datum &datum) {
  if (is_raw(datum)) {
    const Schema *schema = schema_of(datum);
    if (datum.n_cells != 0)
      return fail(Code::Data, "value is not well-formed: it has both raw bytes and cells");
    if (schema != nullptr && schema->type() != Type::String && schema->type() != Type::Bytes)
      return fail(Code::Data, "value is not well-formed: raw bytes with a schema of type " +
                                  std::string(name_of(schema->type())));
    return {};
  }
  if (datum.n_cells == 0)
    return {};
  if (datum.cells == nullptr)
    return fail(Code::Data, "value is not well-formed: cells are counted but not there");
  return Checker({datum.cells, datum.n_cells}).run(schema_of(datum));
}

} // namespace host::data
