#include <utility>

#include "host/transform/java.h"
#include "host/transform/keys.h"
#include "host/transform/map_builder.h"
#include "host/transform/pages.h"
#include "host/transform/part.h"
#include "host/transform/schema_cache.h"

namespace host::transform {
namespace {

constexpr std::string_view kPurpose = "copying fields from value to key";

const config::ConfigDef &keys() {
  static const config::ConfigDef def =
      config::ConfigDef()
          .define(config::required("fields", config::Type::List)
                      .high()
                      .doc("The fields of the value that make the key, in this order.")
                      .check(some_names()))
          .define(replace_null_key());
  return def;
}

// Replaces the key by a struct or map of fields of the value.
class ValueToKey final : public Transform {
public:
  ValueToKey(const config::List &fields, bool defaults, data::SchemaPool &pool)
      : fields_(fields.begin(), fields.end()), defaults_(defaults), pool_(pool) {}

  Result<Verdict> apply(Record &record, data::Arena &arena) override {
    const Root root(record.value);
    const Schema *schema = data::schema_of(record.value);
    if (schema == nullptr) {
      HOST_ASSIGN(const Cell *map, require_map(root, nullptr, kPurpose));
      map_.begin_hashed(fields_.size());
      for (const MapKey &field : fields_)
        map_.put(field, find_entry(*map, field.text()));
      record.key = map_.finish(arena);
      return Verdict::Keep;
    }
    HOST_ASSIGN(const Cell *structure, require_struct(root, schema, kPurpose));
    HOST_ASSIGN(const Plan *plan, cache_.get(schema, [&] { return plan_for(*schema); }));
    tape_.clear();
    const std::size_t place = tape_.begin(data::Type::Struct);
    for (std::size_t i = 0; i < fields_.size(); ++i)
      HOST_TRY(append_field(tape_, field_at(structure, plan->sources[i]), plan->key->fields()[i],
                            defaults_));
    tape_.end(place, fields_.size());
    record.key = tape_.finish(arena, plan->key);
    return Verdict::Keep;
  }

private:
  // The key's schema, and for each of its fields the index in the value.
  struct Plan {
    const Schema *key = nullptr;
    std::vector<std::size_t> sources;
  };

  Result<Plan> plan_for(const Schema &schema) const {
    Plan plan;
    data::SchemaSpec spec;
    spec.type = data::Type::Struct;
    for (const MapKey &name : fields_) {
      const std::int32_t index = schema.field_index(name.text());
      if (index < 0)
        return data_error("Field does not exist: " + name.text());
      plan.sources.push_back(static_cast<std::size_t>(index));
      spec.fields.push_back(schema.fields()[plan.sources.back()]);
    }
    HOST_ASSIGN(plan.key, pool_.intern(std::move(spec)));
    return plan;
  }

  std::vector<MapKey> fields_;
  bool defaults_;
  data::SchemaPool &pool_;
  SchemaCache<Plan> cache_{pool_};
  data::TapeBuilder tape_;
  MapBuilder map_;
};

Result<std::unique_ptr<Transform>> make(const config::Values &values, Part,
                                        data::SchemaPool &pool) {
  return std::make_unique<ValueToKey>(values.list("fields"), values.boolean(kReplaceNull), pool);
}

} // namespace

constinit const TransformPage kValueToKey{
    "ValueToKey", "Replaces the key by a struct or map made of fields of the value.", false, keys,
    make};

} // namespace host::transform
