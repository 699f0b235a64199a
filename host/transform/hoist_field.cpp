#include <utility>

#include "host/data/struct_put.h"
#include "host/transform/keys.h"
#include "host/transform/map_builder.h"
#include "host/transform/pages.h"
#include "host/transform/part.h"
#include "host/transform/schema_cache.h"

namespace host::transform {
namespace {

const config::ConfigDef &keys() {
  static const config::ConfigDef def = config::ConfigDef().define(
      config::required("field", config::Type::String)
          .medium()
          .doc("The name of the one field of the struct or map that is made."));
  return def;
}

// Wraps a whole key or value, null too, as the one field of a struct, or entry of a map.
class HoistField final : public Transform {
public:
  HoistField(Part part, std::string field, data::SchemaPool &pool)
      : part_(part), field_(std::move(field)), pool_(pool) {}

  Result<Verdict> apply(Record &record, data::Arena &arena) override {
    Datum &datum = part_of(record, part_);
    const Schema *schema = data::schema_of(datum);
    if (schema == nullptr) {
      const Root root(datum);
      map_.begin_hashed(16);
      map_.put(field_, root.cell());
      datum = map_.finish(arena);
      return Verdict::Keep;
    }
    HOST_ASSIGN(const Schema *const *hoisted, cache_.get(schema, [&] { return hoist(schema); }));
    tape_.clear();
    const std::size_t place = tape_.begin(data::Type::Struct);
    append_datum(tape_, datum);
    tape_.end(place, 1);
    HOST_TRY(data::check_put(tape_[place + 1], schema, (*hoisted)->fields()[0]));
    datum = tape_.finish(arena, *hoisted);
    return Verdict::Keep;
  }

private:
  Result<const Schema *> hoist(const Schema *schema) {
    data::SchemaSpec spec;
    spec.type = data::Type::Struct;
    spec.fields = {{field_.text(), schema}};
    return pool_.intern(std::move(spec));
  }

  Part part_;
  MapKey field_;
  data::SchemaPool &pool_;
  SchemaCache<const Schema *> cache_{pool_};
  MapBuilder map_;
  data::TapeBuilder tape_;
};

Result<std::unique_ptr<Transform>> make(const config::Values &values, Part part,
                                        data::SchemaPool &pool) {
  return std::make_unique<HoistField>(part, values.text("field"), pool);
}

} // namespace

constinit const TransformPage kHoistField{
    "HoistField",
    "Wraps the whole key or value as the single field of a struct, or of a map where there is no "
    "schema.",
    true, keys, make};

} // namespace host::transform
