#include "host/plugin/descriptor.h"

#include <array>
#include <cstddef>
#include <utility>

#include "host/json/parse.h"
#include "host/json/value.h"
#include "host/json/writer.h"

namespace host::plugin {
namespace {

using json::Value;
using json::Writer;

// Names of enums that start at 1, in order; index 0 is never used.
template <std::size_t N> using Names = std::array<std::string_view, N>;

constexpr Names<3> kKinds = {"", "sink", "source"};
constexpr Names<10> kTypes = {"",     "BOOLEAN", "STRING", "INT",   "SHORT",
                              "LONG", "DOUBLE",  "LIST",   "CLASS", "PASSWORD"};
constexpr Names<4> kImportances = {"", "HIGH", "MEDIUM", "LOW"};
constexpr Names<5> kWidths = {"", "NONE", "SHORT", "MEDIUM", "LONG"};
constexpr Names<7> kValidators = {"",          "range",    "one_of", "one_of_no_case",
                                  "non_empty", "non_null", "pattern"};

template <class Enum, std::size_t N>
Result<Enum> named(const Value &object, std::string_view member, const Names<N> &names) {
  HOST_ASSIGN(const std::string text, object.string_of(member));
  for (std::size_t i = 1; i < N; ++i)
    if (names[i] == text)
      return static_cast<Enum>(i);
  return fail(Code::Data,
              "'" + std::string(member) + "' of a plugin description is '" + text + "'");
}

template <class T>
void write_if(Writer &writer, std::string_view key, const std::optional<T> &value) {
  if (value)
    writer.field(key, *value);
}

void write_strings(Writer &writer, std::string_view key, const std::vector<std::string> &values) {
  if (values.empty())
    return;
  writer.key(key).begin_array();
  for (const auto &value : values)
    writer.value(value);
  writer.end_array();
}

void write(Writer &writer, const Validator &validator) {
  writer.begin_object();
  writer.field("kind", kValidators[static_cast<std::size_t>(validator.kind)]);
  write_if(writer, "min", validator.min);
  write_if(writer, "max", validator.max);
  write_if(writer, "min_real", validator.min_real);
  write_if(writer, "max_real", validator.max_real);
  write_strings(writer, "values", validator.values);
  if (!validator.pattern.empty())
    writer.field("pattern", validator.pattern);
  writer.end_object();
}

void write(Writer &writer, const KeyDef &key) {
  writer.begin_object();
  writer.field("name", key.name).field("type", name_of(key.type));
  writer.field("importance", name_of(key.importance)).field("width", name_of(key.width));
  writer.field("order", key.order_in_group);
  write_if(writer, "default", key.default_value);
  writer.field("optional", key.optional).field("doc", key.doc).field("group", key.group);
  writer.field("display_name", key.display_name);
  write_strings(writer, "dependents", key.dependents);
  writer.key("validators").begin_array();
  for (const Validator &validator : key.validators)
    write(writer, validator);
  writer.end_array().field("internal", key.internal).end_object();
}

void write(Writer &writer, const Descriptor &descriptor) {
  writer.begin_object();
  writer.field("class", descriptor.class_name).field("task_class", descriptor.task_class_name);
  writer.field("kind", name_of(descriptor.kind)).field("forms", descriptor.forms);
  writer.field("version", descriptor.version).field("summary", descriptor.summary);
  writer.field("plugin", descriptor.plugin_name);
  writer.field("plugin_version", descriptor.plugin_version);
  writer.field("license", descriptor.license).field("build", descriptor.build);
  writer.key("config").begin_array();
  for (const KeyDef &key : descriptor.keys)
    write(writer, key);
  writer.end_array().end_object();
}

Result<std::vector<std::string>> read_strings(const Value &object, std::string_view key) {
  std::vector<std::string> values;
  if (const Value *array = object.find(key))
    for (const Value &item : array->items()) {
      HOST_ASSIGN(std::string text, item.string());
      values.push_back(std::move(text));
    }
  return values;
}

Status read_bounds(const Value &object, Validator &validator) {
  const auto whole = [&](std::string_view key, std::optional<std::int64_t> &out) -> Status {
    if (object.contains(key)) {
      HOST_ASSIGN(out, object.integer_of(key));
    }
    return {};
  };
  const auto real = [&](std::string_view key, std::optional<double> &out) -> Status {
    if (object.contains(key)) {
      HOST_ASSIGN(out, object.real_of(key));
    }
    return {};
  };
  HOST_TRY(whole("min", validator.min));
  HOST_TRY(whole("max", validator.max));
  HOST_TRY(real("min_real", validator.min_real));
  return real("max_real", validator.max_real);
}

Result<Validator> read_validator(const Value &object) {
  Validator validator;
  HOST_ASSIGN(validator.kind, named<Validator::Kind>(object, "kind", kValidators));
  HOST_TRY(read_bounds(object, validator));
  HOST_ASSIGN(validator.values, read_strings(object, "values"));
  HOST_ASSIGN(validator.pattern, object.string_or("pattern", ""));
  return validator;
}

Result<KeyDef> read_key(const Value &object) {
  KeyDef key;
  HOST_ASSIGN(key.name, object.string_of("name"));
  HOST_ASSIGN(key.type, named<KeyType>(object, "type", kTypes));
  HOST_ASSIGN(key.importance, named<Importance>(object, "importance", kImportances));
  HOST_ASSIGN(key.width, named<Width>(object, "width", kWidths));
  HOST_ASSIGN(const std::int64_t order, object.integer_of("order"));
  key.order_in_group = static_cast<std::int32_t>(order);
  if (object.contains("default")) {
    HOST_ASSIGN(key.default_value, object.string_of("default"));
  }
  HOST_ASSIGN(key.optional, object.boolean_of("optional"));
  HOST_ASSIGN(key.doc, object.string_of("doc"));
  HOST_ASSIGN(key.group, object.string_of("group"));
  HOST_ASSIGN(key.display_name, object.string_of("display_name"));
  HOST_ASSIGN(key.dependents, read_strings(object, "dependents"));
  HOST_ASSIGN(const Value *validators, object.member("validators"));
  for (const Value &item : validators->items()) {
    HOST_ASSIGN(Validator validator, read_validator(item));
    key.validators.push_back(std::move(validator));
  }
  HOST_ASSIGN(key.internal, object.boolean_of("internal"));
  return key;
}

Result<Descriptor> read_descriptor(const Value &object) {
  Descriptor descriptor;
  HOST_ASSIGN(descriptor.class_name, object.string_of("class"));
  HOST_ASSIGN(descriptor.task_class_name, object.string_of("task_class"));
  HOST_ASSIGN(descriptor.kind, named<Kind>(object, "kind", kKinds));
  HOST_ASSIGN(const std::int64_t forms, object.integer_of("forms"));
  descriptor.forms = static_cast<std::uint32_t>(forms);
  HOST_ASSIGN(descriptor.version, object.string_of("version"));
  HOST_ASSIGN(descriptor.summary, object.string_of("summary"));
  HOST_ASSIGN(descriptor.plugin_name, object.string_of("plugin"));
  HOST_ASSIGN(descriptor.plugin_version, object.string_of("plugin_version"));
  HOST_ASSIGN(descriptor.license, object.string_of("license"));
  HOST_ASSIGN(descriptor.build, object.string_of("build"));
  HOST_ASSIGN(const Value *keys, object.member("config"));
  for (const Value &item : keys->items()) {
    HOST_ASSIGN(KeyDef key, read_key(item));
    descriptor.keys.push_back(std::move(key));
  }
  return descriptor;
}

} // namespace

std::string_view name_of(Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }
std::string_view name_of(KeyType type) { return kTypes[static_cast<std::size_t>(type)]; }
std::string_view name_of(Importance importance) {
  return kImportances[static_cast<std::size_t>(importance)];
}
std::string_view name_of(Width width) { return kWidths[static_cast<std::size_t>(width)]; }

std::string encode(const std::vector<Descriptor> &descriptors) {
  std::string text;
  Writer writer(text);
  writer.begin_array();
  for (const Descriptor &descriptor : descriptors)
    write(writer, descriptor);
  writer.end_array();
  return text;
}

Result<std::vector<Descriptor>> decode(std::string_view text) {
  HOST_ASSIGN(const Value root, json::parse(text));
  if (!root.is_array())
    return fail(Code::Data, "plugin descriptions must be a JSON array");
  std::vector<Descriptor> descriptors;
  for (const Value &item : root.items()) {
    HOST_ASSIGN(Descriptor descriptor, read_descriptor(item));
    descriptors.push_back(std::move(descriptor));
  }
  return descriptors;
}

} // namespace host::plugin
