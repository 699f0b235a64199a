#include <algorithm>
#include <utility>

#include "host/data/objects.h"
#include "host/transform/java.h"
#include "host/transform/keys.h"
#include "host/transform/map_builder.h"
#include "host/transform/pages.h"
#include "host/transform/part.h"
#include "host/transform/schema_cache.h"

namespace host::transform {
namespace {

using data::Type;

constexpr std::string_view kPurpose = "flattening";

const config::ConfigDef &keys() {
  static const config::ConfigDef def = config::ConfigDef().define(
      config::text("delimiter", ".")
          .medium()
          .doc("What stands between the names of the fields on the way to a nested one."));
  return def;
}

// Puts nested fields to the top, under names made of the names on the way. Arrays stay as they are.
class Flatten final : public Transform {
public:
  Flatten(Part part, std::string delimiter, data::SchemaPool &pool)
      : part_(part), delimiter_(std::move(delimiter)), pool_(pool) {}

  Result<Verdict> apply(Record &record, data::Arena &arena) override {
    return apply_to(
        part_of(record, part_), kPurpose,
        [&](const Cell &map, Datum &datum) { return of_map(map, datum, arena); },
        [&](const Cell *structure, const Schema &schema, Datum &datum) {
          return of_struct(structure, schema, datum, arena);
        });
  }

private:
  Result<Verdict> of_map(const Cell &map, Datum &datum, data::Arena &arena) {
    map_.begin_linked();
    HOST_TRY(add_entries(map, {}, arena));
    datum = map_.finish(arena);
    return Verdict::Keep;
  }

  Result<Verdict> of_struct(const Cell *structure, const Schema &schema, Datum &datum,
                            data::Arena &arena) {
    HOST_ASSIGN(const Schema *const *flat, cache_.get(&schema, [&] { return flattened(schema); }));
    tape_.clear();
    const std::size_t place = tape_.begin(Type::Struct);
    std::size_t field = 0;
    HOST_TRY(add_fields(structure, schema, **flat, field));
    tape_.end(place, field);
    datum = tape_.finish(arena, *flat);
    return Verdict::Keep;
  }

  std::string name_of(const std::string &prefix, const std::string &name) const {
    return prefix.empty() ? name : prefix + delimiter_ + name;
  }

  Result<const Schema *> flattened(const Schema &schema) const {
    data::SchemaSpec spec = basics_of(schema);
    const Root defaults(schema.default_value());
    HOST_TRY(add_schema_fields(spec, schema, "", schema.optional(), defaults.cell()));
    return pool_.intern(std::move(spec));
  }

  // `ancestor` is the default of the struct that these fields are in; null if it has none.
  Status add_schema_fields(data::SchemaSpec &spec, const Schema &schema, const std::string &prefix,
                           bool optional, const Cell *ancestor) const {
    for (std::size_t i = 0; i < schema.fields().size(); ++i) {
      const data::Field &field = schema.fields()[i];
      const std::string name = name_of(prefix, field.name);
      const bool may_be_null = optional || field.schema->optional();
      Datum fallback = field.schema->default_value();
      if (data::is_null(fallback) && ancestor != nullptr)
        fallback = datum_of(field_at(ancestor, i), field.schema);
      if (field.schema->type() == Type::Map)
        return unsupported("MAP for record with schemas", name);
      if (field.schema->type() == Type::Struct) {
        const Cell *inner = data::is_null(fallback) ? nullptr : fallback.cells;
        HOST_TRY(add_schema_fields(spec, *field.schema, name, may_be_null, inner));
        continue;
      }
      if (std::any_of(spec.fields.begin(), spec.fields.end(),
                      [&](const data::Field &made) { return made.name == name; }))
        return fail(Code::Data, exception::kSchemaBuilder,
                    "Cannot create field because of field name duplication " + name);
      data::SchemaSpec leaf = basics_of(*field.schema);
      leaf.value_schema = field.schema->value_schema();
      leaf.optional = may_be_null;
      leaf.default_value = fallback;
      HOST_ASSIGN(const Schema *made, pool_.intern(std::move(leaf)));
      spec.fields.push_back({name, made});
    }
    return {};
  }

  static tl::unexpected<Error> unsupported(const std::string &what, const std::string &name) {
    return data_error("Flatten transformation does not support " + what + " (for field " + name +
                      ").");
  }

  // `next` is the field of the flat schema that comes next. A null leaf is read as its default.
  Status add_fields(const Cell *structure, const Schema &schema, const Schema &flat,
                    std::size_t &next) {
    const Cell *at = structure + 1;
    for (const data::Field &field : schema.fields()) {
      if (field.schema->type() != Type::Struct) {
        if (is_null(at) && field.schema->has_default())
          append_datum(tape_, field.schema->default_value());
        else
          HOST_TRY(append_field(tape_, at, flat.fields()[next], false));
        ++next;
      } else if (is_null(at)) {
        add_nulls(*field.schema, next);
      } else {
        HOST_TRY(add_fields(at, *field.schema, flat, next));
      }
      at += data::extent(*at);
    }
    return {};
  }

  // The leaves of a struct that is null.
  void add_nulls(const Schema &schema, std::size_t &next) {
    for (const data::Field &field : schema.fields())
      if (field.schema->type() == Type::Struct) {
        add_nulls(*field.schema, next);
      } else {
        tape_.null();
        ++next;
      }
  }

  Status add_entries(const Cell &map, std::string_view prefix, data::Arena &arena) {
    const Cell *key = &map + 1;
    for (std::uint32_t i = 0; i < map.n; ++i) {
      const Cell *value = key + data::extent(*key);
      if (data::type_of(*key) != Type::String)
        return class_cast(*key, nullptr, "java.lang.String");
      HOST_TRY(add_entry(*key, *value, prefix, arena));
      key = value + data::extent(*value);
    }
    return {};
  }

  Status add_entry(const Cell &key, const Cell &value, std::string_view prefix,
                   data::Arena &arena) {
    const Type type = data::type_of(value);
    if (data::object_of(value) != data::Object::BySchema)
      return data_error("Flatten transformation was passed a value of type class " +
                        std::string(class_of(value, nullptr)) +
                        " which is not supported by Connect's data API");
    if (type == Type::Map)
      return add_entries(value, joined(prefix, data::text_of(key), arena), arena);
    if (type == Type::Struct)
      return unsupported("class org.apache.kafka.connect.data.Struct for record without schemas",
                         std::string(joined(prefix, data::text_of(key), arena)));
    if (prefix.empty()) {
      map_.put(key, &value);
      return {};
    }
    Cell name = key;
    const std::string_view text = joined(prefix, data::text_of(key), arena);
    name.n = static_cast<std::uint32_t>(text.size());
    name.u.p = data::bytes_of(text).ptr;
    map_.put(*arena.copy(std::span(&name, 1)).data(), &value);
    return {};
  }

  std::string_view joined(std::string_view prefix, std::string_view name, data::Arena &arena) {
    if (prefix.empty())
      return name;
    name_.assign(prefix).append(delimiter_).append(name);
    return arena.copy(std::string_view(name_));
  }

  Part part_;
  std::string delimiter_;
  data::SchemaPool &pool_;
  SchemaCache<const Schema *> cache_{pool_};
  data::TapeBuilder tape_;
  MapBuilder map_;
  std::string name_;
};

Result<std::unique_ptr<Transform>> make(const config::Values &values, Part part,
                                        data::SchemaPool &pool) {
  return std::make_unique<Flatten>(part, values.text("delimiter"), pool);
}

} // namespace

constinit const TransformPage kFlatten{
    "Flatten",
    "Puts the fields of nested structs or maps to the top, under names that join the names on the "
    "way. Arrays stay as they are.",
    true, keys, make};

} // namespace host::transform
