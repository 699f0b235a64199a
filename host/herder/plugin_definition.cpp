#include "host/herder/plugin_definition.h"

#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "host/config/parse.h"
#include "host/config/validators.h"
#include "host/regex/regex.h"

namespace host::herder {
namespace {

config::Validator matching(const std::string &pattern) {
  auto compiled = regex::Regex::compile(pattern);
  if (!compiled) // the plugin was accepted without it: the key is not checked
    return {};
  return [pattern, regex = *std::move(compiled)](
             std::string_view key, const config::Value &value) -> std::optional<std::string> {
    if (config::is_null(value) || regex.matches(config::to_text(value)))
      return std::nullopt;
    return config::invalid(key, config::java_text(value), "Value must match " + pattern);
  };
}

config::Validator in_range(const plugin::Validator &range, plugin::KeyType type) {
  if (type == plugin::KeyType::Double) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (!range.max_real)
      return config::at_least(range.min_real.value_or(-kInfinity));
    return config::between(range.min_real.value_or(-kInfinity), *range.max_real);
  }
  constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
  if (!range.max)
    return config::at_least(range.min.value_or(kLowest));
  return config::between(range.min.value_or(kLowest), *range.max);
}

config::Validator validator_of(const plugin::Validator &validator, plugin::KeyType type) {
  using Kind = plugin::Validator::Kind;
  switch (validator.kind) {
  case Kind::Range:
    return in_range(validator, type);
  case Kind::OneOf:
    return config::one_of(validator.values);
  case Kind::OneOfNoCase:
    return config::one_of_nocase(validator.values);
  case Kind::NonEmpty:
    return config::non_empty();
  case Kind::NonNull:
    return config::non_null();
  case Kind::Pattern:
    return matching(validator.pattern);
  }
  return {};
}

config::ConfigKey key_of(const plugin::KeyDef &def) {
  config::ConfigKey key;
  key.name = def.name;
  // The enumerations have the same values, which are the ABI's.
  key.type = static_cast<config::Type>(def.type);
  key.importance = static_cast<config::Importance>(def.importance);
  key.width = static_cast<config::Width>(def.width);
  if (def.default_value) {
    // A default that its own type does not take is the plugin's defect: the key counts as required.
    if (auto value = config::parse_value(def.name, *def.default_value, key.type))
      key.default_value = *std::move(value);
  } else if (def.optional) {
    key.default_value = config::Value();
  }
  key.documentation = def.doc;
  key.group = def.group;
  key.order_in_group = def.order_in_group > 0 ? def.order_in_group : -1;
  key.display_name = def.display_name;
  key.dependents = def.dependents;
  key.internal = def.internal;
  std::vector<config::Validator> validators;
  for (const plugin::Validator &validator : def.validators)
    if (auto check = validator_of(validator, def.type))
      validators.push_back(std::move(check));
  if (!validators.empty())
    key.validator = config::all_of(std::move(validators));
  return key;
}

} // namespace

config::ConfigDef definition_of(const plugin::Descriptor &descriptor) {
  config::ConfigDef definition;
  for (const plugin::KeyDef &key : descriptor.keys)
    definition.define(key_of(key));
  return definition;
}

} // namespace host::herder
