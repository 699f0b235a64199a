#include "host/config/config_def.h"

#include <algorithm>

namespace host::config {
namespace {

std::string missing(std::string_view key) {
  return "Missing required configuration \"" + std::string(key) + "\" which has no default value.";
}

template <class T> T get_or(const Value *value, T fallback) {
  const auto *found = value != nullptr ? std::get_if<T>(value) : nullptr;
  return found != nullptr ? *found : std::move(fallback);
}

} // namespace

const Value *Values::find(std::string_view key) const {
  const auto found = values_.find(key);
  return found != values_.end() ? &found->second : nullptr;
}

void Values::set(std::string_view key, Value value) {
  values_.insert_or_assign(std::string(key), std::move(value));
}

bool Values::boolean(std::string_view key) const { return get_or(find(key), false); }
std::int64_t Values::integer(std::string_view key) const {
  return get_or<std::int64_t>(find(key), 0);
}
double Values::real(std::string_view key) const { return get_or(find(key), 0.0); }
std::string Values::text(std::string_view key) const { return get_or<std::string>(find(key), {}); }
List Values::list(std::string_view key) const { return get_or<List>(find(key), {}); }
Secret Values::secret(std::string_view key) const { return get_or<Secret>(find(key), Secret()); }
bool Values::is_null(std::string_view key) const {
  const Value *value = find(key);
  return value == nullptr || config::is_null(*value);
}

ConfigDef &ConfigDef::define(ConfigKey key) {
  const auto same = [&](const ConfigKey &other) { return other.name == key.name; };
  const auto found = std::find_if(keys_.begin(), keys_.end(), same);
  if (found != keys_.end())
    *found = std::move(key);
  else
    keys_.push_back(std::move(key));
  return *this;
}

ConfigDef &ConfigDef::resolve_with(ClassResolver resolver) {
  resolver_ = std::move(resolver);
  return *this;
}

const ConfigKey *ConfigDef::find(std::string_view name) const {
  for (const ConfigKey &key : keys_)
    if (key.name == name)
      return &key;
  return nullptr;
}

std::vector<std::string> ConfigDef::groups() const {
  std::vector<std::string> groups;
  for (const ConfigKey &key : keys_)
    if (!key.group.empty() && std::find(groups.begin(), groups.end(), key.group) == groups.end())
      groups.push_back(key.group);
  return groups;
}

Result<Values> ConfigDef::parse(const Submitted &config) const {
  Values values;
  for (const ConfigKey &key : keys_) {
    Value value;
    if (config.nulls.contains(key.name)) {
      value = Null();
    } else if (const std::string *text = config.entries.find(key.name)) {
      HOST_ASSIGN(value, parse_value(key.name, *text, key.type, resolver_));
    } else if (key.required()) {
      return fail(Code::Config, exception::kConfig, missing(key.name));
    } else {
      value = *key.default_value;
    }
    if (key.validator)
      if (auto complaint = key.validator(key.name, value))
        return fail(Code::Config, exception::kConfig, *std::move(complaint));
    values.set(key.name, std::move(value));
  }
  return values;
}

// The keys that no other key names as its dependent.
std::vector<std::string> ConfigDef::roots() const {
  std::set<std::string_view> children;
  for (const ConfigKey &key : keys_)
    children.insert(key.dependents.begin(), key.dependents.end());
  std::vector<std::string> roots;
  for (const ConfigKey &key : keys_)
    if (!children.contains(key.name))
      roots.push_back(key.name);
  return roots;
}

// One run of validate: parents before their dependents, each key once.
struct ConfigDef::Validation {
  const ConfigDef &def;
  const Submitted &config;
  std::vector<ConfigValue> results;
  Values parsed;
  std::set<std::string, std::less<>> seen = {};

  ConfigValue &result(std::string_view name) {
    for (ConfigValue &value : results)
      if (value.name == name)
        return value;
    results.push_back(
        {.name = std::string(name), .value = {}, .recommended_values = {}, .errors = {}});
    return results.back();
  }

  void prepare() {
    for (const ConfigKey &key : def.keys_)
      result(key.name);
    for (const ConfigKey &key : def.keys_)
      for (const std::string &dependent : key.dependents)
        if (def.find(dependent) == nullptr) {
          ConfigValue &undefined = result(dependent);
          undefined.errors = {dependent + " is referred in the dependents, but not defined."};
          undefined.visible = false;
        }
  }

  void parse(const std::string &name) {
    const ConfigKey *key = def.find(name);
    if (key == nullptr || !seen.insert(name).second)
      return;
    ConfigValue &out = result(name);
    if (const std::string *text = config.entries.find(name)) {
      auto value = parse_value(name, *text, key->type, def.resolver_);
      if (value)
        out.value = *std::move(value);
      else
        out.errors.push_back(value.error().message());
    } else if (!config.nulls.contains(name)) {
      if (key->required())
        out.errors.push_back(missing(name));
      else
        out.value = *key->default_value;
    }
    if (key->validator)
      if (auto complaint = key->validator(name, out.value))
        out.errors.push_back(*std::move(complaint));
    parsed.set(name, out.value);
    for (const std::string &dependent : key->dependents)
      parse(dependent);
  }

  void recommend() {
    for (const ConfigKey &key : def.keys_) {
      if (!key.recommender)
        continue;
      Recommendation said = key.recommender(parsed);
      ConfigValue &out = result(key.name);
      out.recommended_values = std::move(said.values);
      out.visible = said.visible;
    }
  }
};

std::vector<ConfigValue> ConfigDef::validate(const Submitted &config) const {
  Validation run{*this, config, {}, {}};
  run.prepare();
  for (const std::string &root : roots())
    run.parse(root);
  run.recommend();
  return std::move(run.results);
}

} // namespace host::config
