#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"

// What a plugin says of itself, as plain data: made from its tables in a runner, carried as JSON
// over the link and in the inspection cache, read by the herder. No pointer into a plugin remains.
namespace host::plugin {

enum class Kind : std::uint8_t { Sink = 1, Source = 2 };
std::string_view name_of(Kind kind); // `sink`, `source`: PluginInfo's type

// Payload forms that a connector takes or gives (bits, as in the ABI).
inline constexpr std::uint32_t kFormBytes = 1;
inline constexpr std::uint32_t kFormValue = 2;

// ConfigDef's types and importance, by Connect's names (contract 10.5).
enum class KeyType : std::uint8_t {
  Boolean = 1,
  String,
  Int,
  Short,
  Long,
  Double,
  List,
  Class,
  Password
};
enum class Importance : std::uint8_t { High = 1, Medium, Low };
enum class Width : std::uint8_t { None = 1, Short, Medium, Long };
std::string_view name_of(KeyType type);
std::string_view name_of(Importance importance);
std::string_view name_of(Width width);

// A check that is data, so that the host can make it without calling the plugin.
struct Validator {
  enum class Kind : std::uint8_t { Range = 1, OneOf, OneOfNoCase, NonEmpty, NonNull, Pattern };
  Kind kind = Kind::NonEmpty;
  std::optional<std::int64_t> min; // Range of INT, SHORT, LONG; inclusive
  std::optional<std::int64_t> max;
  std::optional<double> min_real; // Range of DOUBLE
  std::optional<double> max_real;
  std::vector<std::string> values; // OneOf, OneOfNoCase
  std::string pattern;             // Pattern: Java's syntax, matching the whole text
  friend bool operator==(const Validator &, const Validator &) = default;
};

struct KeyDef {
  std::string name;
  KeyType type = KeyType::String;
  Importance importance = Importance::Medium;
  Width width = Width::None;
  std::int32_t order_in_group = 0; // from 1; 0: in no group
  std::optional<std::string> default_value;
  bool optional = false; // without a default: Connect's null instead of "required"
  std::string doc;
  std::string group;        // empty: none
  std::string display_name; // the name if the plugin gave none
  std::vector<std::string> dependents;
  std::vector<Validator> validators; // all must pass
  bool internal = false;
  bool required() const { return !default_value && !optional; }
  friend bool operator==(const KeyDef &, const KeyDef &) = default;
};

struct Descriptor {
  std::string class_name;      // what connector.class names
  std::string task_class_name; // task.class in task configs
  Kind kind = Kind::Source;
  std::uint32_t forms = kFormBytes;
  std::string version;
  std::string summary;
  std::string plugin_name; // of the shared object, for people
  std::string plugin_version;
  std::string license;
  std::string build;
  std::vector<KeyDef> keys;
  friend bool operator==(const Descriptor &, const Descriptor &) = default;
};

// JSON text: an array of descriptors. What link::Inspected carries and `--inspect` prints.
std::string encode(const std::vector<Descriptor> &descriptors);
// Treats its input as foreign; a fault is a Data error that names the member.
Result<std::vector<Descriptor>> decode(std::string_view text);

} // namespace host::plugin
