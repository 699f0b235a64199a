#include <algorithm>
#include <utility>

#include "host/config/parse.h"
#include "host/data/objects.h"
#include "host/data/struct_put.h"
#include "host/transform/java.h"
#include "host/transform/keys.h"
#include "host/transform/map_builder.h"
#include "host/transform/pages.h"
#include "host/transform/part.h"
#include "host/transform/schema_cache.h"

namespace host::transform {
namespace {

constexpr std::string_view kPurpose = "field replacement";

// Old name to new name; of an old name that comes twice the last counts.
struct Rename {
  std::string from;
  std::string to;
};

// The entries of `renames`, in the order of a Java HashMap, or the complaint about one of them.
Result<std::vector<Rename>> parse_renames(const config::List &list) {
  std::vector<Rename> given;
  std::vector<std::string> names;
  for (const std::string &item : list) {
    config::List parts = split_at_colons(item);
    if (parts.size() != 2)
      return config_error(config::invalid("renames", config::java_text(config::Value(list)),
                                          "Invalid rename mapping: " + item));
    names.push_back(parts[0]);
    given.push_back({std::move(parts[0]), std::move(parts[1])});
  }
  std::vector<Rename> renames;
  for (const std::string &name : in_hash_order(names))
    renames.push_back(*std::find_if(given.rbegin(), given.rend(),
                                    [&](const Rename &rename) { return rename.from == name; }));
  return renames;
}

config::KeyBuilder names_key(const char *name) {
  return config::list(name, {}).medium().check(config::valid_list());
}

const config::ConfigDef &keys() {
  static const config::ConfigDef def =
      config::ConfigDef()
          .define(names_key("exclude").doc("Fields to leave out, also those that are included."))
          .define(names_key("include").doc("If there are any, all other fields are left out."))
          .define(config::list("renames", {})
                      .medium()
                      .doc("New names for fields, as old:new; include and exclude go by the old "
                           "ones.")
                      .check([](std::string_view, const config::Value &value) {
                        const auto *list = std::get_if<config::List>(&value);
                        if (list == nullptr)
                          return std::optional(std::string(kNoRenames));
                        const auto renames = parse_renames(*list);
                        return renames ? std::nullopt : std::optional(renames.error().message());
                      }))
          .define(replace_null_key());
  return def;
}

struct Settings {
  config::List exclude;
  config::List include;
  std::vector<Rename> renames;
  bool defaults;
};

bool contains(const config::List &list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// Leaves out fields and renames others. Null stays null.
class ReplaceField final : public Transform {
public:
  ReplaceField(Part part, Settings settings, data::SchemaPool &pool)
      : part_(part), settings_(std::move(settings)), pool_(pool) {
    for (const Rename &rename : settings_.renames)
      new_names_.emplace_back(rename.to);
  }

  Result<Verdict> apply(Record &record, data::Arena &arena) override {
    return apply_to(
        part_of(record, part_), kPurpose,
        [&](const Cell &map, Datum &datum) { return of_map(map, datum, arena); },
        [&](const Cell *structure, const Schema &schema, Datum &datum) -> Result<Verdict> {
          HOST_ASSIGN(const Plan *plan, cache_.get(&schema, [&] { return plan_for(schema); }));
          return of_struct(structure, *plan, datum, arena);
        });
  }

private:
  // The new schema, and for each of its fields where its value comes from.
  struct Plan {
    const Schema *from;
    const Schema *to;
    std::vector<std::int32_t> sources; // -1: nowhere
  };

  bool keeps(std::string_view name) const {
    return !contains(settings_.exclude, name) &&
           (settings_.include.empty() || contains(settings_.include, name));
  }

  // The index of the rename of a field; -1 if it keeps its name.
  std::ptrdiff_t rename_of(std::string_view name) const {
    for (std::size_t i = 0; i < settings_.renames.size(); ++i)
      if (settings_.renames[i].from == name)
        return static_cast<std::ptrdiff_t>(i);
    return -1;
  }

  // Where Connect looks for the value of a field of the new name: renames read backwards, so that
  // one onto a name which was there before is looked for in vain.
  const std::string &old_name(const std::string &name) const {
    for (auto rename = settings_.renames.rbegin(); rename != settings_.renames.rend(); ++rename)
      if (rename->to == name)
        return rename->from;
    return name;
  }

  Result<Plan> plan_for(const Schema &schema) const {
    Plan plan{&schema, nullptr, {}};
    data::SchemaSpec spec = basics_of(schema);
    for (const data::Field &field : schema.fields()) {
      if (!keeps(field.name))
        continue;
      const std::ptrdiff_t rename = rename_of(field.name);
      spec.fields.push_back(
          {rename < 0 ? field.name : settings_.renames[static_cast<std::size_t>(rename)].to,
           field.schema});
    }
    HOST_ASSIGN(plan.to, pool_.intern(std::move(spec)));
    for (const data::Field &field : plan.to->fields())
      plan.sources.push_back(schema.field_index(old_name(field.name)));
    return plan;
  }

  Result<Verdict> of_map(const Cell &map, Datum &datum, data::Arena &arena) {
    map_.begin_hashed(map.n);
    const Cell *key = &map + 1;
    for (std::uint32_t i = 0; i < map.n; ++i) {
      const Cell *value = key + data::extent(*key);
      if (data::type_of(*key) != data::Type::String)
        return class_cast(*key, nullptr, "java.lang.String");
      const std::string_view name = data::text_of(*key);
      if (keeps(name)) {
        const std::ptrdiff_t rename = rename_of(name);
        if (rename < 0)
          map_.put(*key, value);
        else
          map_.put(new_names_[static_cast<std::size_t>(rename)], value);
      }
      key = value + data::extent(*value);
    }
    datum = map_.finish(arena);
    return Verdict::Keep;
  }

  Result<Verdict> of_struct(const Cell *structure, const Plan &plan, Datum &datum,
                            data::Arena &arena) {
    places_.clear();
    const Cell *at = structure + 1;
    for (std::uint32_t i = 0; i < structure->n; ++i) {
      places_.push_back(at);
      at += data::extent(*at);
    }
    tape_.clear();
    const std::size_t place = tape_.begin(data::Type::Struct);
    for (std::size_t i = 0; i < plan.sources.size(); ++i) {
      const data::Field &to = plan.to->fields()[i];
      if (plan.sources[i] < 0) [[unlikely]]
        return data_error(old_name(to.name) + " is not a valid field name");
      const auto source = static_cast<std::size_t>(plan.sources[i]);
      const Schema *from = plan.from->fields()[source].schema;
      const Cell *cell = places_[source];
      if (from != to.schema && !is_null(cell)) [[unlikely]]
        HOST_TRY(append_moved(*cell, from, to, arena));
      else
        HOST_TRY(append_field(tape_, cell, to, settings_.defaults));
    }
    tape_.end(place, plan.sources.size());
    datum = tape_.finish(arena, plan.to);
    return Verdict::Keep;
  }

  // A value that a rename onto a field which was there brings under that field's schema.
  Status append_moved(const Cell &cell, const Schema *from, const data::Field &to,
                      data::Arena &arena) {
    HOST_TRY(data::check_put(cell, from, to));
    if (const auto ms = data::date_ms_of(cell, from))
      tape_.cell(data::date_cell(*ms, to.schema));
    else if (const auto decimal = data::decimal_of(cell, from))
      tape_.cell(data::decimal_cell(decimal->unscaled, decimal->scale, to.schema, arena));
    else
      tape_.append({&cell, data::extent(cell)});
    return {};
  }

  Part part_;
  Settings settings_;
  std::vector<MapKey> new_names_;
  data::SchemaPool &pool_;
  SchemaCache<Plan> cache_{pool_};
  std::vector<const Cell *> places_;
  data::TapeBuilder tape_;
  MapBuilder map_;
};

Result<std::unique_ptr<Transform>> make(const config::Values &values, Part part,
                                        data::SchemaPool &pool) {
  HOST_ASSIGN(auto renames, parse_renames(values.list("renames")));
  return std::make_unique<ReplaceField>(part,
                                        Settings{values.list("exclude"), values.list("include"),
                                                 std::move(renames), values.boolean(kReplaceNull)},
                                        pool);
}

} // namespace

constinit const TransformPage kReplaceField{
    "ReplaceField", "Leaves out fields, keeps only some, and renames fields.", true, keys, make};

} // namespace host::transform
