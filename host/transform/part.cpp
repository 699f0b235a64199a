#include "host/transform/part.h"

#include <utility>

#include "host/data/struct_put.h"
#include "host/transform/java.h"

namespace host::transform {
namespace {

using data::Type;

tl::unexpected<Error> found_other(std::string_view expected, std::string_view purpose,
                                  const Root &root, const Schema *schema) {
  std::string text = "Only ";
  text.append(expected).append(" for [").append(purpose).append("], found: ");
  text.append(root ? class_of(*root.cell(), schema) : "null");
  return data_error(std::move(text));
}

} // namespace

Root::Root(const Datum &datum) {
  if (data::is_null(datum)) {
    cell_ = nullptr;
    return;
  }
  if (!data::is_raw(datum)) {
    cell_ = datum.cells;
    return;
  }
  const Schema *schema = data::schema_of(datum);
  const bool text = schema != nullptr && schema->type() == Type::String;
  raw_.type = static_cast<std::uint8_t>(text ? Type::String : Type::Bytes);
  raw_.n = static_cast<std::uint32_t>(datum.raw.len);
  raw_.u.p = datum.raw.ptr;
  cell_ = &raw_;
}

Result<const Cell *> require_map(const Root &root, const Schema *schema, std::string_view purpose) {
  if (root && data::type_of(*root.cell()) == Type::Map)
    return root.cell();
  return found_other("Map objects supported in absence of schema", purpose, root, schema);
}

Result<const Cell *> require_struct(const Root &root, const Schema *schema,
                                    std::string_view purpose) {
  if (root && schema != nullptr && schema->type() == Type::Struct &&
      data::type_of(*root.cell()) == Type::Struct)
    return root.cell();
  return found_other("Struct objects supported", purpose, root, schema);
}

const Cell *find_entry(const Cell &map, std::string_view key) {
  const Cell *at = &map + 1;
  for (std::uint32_t i = 0; i < map.n; ++i) {
    const Cell *value = at + data::extent(*at);
    if (data::type_of(*at) == Type::String && data::text_of(*at) == key)
      return value;
    at = value + data::extent(*value);
  }
  return nullptr;
}

const Cell *field_at(const Cell *structure, std::size_t index) {
  const Cell *at = structure + 1;
  for (; index > 0; --index)
    at += data::extent(*at);
  return at;
}

Datum datum_of(const Cell *cell, const Schema *schema) {
  if (cell == nullptr || is_null(cell))
    return data::null_datum(schema);
  return data::cells_datum({cell, data::extent(*cell)}, schema);
}

Datum default_of(const Schema *schema) {
  Datum datum = schema->has_default() ? schema->default_value() : data::null_datum();
  datum.schema = data::handle(schema);
  return datum;
}

void append_datum(data::TapeBuilder &tape, const Datum &datum) {
  const Root root(datum);
  if (root)
    tape.append({root.cell(), data::extent(*root.cell())});
  else
    tape.null();
}

tl::unexpected<Error> null_in_required(const std::string &field, const Schema &schema) {
  return data_error("Invalid value: null used for required field: \"" + field +
                    "\", schema type: " + std::string(data::name_of(schema.type())));
}

Status append_field(data::TapeBuilder &tape, const Cell *cell, const data::Field &field,
                    bool defaults) {
  if (!is_null(cell)) [[likely]] {
    // A whole-value Cast or SetSchemaMetadata may have left something else than a date or decimal.
    if (field.schema->logical() != data::Logical::None)
      HOST_TRY(data::check_put(*cell, field.schema, field));
    tape.append({cell, data::extent(*cell)});
    return {};
  }
  if (defaults && field.schema->has_default()) {
    append_datum(tape, field.schema->default_value());
    return {};
  }
  if (!field.schema->optional())
    return null_in_required(field.name, *field.schema);
  tape.null();
  return {};
}

data::SchemaSpec basics_of(const Schema &schema) {
  data::SchemaSpec spec;
  spec.type = schema.type();
  spec.name = schema.name();
  spec.version = schema.version();
  spec.doc = schema.doc();
  spec.parameters = schema.parameters();
  return spec;
}

Result<std::span<const data::Field>> fields_of(const Schema &schema) {
  if (schema.type() != Type::Struct)
    return data_error("Cannot list fields on non-struct type");
  return schema.fields();
}

} // namespace host::transform
