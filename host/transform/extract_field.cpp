#include <utility>

#include "host/transform/field_path.h"
#include "host/transform/java.h"
#include "host/transform/keys.h"
#include "host/transform/pages.h"
#include "host/transform/part.h"
#include "host/transform/schema_cache.h"

namespace host::transform {
namespace {

constexpr std::string_view kPurpose = "field extraction";
constexpr std::string_view kNested = "nested field access";
constexpr const char *kSyntax = "field.syntax.version";

const config::ConfigDef &keys() {
  static const config::ConfigDef def =
      config::ConfigDef()
          .define(config::required("field", config::Type::String)
                      .medium()
                      .doc("The field to take out; with field.syntax.version V2 a path to it."))
          .define(replace_null_key())
          .define(config::text(kSyntax, "V1")
                      .high()
                      .doc("How field is read. V1: as the name of a field at the top. V2: as a "
                           "path whose steps are separated by dots; a step that itself has dots "
                           "stands between backticks, as in `a.b`.c.")
                      .check(config::one_of_nocase({"V1", "V2"})));
  return def;
}

// Replaces a key or value by one of its fields. Null stays null; a field that a map lacks is null.
class ExtractField final : public Transform {
public:
  ExtractField(Part part, std::string path, std::vector<std::string> steps, bool defaults,
               data::SchemaPool &pool)
      : part_(part), path_(std::move(path)), steps_(std::move(steps)), defaults_(defaults),
        cache_(pool) {}

  Result<Verdict> apply(Record &record, data::Arena &) override {
    Datum &datum = part_of(record, part_);
    const Schema *schema = data::schema_of(datum);
    auto field = schema == nullptr ? of_map(datum) : of_struct(datum, *schema);
    if (!field)
      return fail(std::move(field).error());
    datum = *field;
    return Verdict::Keep;
  }

private:
  // For each step the index of its field; the schema that the last one leads to.
  struct Plan {
    std::vector<std::size_t> indexes;
    const Schema *schema = nullptr;
  };

  static tl::unexpected<Error> no_steps() {
    return java_error(kIllegalArgument, "fromIndex(0) > toIndex(-1)");
  }

  Result<Datum> of_map(const Datum &datum) const {
    const Root root(datum);
    if (!root)
      return data::null_datum();
    HOST_ASSIGN(const Cell *at, require_map(root, nullptr, kPurpose));
    if (steps_.empty())
      return no_steps();
    for (std::size_t i = 0;; ++i) {
      at = find_entry(*at, steps_[i]);
      if (at == nullptr || is_null(at))
        return data::null_datum();
      if (i + 1 == steps_.size())
        return datum_of(at, nullptr);
      if (data::type_of(*at) != data::Type::Map)
        return data_error("Only Map objects supported in absence of schema for [" +
                          std::string(kNested) +
                          "], found: " + std::string(class_of(*at, nullptr)));
    }
  }

  Result<Datum> of_struct(const Datum &datum, const Schema &schema) {
    const Root root(datum);
    if (root)
      HOST_TRY(require_struct(root, &schema, kPurpose));
    HOST_ASSIGN(const Plan *plan, cache_.get(&schema, [&] { return plan_for(&schema); }));
    if (!root)
      return data::null_datum(plan->schema);
    return walk(root.cell(), &schema, *plan);
  }

  Result<Plan> plan_for(const Schema *schema) const {
    if (steps_.empty())
      return no_steps();
    Plan plan;
    for (const std::string &step : steps_) {
      if (schema->type() != data::Type::Struct)
        return data_error("Cannot look up fields on non-struct type");
      const std::int32_t index = schema->field_index(step);
      if (index < 0)
        return java_error(kIllegalArgument, "Unknown field: " + path_);
      plan.indexes.push_back(static_cast<std::size_t>(index));
      schema = schema->fields()[plan.indexes.back()].schema;
    }
    plan.schema = schema;
    return plan;
  }

  // On the way down a null struct is read as its default, whatever the setting.
  Datum walk(const Cell *at, const Schema *schema, const Plan &plan) const {
    for (std::size_t i = 0;; ++i) {
      const bool last = i + 1 == plan.indexes.size();
      at = field_at(at, plan.indexes[i]);
      schema = schema->fields()[plan.indexes[i]].schema;
      if (!is_null(at)) {
        if (last)
          return datum_of(at, schema);
        continue;
      }
      const Datum standin =
          schema->has_default() && (!last || defaults_) ? default_of(schema) : data::null_datum();
      if (last || data::is_null(standin)) {
        Datum found = standin;
        found.schema = data::handle(plan.schema);
        return found;
      }
      at = standin.cells;
    }
  }

  Part part_;
  std::string path_;
  std::vector<std::string> steps_;
  bool defaults_;
  SchemaCache<Plan> cache_;
};

Result<std::unique_ptr<Transform>> make(const config::Values &values, Part part,
                                        data::SchemaPool &pool) {
  const std::string version = values.text(kSyntax);
  const PathSyntax syntax = version == "V2" || version == "v2" ? PathSyntax::V2 : PathSyntax::V1;
  std::string path = values.text("field");
  HOST_ASSIGN(auto steps, parse_path(path, syntax));
  return std::make_unique<ExtractField>(part, std::move(path), std::move(steps),
                                        values.boolean(kReplaceNull), pool);
}

} // namespace

constinit const TransformPage kExtractField{
    "ExtractField",
    "Replaces the key or value by one of its fields. Null stays null, and so is a field that a "
    "map does not have; a field that a struct's schema does not have is an error.",
    true, keys, make};

} // namespace host::transform
