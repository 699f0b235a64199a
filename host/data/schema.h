#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/base/error.h"
#include "host/data/cell.h"

namespace host::data {

// The types that Connect lays over a base type; chosen by the schema's name alone.
enum class Logical : std::uint8_t { None = 1, Decimal, Date, Time, Timestamp };

inline constexpr std::string_view kDecimalName = "org.apache.kafka.connect.data.Decimal";
inline constexpr std::string_view kDateName = "org.apache.kafka.connect.data.Date";
inline constexpr std::string_view kTimeName = "org.apache.kafka.connect.data.Time";
inline constexpr std::string_view kTimestampName = "org.apache.kafka.connect.data.Timestamp";

struct Field {
  std::string name;
  const Schema *schema = nullptr;
};

// What a schema is made of (contract 8.1); its parts come from the same pool.
struct SchemaSpec {
  Type type = Type::Null;
  bool optional = false;
  std::optional<std::string> name;
  std::optional<std::int32_t> version;
  std::optional<std::string> doc;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::vector<Field> fields;            // Struct
  const Schema *key_schema = nullptr;   // Map
  const Schema *value_schema = nullptr; // Map, Array; null stands for "of null"
  // A map "of null": its value schema, or both, may be missing.
  bool of_null = false;
  Datum default_value = null_datum(); // copied; null: none
};

// A schema: immutable, interned, compared by pointer within its pool. Made by a pool, which says
// how long it lives; those of primitive() live for ever. Any thread.
class Schema {
public:
  ~Schema();
  Schema(const Schema &) = delete;
  Schema &operator=(const Schema &) = delete;

  // Without name, version, doc and default; Bool to Bytes.
  static const Schema *primitive(Type type, bool optional);

  // A number that no other schema of the process has, had or will have.
  std::uint64_t id() const { return id_; }
  Type type() const { return spec_.type; }
  bool optional() const { return spec_.optional; }
  Logical logical() const { return logical_; }
  const std::optional<std::string> &name() const { return spec_.name; }
  std::optional<std::int32_t> version() const { return spec_.version; }
  const std::optional<std::string> &doc() const { return spec_.doc; }
  const std::vector<std::pair<std::string, std::string>> &parameters() const {
    return spec_.parameters;
  }
  const std::string *parameter(std::string_view key) const;
  std::span<const Field> fields() const { return spec_.fields; }
  // Whether fields' names stand in JSON as they are, without escapes.
  bool plain_names() const { return plain_names_; }
  // Fields' names as an object's members begin: `,"name":`.
  std::span<const std::string> json_keys() const { return json_keys_; }
  // -1 if there is none.
  std::int32_t field_index(std::string_view name) const;
  const Schema *key_schema() const { return spec_.key_schema; }
  const Schema *value_schema() const { return spec_.value_schema; }
  bool has_default() const { return !data::is_null(spec_.default_value); }
  const Datum &default_value() const { return spec_.default_value; }
  // Of a Decimal; nothing if the parameter is missing or no number.
  std::optional<std::int32_t> scale() const { return scale_; }

  // `Schema{STRING}` or `Schema{<name>:STRUCT}`.
  std::string text() const;

  // The same for the C ABI.
  std::span<const sluice_field> abi_fields() const { return abi_fields_; }
  std::span<const sluice_kv> abi_parameters() const { return abi_parameters_; }

private:
  friend class SchemaPool;
  struct Storage; // the default's cells and bytes
  explicit Schema(SchemaSpec spec);

  const std::uint64_t id_;
  SchemaSpec spec_;
  Logical logical_ = Logical::None;
  std::optional<std::int32_t> scale_;
  bool plain_names_ = true;
  std::vector<std::string> json_keys_;
  std::vector<std::pair<std::string_view, std::int32_t>> by_name_; // fields, sorted
  std::vector<sluice_field> abi_fields_;
  std::vector<sluice_kv> abi_parameters_;
  std::unique_ptr<Storage> storage_;
};

// The upper-case name of messages: `INT32`, `STRUCT`.
std::string_view name_of(Type type);
// The lower-case name of JSON schemas: `int32`, `float`; and back.
std::string_view json_name_of(Type type);
std::optional<Type> type_of_json_name(std::string_view name);
// The class that Java has for values of a type: `java.lang.Long`, `[B`.
std::string_view java_class_of(Type type);
// The same for one value: a logical type has a class of its own.
std::string_view java_class_of(const Cell &cell, const Schema *schema);

} // namespace host::data
