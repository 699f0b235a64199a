#include <algorithm>
#include <optional>
#include <utility>

#include "host/base/java_text.h"
#include "host/config/parse.h"
#include "host/data/objects.h"
#include "host/transform/cast_value.h"
#include "host/transform/java.h"
#include "host/transform/keys.h"
#include "host/transform/map_builder.h"
#include "host/transform/pages.h"
#include "host/transform/part.h"
#include "host/transform/schema_cache.h"

namespace host::transform {
namespace {

using data::Type;

constexpr std::string_view kPurpose = "cast types";

// What `spec` asks for: a type for the whole key or value, or types for fields, in the order of a
// Java HashMap; of a field that comes twice the last type counts.
struct Spec {
  struct Field {
    MapKey name;
    Type type;
  };
  std::optional<Type> whole;
  std::vector<Field> fields;
};

std::string upper(std::string_view text) {
  std::string result(text);
  for (char &c : result)
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c & ~0x20);
  return result;
}

Result<Type> parse_type(std::string_view given) {
  const std::string name = upper(java::trim(given));
  for (Type type = Type::Bool; type <= Type::Struct;
       type = static_cast<Type>(static_cast<int>(type) + 1)) {
    if (data::name_of(type) != name)
      continue;
    if (type <= Type::String)
      return type;
    return config_error("Cast transformation does not support casting to " + name +
                        "; supported types are [INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, "
                        "BOOLEAN, STRING]");
  }
  // Java takes the text for a key and the exception for its value.
  return config_error(
      config::invalid("Invalid type found in casting spec: " + std::string(java::trim(given)),
                      std::string(kIllegalArgument) +
                          ": No enum constant org.apache.kafka.connect.data.Schema.Type." + name,
                      ""));
}

Result<Spec> parse_spec(const config::List &list) {
  Spec spec;
  std::vector<std::pair<std::string, Type>> fields;
  std::vector<std::string> names;
  for (const std::string &item : list) {
    const config::List parts = split_at_colons(item);
    if (parts.size() > 2)
      return config_error(config::invalid("renames", config::java_text(config::Value(list)),
                                          "Invalid rename mapping: " + item));
    if (parts.empty())
      return config_error(std::string(kNoTypeBehindColon));
    HOST_ASSIGN(const Type type, parse_type(parts.back()));
    if (parts.size() == 1) {
      spec.whole = type;
      continue;
    }
    names.emplace_back(java::trim(parts[0]));
    fields.emplace_back(names.back(), type);
  }
  if (spec.whole && list.size() > 1)
    return config_error("Cast transformations that specify a type to cast the entire value to may "
                        "only specify a single cast in their spec");
  for (const std::string &name : in_hash_order(names)) {
    const auto last = std::find_if(fields.rbegin(), fields.rend(),
                                   [&](const auto &field) { return field.first == name; });
    spec.fields.push_back({MapKey(name), last->second});
  }
  return spec;
}

const config::ConfigDef &keys() {
  static const config::ConfigDef def =
      config::ConfigDef()
          .define(
              config::required("spec", config::Type::List)
                  .high()
                  .doc("field:type for each field to cast, or a type alone for the whole key or "
                       "value. Types are int8, int16, int32, int64, float32, float64, boolean and "
                       "string.")
                  .check([](std::string_view, const config::Value &value) {
                    const auto *list = std::get_if<config::List>(&value);
                    if (list == nullptr || list->empty())
                      return std::optional<std::string>("Must specify at least one field to cast.");
                    const auto spec = parse_spec(*list);
                    return spec ? std::nullopt : std::optional(spec.error().message());
                  }))
          .define(replace_null_key());
  return def;
}

// Casts the whole key or value, or fields at its top, to other types. Null stays null.
class Cast final : public Transform {
public:
  Cast(Part part, Spec spec, bool defaults, data::SchemaPool &pool)
      : part_(part), spec_(std::move(spec)), defaults_(defaults), pool_(pool) {}

  Result<Verdict> apply(Record &record, data::Arena &arena) override {
    Datum &datum = part_of(record, part_);
    const Root root(datum);
    if (!root)
      return Verdict::Keep;
    const Schema *schema = data::schema_of(datum);
    if (schema == nullptr)
      return spec_.whole ? cast_whole(root, nullptr, nullptr, datum, arena)
                         : cast_entries(root, datum, arena);
    HOST_ASSIGN(const Plan *plan, cache_.get(schema, [&] { return plan_for(*schema); }));
    return spec_.whole ? cast_whole(root, schema, plan->schema, datum, arena)
                       : cast_fields(root, *schema, *plan, datum, arena);
  }

private:
  // The schema after the cast, and each field's type: Null where it stays.
  struct Plan {
    const Schema *schema = nullptr;
    std::vector<Type> types;
  };

  Type type_for(std::string_view field) const {
    for (const Spec::Field &cast : spec_.fields)
      if (cast.name.text() == field)
        return cast.type;
    return Type::Null;
  }

  Result<Plan> plan_for(const Schema &schema) {
    Plan plan;
    data::SchemaSpec spec = basics_of(schema);
    spec.optional = schema.optional();
    spec.type = spec_.whole.value_or(Type::Struct);
    data::Arena arena; // until the pool has copied the defaults
    if (!spec_.whole) {
      HOST_ASSIGN(const auto fields, fields_of(schema));
      for (const data::Field &field : fields) {
        const Type type = type_for(field.name);
        plan.types.push_back(type);
        spec.fields.push_back(field);
        if (type != Type::Null) {
          HOST_ASSIGN(spec.fields.back().schema, cast_schema(*field.schema, type, arena));
        }
      }
    }
    if (schema.has_default()) {
      if (schema.logical() != data::Logical::None)
        return fail(Code::Data, exception::kSchemaBuilder, "Invalid default value");
      HOST_ASSIGN(spec.default_value, cast_default(schema, spec.type, arena));
    }
    HOST_ASSIGN(plan.schema, pool_.intern(std::move(spec)));
    return plan;
  }

  // A field's schema after its cast: nothing is left of the old one but its default and optional.
  Result<const Schema *> cast_schema(const Schema &schema, Type type, data::Arena &arena) {
    data::SchemaSpec spec;
    spec.type = type;
    spec.optional = schema.optional();
    if (schema.has_default()) {
      HOST_ASSIGN(spec.default_value, cast_default(schema, type, arena));
    }
    return pool_.intern(std::move(spec));
  }

  Result<Datum> cast_default(const Schema &schema, Type type, data::Arena &arena) {
    const Root value(schema.default_value());
    HOST_ASSIGN(const Cell cell, cast_(*value.cell(), &schema, type, arena));
    return data::cells_datum(arena.copy(std::span(&cell, 1)), nullptr);
  }

  Result<Verdict> cast_whole(const Root &root, const Schema *schema, const Schema *to, Datum &datum,
                             data::Arena &arena) {
    HOST_ASSIGN(Cell cell, cast_(*root.cell(), schema, *spec_.whole, arena));
    // The name of a logical type stays, though the value is none of its objects any more.
    if (to != nullptr && to->logical() != data::Logical::None)
      cell.flags = static_cast<std::uint8_t>(data::Object::Plain);
    datum = data::cells_datum(arena.copy(std::span(&cell, 1)), to);
    return Verdict::Keep;
  }

  // Fields that the map lacks come in as null.
  Result<Verdict> cast_entries(const Root &root, Datum &datum, data::Arena &arena) {
    HOST_ASSIGN(const Cell *map, require_map(root, nullptr, kPurpose));
    map_.begin_copy(*map);
    for (const Spec::Field &field : spec_.fields) {
      const Cell *value = find_entry(*map, field.name.text());
      if (value == nullptr || is_null(value)) {
        map_.put(field.name, nullptr);
        continue;
      }
      HOST_ASSIGN(const Cell cell, cast_(*value, nullptr, field.type, arena));
      map_.put(field.name, arena.copy(std::span(&cell, 1)).data());
    }
    datum = map_.finish(arena);
    return Verdict::Keep;
  }

  Result<Verdict> cast_fields(const Root &root, const Schema &schema, const Plan &plan,
                              Datum &datum, data::Arena &arena) {
    HOST_ASSIGN(const Cell *structure, require_struct(root, &schema, kPurpose));
    tape_.clear();
    const std::size_t place = tape_.begin(Type::Struct);
    const Cell *at = structure + 1;
    for (std::size_t i = 0; i < plan.types.size(); ++i) {
      const data::Field &field = schema.fields()[i];
      if (plan.types[i] == Type::Null)
        HOST_TRY(append_field(tape_, at, field, defaults_));
      else
        HOST_TRY(append_cast(at, field, plan.types[i], arena));
      at += data::extent(*at);
    }
    tape_.end(place, plan.types.size());
    datum = tape_.finish(arena, plan.schema);
    return Verdict::Keep;
  }

  Status append_cast(const Cell *cell, const data::Field &field, Type type, data::Arena &arena) {
    const Root standin(field.schema->default_value());
    if (is_null(cell) && defaults_ && standin)
      cell = standin.cell();
    if (is_null(cell))
      return append_field(tape_, cell, field, false);
    HOST_ASSIGN(const Cell made, cast_(*cell, field.schema, type, arena));
    tape_.append({&made, 1});
    return {};
  }

  Part part_;
  Spec spec_;
  bool defaults_;
  data::SchemaPool &pool_;
  SchemaCache<Plan> cache_{pool_};
  CastValue cast_;
  data::TapeBuilder tape_;
  MapBuilder map_;
};

Result<std::unique_ptr<Transform>> make(const config::Values &values, Part part,
                                        data::SchemaPool &pool) {
  HOST_ASSIGN(Spec spec, parse_spec(values.list("spec")));
  return std::make_unique<Cast>(part, std::move(spec), values.boolean(kReplaceNull), pool);
}

} // namespace

constinit const TransformPage kCast{
    "Cast",
    "Casts the whole key or value, or fields at its top, to another type: numbers, booleans and "
    "text to each other, bytes to text in base64.",
    true, keys, make};

} // namespace host::transform
