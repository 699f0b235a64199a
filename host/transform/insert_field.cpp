#include <optional>
#include <utility>

#include "host/transform/java.h"
#include "host/transform/keys.h"
#include "host/transform/map_builder.h"
#include "host/transform/pages.h"
#include "host/transform/part.h"
#include "host/transform/schema_cache.h"

namespace host::transform {
namespace {

using data::Type;

constexpr std::string_view kPurpose = "field insertion";

// What may be inserted, in the order in which it is.
enum class What : std::uint8_t { Topic = 1, Partition, Offset, Timestamp, Static };

constexpr std::pair<What, const char *> kKeys[] = {
    {What::Topic, "topic.field"},   {What::Partition, "partition.field"},
    {What::Offset, "offset.field"}, {What::Timestamp, "timestamp.field"},
    {What::Static, "static.field"},
};

config::ConfigKey name_key(const char *name, const std::string &what) {
  return config::nullable(name, config::Type::String)
      .medium()
      .doc("The field that gets " + what +
           ". With ! behind the name the field is required, with ? or nothing it is optional.");
}

const config::ConfigDef &keys() {
  static const config::ConfigDef def =
      config::ConfigDef()
          .define(name_key("topic.field", "the name of the record's topic"))
          .define(name_key("partition.field", "the record's partition"))
          .define(name_key("offset.field", "the record's offset, which only sinks know"))
          .define(name_key("timestamp.field", "the record's timestamp"))
          .define(name_key("static.field", "the text of static.value"))
          .define(config::nullable("static.value", config::Type::String)
                      .medium()
                      .doc("The text that goes into static.field."))
          .define(replace_null_key());
  return def;
}

// One field that is inserted.
struct Insertion {
  What what;
  MapKey name;
  bool optional;
};

// Adds fields with data of the record itself, or a fixed text. Null stays null.
class InsertField final : public Transform {
public:
  InsertField(Part part, std::vector<Insertion> insertions, std::string static_value, bool defaults,
              data::SchemaPool &pool)
      : part_(part), insertions_(std::move(insertions)), static_value_(std::move(static_value)),
        defaults_(defaults), pool_(pool) {}

  Result<Verdict> apply(Record &record, data::Arena &arena) override {
    return apply_to(
        part_of(record, part_), kPurpose,
        [&](const Cell &map, Datum &datum) { return into_map(record, map, datum, arena); },
        [&](const Cell *structure, const Schema &schema, Datum &datum) -> Result<Verdict> {
          HOST_ASSIGN(const Schema *const *wider,
                      cache_.get(&schema, [&] { return widened(schema); }));
          return into_struct(record, structure, **wider, datum, arena);
        });
  }

private:
  Result<const Schema *> widened(const Schema &schema) const {
    data::SchemaSpec spec = basics_of(schema);
    spec.fields.assign(schema.fields().begin(), schema.fields().end());
    for (const Insertion &insertion : insertions_) {
      HOST_ASSIGN(const Schema *field, schema_for(insertion));
      spec.fields.push_back({insertion.name.text(), field});
    }
    return pool_.intern(std::move(spec));
  }

  Result<const Schema *> schema_for(const Insertion &insertion) const {
    switch (insertion.what) {
    case What::Partition:
      return Schema::primitive(Type::Int32, insertion.optional);
    case What::Offset:
      return Schema::primitive(Type::Int64, insertion.optional);
    case What::Timestamp: {
      data::SchemaSpec spec;
      spec.type = Type::Int64;
      spec.optional = insertion.optional;
      spec.name = data::kTimestampName;
      spec.version = 1;
      return pool_.intern(std::move(spec));
    }
    default:
      return Schema::primitive(Type::String, insertion.optional);
    }
  }

  static Cell number(Type type, std::int64_t value) {
    return {static_cast<std::uint8_t>(type), 0, 0, 0, {.i = value}};
  }
  static Cell text(std::string_view value) {
    return {static_cast<std::uint8_t>(Type::String),
            0,
            0,
            static_cast<std::uint32_t>(value.size()),
            {.p = data::bytes_of(value).ptr}};
  }

  // Nothing where the record has none of it.
  std::optional<Cell> value_of(const Insertion &insertion, const Record &record) const {
    switch (insertion.what) {
    case What::Topic:
      return text(record.topic);
    case What::Partition:
      return record.partition ? std::optional(number(Type::Int32, *record.partition))
                              : std::nullopt;
    case What::Offset:
      return number(Type::Int64, record.offset);
    case What::Timestamp:
      return record.timestamp_ms ? std::optional(number(Type::Int64, *record.timestamp_ms))
                                 : std::nullopt;
    case What::Static:
      break;
    }
    return text(static_value_);
  }

  static Status check(const Insertion &insertion, const Record &record) {
    if (insertion.what == What::Offset && record.direction == Direction::Source)
      return data_error("Only SinkRecord supported for [" + std::string(kPurpose) +
                        "], found: org.apache.kafka.connect.source.SourceRecord");
    return {};
  }

  Result<Verdict> into_map(const Record &record, const Cell &map, Datum &datum,
                           data::Arena &arena) {
    map_.begin_copy(map);
    for (const Insertion &insertion : insertions_) {
      HOST_TRY(check(insertion, record));
      if (const auto value = value_of(insertion, record))
        map_.put(insertion.name, arena.copy(std::span(&*value, 1)).data());
    }
    datum = map_.finish(arena);
    return Verdict::Keep;
  }

  Result<Verdict> into_struct(const Record &record, const Cell *structure, const Schema &wider,
                              Datum &datum, data::Arena &arena) {
    tape_.clear();
    const std::size_t place = tape_.begin(Type::Struct);
    const Cell *at = structure + 1;
    for (std::uint32_t i = 0; i < structure->n; ++i) {
      HOST_TRY(append_field(tape_, at, wider.fields()[i], defaults_));
      at += data::extent(*at);
    }
    for (const Insertion &insertion : insertions_) {
      HOST_TRY(check(insertion, record));
      if (const auto value = value_of(insertion, record))
        tape_.append({&*value, 1});
      else
        tape_.null(); // also where the field is required: whoever takes the struct refuses it
    }
    tape_.end(place, wider.fields().size());
    datum = tape_.finish(arena, &wider);
    return Verdict::Keep;
  }

  Part part_;
  std::vector<Insertion> insertions_;
  std::string static_value_;
  bool defaults_;
  data::SchemaPool &pool_;
  SchemaCache<const Schema *> cache_{pool_};
  data::TapeBuilder tape_;
  MapBuilder map_;
};

Result<std::unique_ptr<Transform>> make(const config::Values &values, Part part,
                                        data::SchemaPool &pool) {
  std::vector<Insertion> insertions;
  for (const auto &[what, key] : kKeys) {
    if (values.is_null(key))
      continue;
    std::string name = values.text(key);
    const bool required = name.ends_with('!');
    if (required || name.ends_with('?'))
      name.pop_back();
    insertions.push_back({what, MapKey(std::move(name)), !required});
  }
  if (insertions.empty())
    return config_error("No field insertion configured");
  if (insertions.back().what == What::Static && values.is_null("static.value"))
    return config_error("Invalid value null for configuration static.value: No value specified "
                        "for static field: org.apache.kafka.connect.transforms.InsertField$"
                        "InsertionSpec@0");
  return std::make_unique<InsertField>(part, std::move(insertions), values.text("static.value"),
                                       values.boolean(kReplaceNull), pool);
}

} // namespace

constinit const TransformPage kInsertField{
    "InsertField",
    "Adds fields with the record's topic, partition, offset or timestamp, or with a fixed text.",
    true, keys, make};

} // namespace host::transform
