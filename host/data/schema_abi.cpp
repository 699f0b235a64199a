#include "host/data/schema_abi.h"

#include "host/data/tape.h"

namespace host::data {
namespace {

sluice_str abi_text(const std::optional<std::string> &text) {
  return text ? sluice_str{text->data(), text->size()} : sluice_str{nullptr, 0};
}

std::string host_text(sluice_str text) { return {text.ptr, text.len}; }

std::optional<std::string> host_optional(sluice_str text) {
  return text.ptr != nullptr ? std::optional(host_text(text)) : std::nullopt;
}

Status check_default(const Schema &bare, const Datum &value) {
  Datum under = value;
  under.schema = handle(&bare);
  HOST_TRY(check_datum(under));
  const Type type = is_raw(under) ? Type::Bytes : type_of(under.cells[0]);
  const bool text = is_raw(under) && bare.type() == Type::String;
  if (type != bare.type() && !text)
    return fail(Code::Data, exception::kSchemaBuilder, "Invalid default value");
  return {};
}

// The default as cells: a raw one is turned into a cell, so that readers need to know one form.
Datum default_cells(const Schema &bare, const Datum &value, TapeBuilder &tape) {
  if (!is_raw(value))
    return value;
  tape.clear();
  tape.bytes(bare.type(), text_of(value.raw));
  return cells_datum(tape.cells(), nullptr);
}

} // namespace

const sluice_schema_api &schema_api() {
  static constexpr sluice_schema_api table{
      sizeof(sluice_schema_api),
      [](const sluice_schema *s) -> std::int32_t {
        return static_cast<std::int32_t>(schema_of(s)->type());
      },
      [](const sluice_schema *s) -> std::int32_t { return schema_of(s)->optional() ? 1 : 0; },
      [](const sluice_schema *s) { return abi_text(schema_of(s)->name()); },
      [](const sluice_schema *s, std::int32_t *version) -> std::int32_t {
        const auto found = schema_of(s)->version();
        if (found && version != nullptr)
          *version = *found;
        return found ? 1 : 0;
      },
      [](const sluice_schema *s) { return abi_text(schema_of(s)->doc()); },
      [](const sluice_schema *s, const sluice_kv **first) {
        const auto all = schema_of(s)->abi_parameters();
        *first = all.data();
        return all.size();
      },
      [](const sluice_schema *s, const sluice_field **first) {
        const auto all = schema_of(s)->abi_fields();
        *first = all.data();
        return all.size();
      },
      [](const sluice_schema *s) { return handle(schema_of(s)->key_schema()); },
      [](const sluice_schema *s) { return handle(schema_of(s)->value_schema()); },
      [](const sluice_schema *s) -> const sluice_datum * {
        const Schema *schema = schema_of(s);
        return schema->has_default() ? &schema->default_value() : nullptr;
      },
      [](const sluice_schema *s) { return schema_of(s)->id(); },
  };
  return table;
}

Result<const Schema *> build_schema(const sluice_schema_def &definition, SchemaPool &pool) {
  SchemaSpec spec;
  if (definition.type < SLUICE_BOOL || definition.type > SLUICE_STRUCT)
    return fail(Code::Data, exception::kSchemaBuilder,
                "Unknown schema type: " + std::to_string(definition.type));
  spec.type = static_cast<Type>(definition.type);
  spec.optional = definition.optional != 0;
  if (definition.has_version != 0)
    spec.version = definition.version;
  spec.name = host_optional(definition.name);
  spec.doc = host_optional(definition.doc);
  for (const sluice_kv &entry : std::span(definition.parameters, definition.n_parameters))
    spec.parameters.emplace_back(host_text(entry.key), host_text(entry.value));
  for (const sluice_field &field : std::span(definition.fields, definition.n_fields))
    spec.fields.push_back({host_text(field.name), schema_of(field.schema)});
  spec.key_schema = schema_of(definition.key_schema);
  spec.value_schema = schema_of(definition.value_schema);
  const sluice_datum *fallback = definition.default_value;
  if (fallback == nullptr || is_null(*fallback))
    return pool.intern_lasting(std::move(spec));
  HOST_ASSIGN(const Schema *bare, pool.intern_lasting(spec));
  HOST_TRY(check_default(*bare, *fallback));
  TapeBuilder tape;
  spec.default_value = default_cells(*bare, *fallback, tape);
  return pool.intern_lasting(std::move(spec));
}

} // namespace host::data
