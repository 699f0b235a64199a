#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "host/base/java_text.h"
#include "host/data/decimal.h"
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

constexpr std::string_view kPurpose = "mask fields";

const config::ConfigDef &keys() {
  static const config::ConfigDef def =
      config::ConfigDef()
          .define(config::required("fields", config::Type::List)
                      .high()
                      .doc("The names of the fields to mask.")
                      .check(some_names()))
          .define(config::nullable("replacement", config::Type::String)
                      .low()
                      .doc("What masked fields get instead, as a text or a number; without it "
                           "each gets what counts as nothing for its type.")
                      .check(config::non_empty()))
          .define(replace_null_key());
  return def;
}

// `replacement` as each type reads it.
struct Replacement {
  explicit Replacement(std::string given)
      : text(std::move(given)), decimal(data::parse_decimal(text)) {
    if (!decimal)
      return;
    whole = data::low_bits(text);
    real = java::parse_double(text).value_or(0);
  }

  std::string text;
  std::optional<data::Decimal> decimal; // nothing if it is no number
  std::int64_t whole = 0;
  double real = 0;
};

// Replaces the values of fields by nothing, or by a replacement. Null fields stay null.
class MaskField final : public Transform {
public:
  MaskField(Part part, const config::List &fields, std::optional<Replacement> replacement,
            bool defaults, data::SchemaPool &pool)
      : part_(part), replacement_(std::move(replacement)), defaults_(defaults), cache_(pool) {
    const auto buckets = static_cast<std::size_t>(static_cast<float>(fields.size()) / .75f) + 1;
    for (std::string &field : in_hash_order(fields, std::max<std::size_t>(buckets, 16)))
      fields_.emplace_back(std::move(field));
  }

  Result<Verdict> apply(Record &record, data::Arena &arena) override {
    Datum &datum = part_of(record, part_);
    const Root root(datum);
    const Schema *schema = data::schema_of(datum);
    if (schema == nullptr) {
      HOST_ASSIGN(const Cell *map, require_map(root, nullptr, kPurpose));
      return mask_map(*map, datum, arena);
    }
    HOST_ASSIGN(const Cell *structure, require_struct(root, schema, kPurpose));
    HOST_ASSIGN(const std::vector<bool> *masked,
                cache_.get(schema, [&] { return which(*schema); }));
    return mask_struct(structure, *schema, *masked, datum, arena);
  }

private:
  // For each field of a schema whether it is masked.
  Result<std::vector<bool>> which(const Schema &schema) const {
    std::vector<bool> masked;
    for (const data::Field &field : schema.fields())
      masked.push_back(std::any_of(fields_.begin(), fields_.end(),
                                   [&](const MapKey &key) { return key.text() == field.name; }));
    return masked;
  }

  // Fields that the map lacks come in as null.
  Result<Verdict> mask_map(const Cell &map, Datum &datum, data::Arena &arena) {
    map_.begin_copy(map);
    for (const MapKey &field : fields_) {
      const Cell *value = find_entry(map, field.text());
      if (value == nullptr || is_null(value)) {
        map_.put(field, nullptr);
        continue;
      }
      HOST_ASSIGN(const Cell masked, mask(*value, nullptr, arena));
      map_.put(field, arena.copy(std::span(&masked, 1)).data());
    }
    datum = map_.finish(arena);
    return Verdict::Keep;
  }

  Result<Verdict> mask_struct(const Cell *structure, const Schema &schema,
                              const std::vector<bool> &masked, Datum &datum, data::Arena &arena) {
    tape_.clear();
    const std::size_t place = tape_.begin(Type::Struct);
    const Cell *at = structure + 1;
    for (std::size_t i = 0; i < masked.size(); ++i) {
      const data::Field &field = schema.fields()[i];
      const std::size_t begin = tape_.size();
      HOST_TRY(append_field(tape_, at, field, defaults_));
      if (masked[i] && !is_null(&tape_.cells()[begin])) {
        HOST_ASSIGN(const Cell made, mask(tape_.cells()[begin], field.schema, arena));
        tape_.truncate(begin);
        tape_.append({&made, 1});
      }
      at += data::extent(*at);
    }
    tape_.end(place, masked.size());
    datum = tape_.finish(arena, &schema);
    return Verdict::Keep;
  }

  // Masks are one cell each.
  Result<Cell> mask(const Cell &value, const Schema *schema, data::Arena &arena) const {
    if (data::date_ms_of(value, schema))
      return replacement_ ? unmaskable(value, schema) : Result<Cell>(data::date_cell(0, schema));
    if (is_decimal(value, schema))
      return decimal_mask(schema, arena);
    return replacement_ ? replaced(value, schema) : nothing(value, schema);
  }

  static bool is_decimal(const Cell &value, const Schema *schema) {
    return class_of(value, schema) == "java.math.BigDecimal";
  }

  Result<Cell> decimal_mask(const Schema *schema, data::Arena &arena) const {
    if (!replacement_)
      return data::decimal_cell(std::string_view("\0", 1), 0, schema, arena);
    if (!replacement_->decimal)
      return data_error("Unable to convert " + replacement_->text +
                        " (class java.lang.String) to number");
    return data::decimal_cell(replacement_->decimal->unscaled, replacement_->decimal->scale, schema,
                              arena);
  }

  tl::unexpected<Error> unmaskable(const Cell &value, const Schema *schema) const {
    const std::string type = "class " + std::string(class_of(value, schema));
    return data_error(replacement_
                          ? "Cannot mask value of type " + type + " with custom replacement."
                          : "Cannot mask value of type: " + type);
  }

  Result<Cell> nothing(const Cell &value, const Schema *schema) const {
    const Type type = data::type_of(value);
    if (type == Type::Bytes || type == Type::Struct)
      return unmaskable(value, schema);
    Cell cell{value.type, 0, 0, 0, {}};
    cell.u.i = 0;
    if (type == Type::Float32 || type == Type::Float64)
      cell.u.d = 0;
    else if (type == Type::String)
      cell.u.p = data::bytes_of(std::string_view()).ptr;
    else if (data::is_container(type))
      cell.u.skip = 1;
    return cell;
  }

  Result<Cell> replaced(const Cell &value, const Schema *schema) const {
    const Type type = data::type_of(value);
    Cell cell{value.type, 0, 0, 0, {}};
    if (type == Type::String) {
      cell.n = static_cast<std::uint32_t>(replacement_->text.size());
      cell.u.p = data::bytes_of(replacement_->text).ptr;
      return cell;
    }
    if (type == Type::Bool || type > Type::Float64)
      return unmaskable(value, schema);
    if (!replacement_->decimal)
      return data_error("Unable to convert " + replacement_->text +
                        " (class java.lang.String) to a number");
    if (type == Type::Float32)
      cell.u.d = static_cast<float>(replacement_->real);
    else if (type == Type::Float64)
      cell.u.d = replacement_->real;
    else
      cell.u.i = narrowed(replacement_->whole, type);
    return cell;
  }

  static std::int64_t narrowed(std::int64_t value, Type type) {
    switch (type) {
    case Type::Int8:
      return static_cast<std::int8_t>(value);
    case Type::Int16:
      return static_cast<std::int16_t>(value);
    case Type::Int32:
      return static_cast<std::int32_t>(value);
    default:
      return value;
    }
  }

  Part part_;
  std::vector<MapKey> fields_;
  std::optional<Replacement> replacement_;
  bool defaults_;
  SchemaCache<std::vector<bool>> cache_;
  data::TapeBuilder tape_;
  MapBuilder map_;
};

Result<std::unique_ptr<Transform>> make(const config::Values &values, Part part,
                                        data::SchemaPool &pool) {
  std::optional<Replacement> replacement;
  if (!values.is_null("replacement"))
    replacement.emplace(values.text("replacement"));
  return std::make_unique<MaskField>(part, values.list("fields"), std::move(replacement),
                                     values.boolean(kReplaceNull), pool);
}

} // namespace

constinit const TransformPage kMaskField{
    "MaskField",
    "Replaces the values of fields: by what counts as nothing for their type, or by a replacement "
    "that is converted to it.",
    true, keys, make};

} // namespace host::transform
