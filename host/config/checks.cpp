// Checks that concern several keys of a connector's configuration at once.
#include <algorithm>

#include "host/base/java_text.h"
#include "host/config/connector_config.h"
#include "host/regex/regex.h"

namespace host::config {
namespace {

void complain(std::vector<ConfigValue> &values, std::string_view key, std::string message) {
  const auto same = [&](const ConfigValue &value) { return value.name == key; };
  auto found = std::find_if(values.begin(), values.end(), same);
  if (found == values.end()) {
    ConfigValue value;
    value.name = key;
    found = values.insert(values.end(), std::move(value));
  }
  found->errors.push_back(std::move(message));
}

// Not null and not blank.
bool has_text(const StringMap &config, std::string_view key) {
  const std::string *text = config.find(key);
  return text != nullptr && !java::trim(*text).empty();
}

void check_topics(const StringMap &config, std::vector<ConfigValue> &values) {
  const bool list = has_text(config, "topics");
  const bool regex = has_text(config, "topics.regex");
  if (list == regex) {
    const char *message =
        list ? "topics and topics.regex are mutually exclusive options, but both are set."
             : "Must configure one of topics or topics.regex";
    complain(values, "topics", message);
    complain(values, "topics.regex", message);
  }
  const std::string dlq(java::trim(config.get("errors.deadletterqueue.topic.name")));
  if (dlq.empty())
    return;
  if (list) {
    const List topics = parse_list(java::trim(config.get("topics")));
    if (std::find(topics.begin(), topics.end(), dlq) != topics.end())
      complain(values, "topics",
               "The DLQ topic '" + dlq + "' may not be included in the list of topics ('topics=" +
                   java_text(topics) + "') consumed by the connector");
  }
  if (regex) {
    const std::string pattern = config.get("topics.regex");
    const auto compiled = regex::Regex::compile(pattern);
    if (compiled && compiled->matches(dlq))
      complain(values, "topics.regex",
               "The DLQ topic '" + dlq +
                   "' may not be matched by the regex for the topics ('topics.regex=" + pattern +
                   "') consumed by the connector");
  }
}

} // namespace

void check_sink(const StringMap &config, std::string_view worker_group,
                std::vector<ConfigValue> &values) {
  check_topics(config, values);
  if (worker_group.empty())
    return;
  const std::string *group = config.find("consumer.override.group.id");
  const std::string name = config.get("name");
  if (group != nullptr && *group == worker_group)
    complain(values, "consumer.override.group.id",
             "Consumer group " + *group + " conflicts with Connect worker group " +
                 std::string(worker_group));
  if (group == nullptr && "connect-" + name == worker_group)
    complain(values, "name",
             "Consumer group for sink connector named " + name +
                 " conflicts with Connect worker group " + std::string(worker_group));
}

void check_nulls(const Submitted &config, std::vector<ConfigValue> &values) {
  for (const std::string &key : config.nulls)
    complain(values, key, "Null value can not be supplied as the configuration value.");
}

} // namespace host::config
