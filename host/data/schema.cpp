#include "host/data/schema.h"

#include <algorithm>
#include <array>
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

void append_raw(std::string &key, const void *data, std::size_t size) {
  key.append(static_cast<const char *>(data), size);
}
void append_number(std::string &key, std::uint64_t number) {
  append_raw(key, &number, sizeof number);
}
void append_text(std::string &key, std::string_view text) {
  append_number(key, text.size());
  key.append(text);
}
void append_text(std::string &key, const std::optional<std::string> &text) {
  key += text ? '\1' : '\0';
  if (text)
    append_text(key, std::string_view(*text));
}

void append_default(std::string &key, const Datum &value) {
  append_number(key, value.raw.ptr != nullptr ? 1 : 0);
  append_text(key, text_of(value.raw));
  append_number(key, value.n_cells);
  for (const Cell &cell : std::span(value.cells, value.n_cells)) {
    append_number(key, std::uint64_t{cell.flags} << 8 | cell.type);
    append_number(key, cell.n); // and so where the bytes end
    const Type type = type_of(cell);
    if (type == Type::String || type == Type::Bytes)
      append_raw(key, cell.u.p, bytes_behind(cell));
    else
      append_raw(key, &cell.u, sizeof cell.u);
  }
}

// All content of a schema as bytes; children by their address, since they are interned.
std::string content_of(const SchemaSpec &spec) {
  std::string key;
  append_number(key, static_cast<std::uint64_t>(spec.type) << 1 | (spec.optional ? 1 : 0));
  append_text(key, spec.name);
  append_number(key, spec.version ? 1 : 0);
  append_number(key, static_cast<std::uint64_t>(spec.version.value_or(0)));
  append_text(key, spec.doc);
  append_number(key, spec.parameters.size());
  for (const auto &[name, value] : spec.parameters) {
    append_text(key, std::string_view(name));
    append_text(key, std::string_view(value));
  }
  append_number(key, spec.fields.size());
  for (const Field &field : spec.fields) {
    append_text(key, std::string_view(field.name));
    append_number(key, reinterpret_cast<std::uintptr_t>(field.schema));
  }
  append_number(key, reinterpret_cast<std::uintptr_t>(spec.key_schema));
  append_number(key, reinterpret_cast<std::uintptr_t>(spec.value_schema));
  append_default(key, spec.default_value);
  return key;
}

tl::unexpected<Error> refuse(std::string message) {
  return fail(Code::Data, exception::kSchemaBuilder, std::move(message));
}

// The first name that was there before, as a builder that takes field by field finds it.
std::string first_repeated(const std::vector<Field> &fields) {
  for (auto field = fields.begin(); field != fields.end(); ++field)
    if (std::any_of(fields.begin(), field,
                    [&](const Field &earlier) { return earlier.name == field->name; }))
      return field->name;
  return {};
}

Status check(const SchemaSpec &spec) {
  if (spec.type < Type::Bool || spec.type > Type::Struct)
    return refuse("Invalid SchemaBuilder call: type must be specified to build schema.");
  if (!spec.fields.empty() && spec.type != Type::Struct)
    return refuse("Cannot create fields on type " + std::string(name_of(spec.type)));
  std::vector<std::string_view> names;
  for (const Field &field : spec.fields) {
    if (field.name.empty())
      return refuse("fieldName cannot be null.");
    if (field.schema == nullptr)
      return refuse("fieldSchema for field " + field.name + " cannot be null.");
    names.push_back(field.name);
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end())
    return refuse("Cannot create field because of field name duplication " +
                  first_repeated(spec.fields));
  if (spec.type == Type::Map && !spec.of_null &&
      (spec.key_schema == nullptr) != (spec.value_schema == nullptr))
    return refuse(spec.key_schema == nullptr ? "keySchema cannot be null."
                                             : "valueSchema cannot be null.");
  return {};
}

bool is_plain(const SchemaSpec &spec) {
  return spec.type <= Type::Bytes && !spec.name && !spec.version && !spec.doc &&
         spec.parameters.empty() && data::is_null(spec.default_value);
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

Schema::Schema(SchemaSpec spec) : spec_(std::move(spec)), logical_(logical_of(spec_.name)) {
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

SchemaPool::SchemaPool() = default;
SchemaPool::~SchemaPool() = default;

Result<const Schema *> SchemaPool::intern(SchemaSpec spec) {
  HOST_TRY(check(spec));
  if (is_plain(spec))
    return Schema::primitive(spec.type, spec.optional);
  std::string content = content_of(spec);
  const std::lock_guard lock(mutex_);
  auto &slot = schemas_[std::move(content)];
  if (!slot)
    slot = std::unique_ptr<const Schema>(new Schema(std::move(spec)));
  return slot.get();
}

} // namespace host::data
