#include "host/data/objects.h"

#include <cstring>
#include <limits>
#include <string>

#include "host/data/decimal.h"
#include "host/data/value_text.h"

namespace host::data {
namespace {

std::int32_t own_scale(const Cell &cell) {
  std::uint32_t scale = 0;
  for (std::size_t i = 0; i < sizeof scale; ++i)
    scale = scale << 8 | cell.u.p[cell.n + i];
  return static_cast<std::int32_t>(scale);
}

bool is_date(Logical logical) {
  return logical == Logical::Date || logical == Logical::Time || logical == Logical::Timestamp;
}

Cell int_cell(Type type, std::int64_t value, Object object = Object::BySchema) {
  return {static_cast<std::uint8_t>(type), static_cast<std::uint8_t>(object), 0, 0, {.i = value}};
}

Cell bytes_cell(Type type, std::string_view bytes) {
  return {static_cast<std::uint8_t>(type),
          0,
          0,
          static_cast<std::uint32_t>(bytes.size()),
          {.p = bytes_of(bytes).ptr}};
}

// Walks a tape with the schemas of its cells and gives those that are no containers to `change`.
template <class Change> class Walk {
public:
  explicit Walk(Change change) : change_(change) {}

  // Returns the cell behind the value, null after an error.
  Cell *value(Cell *cell, const Schema *schema) {
    const Type type = type_of(*cell);
    if (!is_container(type)) {
      status_ = change_(*cell, schema);
      return status_ ? cell + 1 : nullptr;
    }
    const bool fits = schema != nullptr && schema->type() == type;
    Cell *at = cell + 1;
    for (std::uint32_t i = 0; i < cell->n && at != nullptr; ++i) {
      if (type == Type::Map)
        at = value(at, fits ? schema->key_schema() : nullptr);
      if (at != nullptr)
        at = value(at, !fits                  ? nullptr
                       : type == Type::Struct ? schema->fields()[i].schema
                                              : schema->value_schema());
    }
    return at;
  }
  Status status() && { return std::move(status_); }

private:
  Change change_;
  Status status_;
};

Type base_of(Logical logical) {
  if (logical == Logical::Decimal)
    return Type::Bytes;
  return logical == Logical::Timestamp ? Type::Int64 : Type::Int32;
}

void settle_object(Cell &cell, const Schema *schema) {
  const Logical logical = schema != nullptr ? schema->logical() : Logical::None;
  if (object_of(cell) == Object::Date)
    cell = date_cell(cell.u.i, schema);
  else if (object_of(cell) == Object::Decimal && logical == Logical::Decimal &&
           schema->scale() == own_scale(cell))
    cell.flags = 0;
  else if (object_of(cell) == Object::BySchema && logical != Logical::None &&
           type_of(cell) == base_of(logical))
    cell.flags = static_cast<std::uint8_t>(Object::Plain);
}

Status settle_decimal(Cell &cell, const Schema *schema, Arena &arena) {
  const DecimalView view{text_of(cell), own_scale(cell)};
  if (schema == nullptr || schema->logical() != Logical::Decimal || !schema->scale()) {
    std::string text;
    append_decimal(text, view.unscaled, view.scale);
    cell = bytes_cell(Type::String, arena.copy(text));
    return {};
  }
  const auto unscaled = rescale({std::string(view.unscaled), view.scale}, *schema->scale());
  if (!unscaled)
    return fail(Code::Data, exception::kData, scale_mismatch(*schema->scale(), view.scale));
  cell = bytes_cell(Type::Bytes, arena.copy(*unscaled));
  return {};
}

} // namespace

std::optional<DecimalView> decimal_of(const Cell &cell, const Schema *schema) {
  if (type_of(cell) != Type::Bytes)
    return std::nullopt;
  if (object_of(cell) == Object::Decimal)
    return DecimalView{text_of(cell), own_scale(cell)};
  if (object_of(cell) != Object::BySchema || schema == nullptr ||
      schema->logical() != Logical::Decimal || !schema->scale())
    return std::nullopt;
  return DecimalView{text_of(cell), *schema->scale()};
}

std::optional<std::int64_t> date_ms_of(const Cell &cell, const Schema *schema) {
  const Type type = type_of(cell);
  if (object_of(cell) == Object::Date && type == Type::Int64)
    return cell.u.i;
  if (object_of(cell) != Object::BySchema || schema == nullptr || !is_date(schema->logical()))
    return std::nullopt;
  if (type != (schema->logical() == Logical::Timestamp ? Type::Int64 : Type::Int32))
    return std::nullopt;
  return epoch_ms(schema->logical(), cell);
}

Error scale_fault(const Schema &schema) {
  if (schema.parameters().empty())
    return {Code::Data, "java.lang.NullPointerException",
            "Cannot invoke \"java.util.Map.get(Object)\" because the return value of "
            "\"org.apache.kafka.connect.data.Schema.parameters()\" is null"};
  const std::string *scale = schema.parameter("scale");
  if (scale == nullptr)
    return {Code::Data, exception::kData, "Invalid Decimal schema: scale parameter not found."};
  return Error(Code::Data, "java.lang.NumberFormatException",
               "For input string: \"" + *scale + "\"")
      .wrap(Code::Data, exception::kData, "Invalid scale parameter found in Decimal schema: ");
}

Cell date_cell(std::int64_t ms, const Schema *schema) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  const Logical logical = schema != nullptr ? schema->logical() : Logical::None;
  if (logical == Logical::Timestamp)
    return int_cell(Type::Int64, ms);
  if (logical == Logical::Time && ms >= -kMost && ms <= kMost)
    return int_cell(Type::Int32, ms);
  const std::int64_t days = ms / kMsPerDay;
  if (logical == Logical::Date && ms % kMsPerDay == 0 && days >= -kMost && days <= kMost)
    return int_cell(Type::Int32, days);
  return int_cell(Type::Int64, ms, Object::Date);
}

Cell decimal_cell(std::string_view unscaled, std::int32_t scale, const Schema *schema,
                  Arena &arena) {
  if (schema != nullptr && schema->logical() == Logical::Decimal && schema->scale() == scale)
    return bytes_cell(Type::Bytes, arena.copy(unscaled));
  auto *to = static_cast<char *>(arena.allocate(unscaled.size() + sizeof scale, 1));
  std::memcpy(to, unscaled.data(), unscaled.size());
  for (std::size_t i = 0; i < sizeof scale; ++i)
    to[unscaled.size() + i] = static_cast<char>(static_cast<std::uint32_t>(scale) >> (24 - 8 * i));
  Cell cell = bytes_cell(Type::Bytes, {to, unscaled.size()});
  cell.flags = static_cast<std::uint8_t>(Object::Decimal);
  return cell;
}

void settle_objects(std::span<Cell> value, const Schema *schema) {
  Walk walk([](Cell &cell, const Schema *at) -> Status {
    settle_object(cell, at);
    return {};
  });
  walk.value(value.data(), schema);
}

Status to_plugin(Datum &datum, Arena &arena) {
  bool flagged = false;
  for (std::size_t i = 0; i < datum.n_cells; ++i)
    flagged |= datum.cells[i].flags != 0;
  if (!flagged)
    return {};
  const auto copy = arena.copy(std::span(datum.cells, datum.n_cells));
  datum.cells = copy.data();
  Walk walk([&arena](Cell &cell, const Schema *schema) -> Status {
    if (object_of(cell) == Object::Decimal)
      return settle_decimal(cell, schema, arena);
    cell.flags = 0;
    return {};
  });
  walk.value(const_cast<Cell *>(copy.data()), schema_of(datum));
  return std::move(walk).status();
}

} // namespace host::data
