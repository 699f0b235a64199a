#include "host/herder/topic_creation.h"

#include <algorithm>
#include <string>
#include <utility>

#include "host/base/java_text.h"
#include "host/config/key_builder.h"
#include "host/config/parse.h"
#include "host/config/validators.h"
#include "host/regex/regex.h"

namespace host::herder {
namespace {

constexpr std::string_view kPrefix = "topic.creation.";
constexpr std::string_view kGroups = "topic.creation.groups";
constexpr std::string_view kDefaultGroup = "default";

// Positive, or -1 for the broker's default. The message has the key without its group.
config::Validator count(std::string name, std::string why) {
  return [name = std::move(name), why = std::move(why)](
             std::string_view, const config::Value &value) -> std::optional<std::string> {
    const auto *number = std::get_if<std::int64_t>(&value);
    if (number == nullptr || *number == -1 || *number >= 1)
      return std::nullopt;
    return config::invalid(name, std::to_string(*number), why);
  };
}

config::Validator regex_list() {
  return [](std::string_view key, const config::Value &value) -> std::optional<std::string> {
    const auto *list = std::get_if<config::List>(&value);
    if (list == nullptr)
      return std::nullopt;
    for (const std::string &item : *list)
      if (const auto compiled = regex::Regex::compile(item); !compiled)
        return config::invalid(key, config::java_text(value),
                               "Syntax error in regular expression: " + compiled.error().message());
    return std::nullopt;
  };
}

void define_group(config::ConfigDef &def, const std::string &group) {
  const std::string prefix = std::string(kPrefix) + group + ".";
  const bool needed = group == kDefaultGroup;
  const auto key = [&](const char *name, config::Type type) {
    return needed ? config::required(prefix + name, type) : config::nullable(prefix + name, type);
  };
  def.define(
      key("replication.factor", config::Type::Short)
          .low()
          .check(count("replication.factor",
                       "Replication factor must be positive and not larger than the number "
                       "of brokers in the Kafka cluster, or -1 to use the broker's default")));
  def.define(key("partitions", config::Type::Int)
                 .low()
                 .check(count("partitions", "Number of partitions must be positive, or -1 to use "
                                            "the broker's default")));
  if (needed) // its patterns are fixed; what a user sets is ignored
    return;
  def.define(config::list(prefix + "include", {}).low().check(regex_list()));
  def.define(config::list(prefix + "exclude", {}).low().check(regex_list()));
}

bool is_of_a_group(std::string_view key, const config::List &groups) {
  key.remove_prefix(kPrefix.size());
  return std::any_of(groups.begin(), groups.end(), [&](const std::string &group) {
    return key.size() > group.size() && key.starts_with(group) && key[group.size()] == '.';
  });
}

} // namespace

void check_topic_creation(const StringMap &config, std::vector<config::ConfigKey> &keys,
                          std::vector<config::ConfigValue> &values) {
  const bool used = std::any_of(config.begin(), config.end(),
                                [](const auto &entry) { return entry.first.starts_with(kPrefix); });
  if (!used)
    return;
  config::List groups = config::parse_list(java::trim(config.get(kGroups)));
  if (std::find(groups.begin(), groups.end(), kDefaultGroup) == groups.end())
    groups.insert(groups.begin(), std::string(kDefaultGroup));
  config::ConfigDef def;
  for (const std::string &group : groups)
    define_group(def, group);
  for (config::ConfigValue &value : def.validate(config))
    if (!value.errors.empty()) {
      keys.push_back(*def.find(value.name));
      values.push_back(std::move(value));
    }
  for (const auto &[name, text] : config) {
    if (!name.starts_with(kPrefix) || name == kGroups || is_of_a_group(name, groups))
      continue;
    config::ConfigValue unknown;
    unknown.name = name;
    unknown.value = text;
    unknown.errors.push_back("Configuration " + name + " is of a group that " +
                             std::string(kGroups) + " does not name");
    values.push_back(std::move(unknown));
  }
}

} // namespace host::herder
