#include <algorithm>
#include <optional>
#include <utility>

#include "host/transform/java.h"
#include "host/transform/keys.h"
#include "host/transform/pages.h"
#include "host/transform/part.h"
#include "host/transform/schema_cache.h"

namespace host::transform {
namespace {

const config::ConfigDef &keys() {
  static const config::ConfigDef def =
      config::ConfigDef()
          .define(config::nullable("schema.name", config::Type::String)
                      .high()
                      .doc("The name that the schema gets."))
          .define(config::nullable("schema.version", config::Type::Int)
                      .high()
                      .doc("The version that the schema gets."))
          .define(replace_null_key());
  return def;
}

struct Settings {
  std::optional<std::string> name;
  std::optional<std::int32_t> version;
  bool defaults;
};

// Gives the schema of a struct another name or version.
class SetSchemaMetadata final : public Transform {
public:
  SetSchemaMetadata(Part part, Settings settings, data::SchemaPool &pool)
      : part_(part), settings_(std::move(settings)), pool_(pool) {}

  Result<Verdict> apply(Record &record, data::Arena &arena) override {
    Datum &datum = part_of(record, part_);
    const Schema *schema = data::schema_of(datum);
    if (schema == nullptr && data::is_null(datum))
      return Verdict::Keep;
    if (schema == nullptr)
      return data_error("Schema required for [updating schema metadata]");
    HOST_ASSIGN(const Schema *const *updated, cache_.get(schema, [&] { return update(*schema); }));
    const Root root(datum);
    if (root && data::type_of(*root.cell()) == data::Type::Struct)
      HOST_TRY(fill_defaults(root.cell(), *schema, datum, arena));
    datum.schema = data::handle(*updated);
    return Verdict::Keep;
  }

private:
  Result<const Schema *> update(const Schema &schema) const {
    HOST_ASSIGN(const auto fields, fields_of(schema));
    data::SchemaSpec spec = basics_of(schema);
    spec.fields.assign(fields.begin(), fields.end());
    spec.optional = schema.optional();
    spec.default_value = schema.default_value();
    if (settings_.name)
      spec.name = settings_.name;
    if (settings_.version)
      spec.version = settings_.version;
    return pool_.intern(std::move(spec));
  }

  // Connect fills a new struct field by field, so that nulls may become defaults. Where there is
  // no null the cells serve as they are.
  Status fill_defaults(const Cell *structure, const Schema &schema, Datum &datum,
                       data::Arena &arena) {
    bool any_null = false;
    const Cell *at = structure + 1;
    for (std::uint32_t i = 0; i < structure->n && !any_null; ++i) {
      any_null = is_null(at);
      at += data::extent(*at);
    }
    if (!any_null)
      return {};
    tape_.clear();
    const std::size_t place = tape_.begin(data::Type::Struct);
    at = structure + 1;
    for (const data::Field &field : schema.fields()) {
      HOST_TRY(append_field(tape_, at, field, settings_.defaults));
      at += data::extent(*at);
    }
    tape_.end(place, schema.fields().size());
    datum = tape_.finish(arena, &schema);
    return {};
  }

  Part part_;
  Settings settings_;
  data::SchemaPool &pool_;
  SchemaCache<const Schema *> cache_{pool_};
  data::TapeBuilder tape_;
};

Result<std::unique_ptr<Transform>> make(const config::Values &values, Part part,
                                        data::SchemaPool &pool) {
  Settings settings{std::nullopt, std::nullopt, values.boolean(kReplaceNull)};
  if (!values.is_null("schema.name"))
    settings.name = values.text("schema.name");
  if (!values.is_null("schema.version"))
    settings.version = static_cast<std::int32_t>(values.integer("schema.version"));
  if (!settings.name && !settings.version)
    return config_error("Neither schema name nor version configured");
  return std::make_unique<SetSchemaMetadata>(part, std::move(settings), pool);
}

} // namespace

constinit const TransformPage kSetSchemaMetadata{
    "SetSchemaMetadata", "Sets the name, the version or both of a struct's schema.", true, keys,
    make};

} // namespace host::transform
