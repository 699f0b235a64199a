#include <algorithm>
#include <utility>

#include "host/transform/java.h"
#include "host/transform/keys.h"
#include "host/transform/map_builder.h"
#include "host/transform/pages.h"
#include "host/transform/part.h"
#include "host/transform/schema_cache.h"

namespace host::transform {
namespace {

const config::ConfigDef &keys() {
  static const config::ConfigDef def =
      config::ConfigDef()
          .define(config::required("fields", config::Type::List)
                      .high()
                      .doc("The names of the fields that become headers.")
                      .check(non_empty_list()))
          .define(config::required("headers", config::Type::List)
                      .high()
                      .doc("The names of the headers, one for each field and in the same order.")
                      .check(non_empty_list()))
          .define(config::required("operation", config::Type::String)
                      .high()
                      .doc("move takes the fields out of the key or value, copy leaves them there.")
                      .check(config::one_of({"move", "copy"})))
          .define(replace_null_key());
  return def;
}

struct Settings {
  std::vector<std::string> fields;
  std::vector<std::string> headers;
  bool move;
  bool defaults;
};

// Adds headers with the values of fields. Headers of the same names that are there already stay.
class HeaderFrom final : public Transform {
public:
  HeaderFrom(Part part, Settings settings, data::SchemaPool &pool)
      : part_(part), settings_(std::move(settings)),
        purpose_(settings_.move ? "header move" : "header copy"),
        fields_(settings_.fields.begin(), settings_.fields.end()), pool_(pool) {}

  Result<Verdict> apply(Record &record, data::Arena &arena) override {
    Datum &datum = part_of(record, part_);
    const Root root(datum);
    const Schema *schema = data::schema_of(datum);
    if (schema == nullptr) {
      HOST_ASSIGN(const Cell *map, require_map(root, nullptr, purpose_));
      return of_map(record, *map, datum, arena);
    }
    HOST_ASSIGN(const Cell *structure, require_struct(root, schema, purpose_));
    HOST_ASSIGN(const Plan *plan, cache_.get(schema, [&] { return plan_for(*schema); }));
    return of_struct(record, structure, *plan, datum, arena);
  }

private:
  // The schema without the fields that move; for each field that is taken its index, -1 if there is
  // none; for each field of the schema whether it stays.
  struct Plan {
    const Schema *from;
    const Schema *rest;
    std::vector<std::int32_t> taken;
    std::vector<bool> stays;
  };

  Result<Plan> plan_for(const Schema &schema) const {
    Plan plan{&schema, &schema, {}, {}};
    data::SchemaSpec spec = basics_of(schema);
    for (const data::Field &field : schema.fields()) {
      const bool taken = std::find(settings_.fields.begin(), settings_.fields.end(), field.name) !=
                         settings_.fields.end();
      plan.stays.push_back(!taken);
      if (!taken)
        spec.fields.push_back(field);
    }
    for (const std::string &name : settings_.fields)
      plan.taken.push_back(schema.field_index(name));
    if (settings_.move) {
      HOST_ASSIGN(plan.rest, pool_.intern(std::move(spec)));
    }
    return plan;
  }

  Result<Verdict> of_map(Record &record, const Cell &map, Datum &datum, data::Arena &arena) {
    map_.begin_copy(map);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const Cell *value = find_entry(map, fields_[i].text());
      if (settings_.move)
        map_.remove(fields_[i]);
      record.headers.push_back(make_header(settings_.headers[i], datum_of(value, nullptr)));
    }
    datum = map_.finish(arena);
    return Verdict::Keep;
  }

  Result<Verdict> of_struct(Record &record, const Cell *structure, const Plan &plan, Datum &datum,
                            data::Arena &arena) {
    if (settings_.move)
      HOST_TRY(keep_rest(structure, plan));
    for (std::size_t i = 0; i < plan.taken.size(); ++i) {
      if (plan.taken[i] < 0)
        return java_error(
            kNullPointer,
            "Cannot invoke \"org.apache.kafka.connect.data.Field.schema()\" because the return "
            "value of \"org.apache.kafka.connect.data.Schema.field(String)\" is null");
      const auto index = static_cast<std::size_t>(plan.taken[i]);
      const Schema *schema = plan.from->fields()[index].schema;
      Datum value = datum_of(field_at(structure, index), schema);
      if (data::is_null(value) && settings_.defaults)
        value = default_of(schema);
      if (data::is_null(value) && !schema->optional())
        return data_error("A null value requires an optional schema but was " + schema->text());
      record.headers.push_back(make_header(settings_.headers[i], value));
    }
    if (settings_.move)
      datum = tape_.finish(arena, plan.rest);
    return Verdict::Keep;
  }

  Status keep_rest(const Cell *structure, const Plan &plan) {
    tape_.clear();
    const std::size_t place = tape_.begin(data::Type::Struct);
    const Cell *at = structure + 1;
    for (std::size_t i = 0; i < plan.stays.size(); ++i) {
      if (plan.stays[i])
        HOST_TRY(append_field(tape_, at, plan.from->fields()[i], settings_.defaults));
      at += data::extent(*at);
    }
    tape_.end(place, plan.rest->fields().size());
    return {};
  }

  Part part_;
  Settings settings_;
  std::string_view purpose_;
  std::vector<MapKey> fields_;
  data::SchemaPool &pool_;
  SchemaCache<Plan> cache_{pool_};
  data::TapeBuilder tape_;
  MapBuilder map_;
};

Result<std::unique_ptr<Transform>> make(const config::Values &values, Part part,
                                        data::SchemaPool &pool) {
  Settings settings{values.list("fields"), values.list("headers"),
                    values.text("operation") == "move", values.boolean(kReplaceNull)};
  if (settings.fields.size() != settings.headers.size())
    return config_error("'fields' config must have the same number of elements as 'headers' "
                        "config.");
  return std::make_unique<HeaderFrom>(part, std::move(settings), pool);
}

} // namespace

constinit const TransformPage kHeaderFrom{
    "HeaderFrom", "Moves or copies fields of the key or value into headers.", true, keys, make};

} // namespace host::transform
