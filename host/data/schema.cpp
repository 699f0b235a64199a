#include "host/data/schema.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>

#include "host/base/java_text.h"
#include "host/data/arena.h"
#include "host/data/objects.h"
#include "host/data/tape.h"
#include "host/json/escape.h"

namespace host::data {
namespace {

struct TypeNames {
  Type type;
  std::string_view upper;
  std::string_view json;
  std::string_view java;
};

constexpr std::array<TypeNames, 13> kNames{{
    {Type::Null, "NULL", "null", "null"},
    {Type::Bool, "BOOLEAN", "boolean", "java.lang.Boolean"},
    {Type::Int8, "INT8", "int8", "java.lang.Byte"},
    {Type::Int16, "INT16", "int16", "java.lang.Short"},
    {Type::Int32, "INT32", "int32", "java.lang.Integer"},
    {Type::Int64, "INT64", "int64", "java.lang.Long"},
    {Type::Float32, "FLOAT32", "float", "java.lang.Float"},
    {Type::Float64, "FLOAT64", "double", "java.lang.Double"},
    {Type::String, "STRING", "string", "java.lang.String"},
    {Type::Bytes, "BYTES", "bytes", "[B"},
    {Type::Array, "ARRAY", "array", "java.util.ArrayList"},
    {Type::Map, "MAP", "map", "java.util.HashMap"},
    {Type::Struct, "STRUCT", "struct", "org.apache.kafka.connect.data.Struct"},
}};

const TypeNames &names_of(Type type) {
  const auto index = static_cast<std::size_t>(type) - 1;
  return kNames[index < kNames.size() ? index : 0];
}

Logical logical_of(const std::optional<std::string> &name) {
  if (!name || !name->starts_with("org.apache.kafka.connect.data."))
    return Logical::None;
  if (*name == kDecimalName)
    return Logical::Decimal;
  if (*name == kDateName)
    return Logical::Date;
  if (*name == kTimeName)
    return Logical::Time;
  return *name == kTimestampName ? Logical::Timestamp : Logical::None;
}

} // namespace

std::string_view name_of(Type type) { return names_of(type).upper; }
std::string_view json_name_of(Type type) { return names_of(type).json; }
std::string_view java_class_of(Type type) { return names_of(type).java; }

std::string_view java_class_of(const Cell &cell, const Schema *schema) {
  const Logical logical = schema != nullptr ? schema->logical() : Logical::None;
  const Type type = type_of(cell);
  const bool by_schema = object_of(cell) == Object::BySchema;
  if (object_of(cell) == Object::Decimal ||
      (by_schema && logical == Logical::Decimal && type == Type::Bytes))
    return "java.math.BigDecimal";
  return date_ms_of(cell, schema) ? "java.util.Date" : java_class_of(type);
}

std::optional<Type> type_of_json_name(std::string_view name) {
  for (const TypeNames &names : kNames)
    if (names.json == name && names.type != Type::Null)
      return names.type;
  return std::nullopt;
}

struct Schema::Storage {
  Arena arena;
};

Schema::Schema(SchemaSpec spec)
    : id_([] {
        static std::atomic<std::uint64_t> last{0};
        return ++last;
      }()),
      spec_(std::move(spec)), logical_(logical_of(spec_.name)) {
  for (std::size_t i = 0; i < spec_.fields.size(); ++i) {
    const Field &field = spec_.fields[i];
    plain_names_ &= json::plain_prefix(field.name) == field.name.size();
    std::string &key = json_keys_.emplace_back(",");
    json::append_quoted(key, field.name);
    key += ':';
    by_name_.emplace_back(field.name, static_cast<std::int32_t>(i));
    abi_fields_.push_back({{field.name.data(), field.name.size()}, handle(field.schema)});
  }
  std::sort(by_name_.begin(), by_name_.end());
  for (const auto &[name, value] : spec_.parameters)
    abi_parameters_.push_back({{name.data(), name.size()}, {value.data(), value.size()}});
  if (logical_ == Logical::Decimal)
    if (const std::string *text = parameter("scale")) {
      const auto scale = java::parse_integer(*text);
      if (scale && *scale == static_cast<std::int32_t>(*scale))
        scale_ = static_cast<std::int32_t>(*scale);
    }
  if (!data::is_null(spec_.default_value)) {
    storage_ = std::make_unique<Storage>();
    spec_.default_value = copy_datum(spec_.default_value, storage_->arena);
  }
}

Schema::~Schema() = default;

const Schema *Schema::primitive(Type type, bool optional) {
  // Never destroyed: records and plugins may point to them until the process ends.
  static const auto *const all = [] {
    auto *schemas = new std::array<std::array<const Schema *, 2>, 14>{};
    for (auto t = static_cast<std::size_t>(Type::Bool); t <= static_cast<std::size_t>(Type::Bytes);
         ++t)
      for (const bool o : {false, true}) {
        SchemaSpec spec;
        spec.type = static_cast<Type>(t);
        spec.optional = o;
        (*schemas)[t][o ? 1 : 0] = new Schema(std::move(spec));
      }
    return schemas;
  }();
  if (type < Type::Bool || type > Type::Bytes)
    return nullptr;
  return (*all)[static_cast<std::size_t>(type)][optional ? 1 : 0];
}

const std::string *Schema::parameter(std::string_view key) const {
  for (const auto &[name, value] : spec_.parameters)
    if (name == key)
      return &value;
  return nullptr;
}

std::int32_t Schema::field_index(std::string_view name) const {
  const auto found = std::lower_bound(
      by_name_.begin(), by_name_.end(), name,
      [](const auto &entry, std::string_view wanted) { return entry.first < wanted; });
  return found != by_name_.end() && found->first == name ? found->second : -1;
}

std::string Schema::text() const {
  const std::string type(name_of(spec_.type));
  return spec_.name ? "Schema{" + *spec_.name + ":" + type + "}" : "Schema{" + type + "}";
}

} // namespace host::data
