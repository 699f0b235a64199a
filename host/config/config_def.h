#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/base/strings.h"
#include "host/config/parse.h"
#include "host/config/types.h"
#include "host/config/validators.h"

namespace host::config {

// The parsed values of a definition by key; every defined key is there.
class Values {
public:
  const Value *find(std::string_view key) const;
  void set(std::string_view key, Value value);

  // Values of keys that are defined with that type; a wrong key or type is a defect of the caller
  // and gives the fallback.
  bool boolean(std::string_view key) const;
  std::int64_t integer(std::string_view key) const;
  double real(std::string_view key) const;
  std::string text(std::string_view key) const;
  List list(std::string_view key) const;
  Secret secret(std::string_view key) const;
  bool is_null(std::string_view key) const;

private:
  std::map<std::string, Value, std::less<>> values_;
};

// What a recommender says about a key, given all values parsed so far.
struct Recommendation {
  std::vector<std::string> values;
  bool visible = true;
};
using Recommender = std::function<Recommendation(const Values &parsed)>;

// One key: a row of a definition.
struct ConfigKey {
  std::string name;
  Type type = Type::String;
  std::optional<Value> default_value; // nothing: required; Null: a default of null
  Importance importance = Importance::Medium;
  std::string documentation;
  std::string group; // empty: none
  std::int32_t order_in_group = -1;
  Width width = Width::None;
  std::string display_name; // empty: the name
  std::vector<std::string> dependents;
  Validator validator;
  Recommender recommender;
  bool internal = false; // left out of answers and documentation

  bool required() const { return !default_value.has_value(); }
  const std::string &shown_name() const { return display_name.empty() ? name : display_name; }
};

// A key's value after validation, with everything that is wrong with it.
struct ConfigValue {
  std::string name;
  Value value;
  std::vector<std::string> recommended_values;
  std::vector<std::string> errors;
  bool visible = true;
};

// A configuration as submitted: text by key, and the keys whose value was JSON null.
struct Submitted {
  const StringMap &entries;
  std::set<std::string, std::less<>> nulls = {};
  bool contains(std::string_view key) const { return entries.contains(key) || nulls.contains(key); }
};

// An ordered set of keys: Kafka's ConfigDef (contract 10.5). Built once, then only read; copies are
// independent. Any thread may read.
class ConfigDef {
public:
  // A key defined before is replaced in place.
  ConfigDef &define(ConfigKey key);
  // How CLASS values are found; without it class names are taken as they are.
  ConfigDef &resolve_with(ClassResolver resolver);

  const ConfigKey *find(std::string_view name) const;
  std::span<const ConfigKey> keys() const { return keys_; }
  // Groups in the order of their first key.
  std::vector<std::string> groups() const;

  // All values, or the first thing that is wrong, as a ConfigException.
  Result<Values> parse(const Submitted &config) const;
  Result<Values> parse(const StringMap &config) const { return parse(Submitted{config}); }
  // Every key with its value and all its errors, in the order of definition; then the keys that are
  // named as dependents without being defined.
  std::vector<ConfigValue> validate(const Submitted &config) const;
  std::vector<ConfigValue> validate(const StringMap &config) const {
    return validate(Submitted{config});
  }

private:
  struct Validation;
  std::vector<std::string> roots() const;

  std::vector<ConfigKey> keys_;
  ClassResolver resolver_;
};

} // namespace host::config
