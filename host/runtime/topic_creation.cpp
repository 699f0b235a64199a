#include "host/runtime/topic_creation.h"

#include <utility>

#include <fmt/format.h>

#include "host/base/java_text.h"
#include "host/base/log.h"
#include "host/runtime/text_list.h"

namespace host::runtime {
namespace {

const log::Logger kLog{"sluice.task"};

constexpr std::string_view kPrefix = "topic.creation.";
constexpr Duration kCallTimeout{10'000};

// Contract 5.2: the entries of a list are joined by `|`; an empty list is no pattern at all.
Result<std::optional<regex::Regex>> read_patterns(const StringMap &keys, const std::string &key) {
  std::string joined;
  for (const std::string &pattern : text_list(keys.get(key)))
    joined += (joined.empty() ? "" : "|") + pattern;
  if (joined.empty())
    return std::optional<regex::Regex>();
  auto compiled = regex::Regex::compile(joined);
  if (!compiled)
    return fail(Code::Config, fmt::format("Syntax error in regular expression: {}", joined));
  return std::optional(*std::move(compiled));
}

Result<std::int32_t> read_number(const StringMap &keys, const std::string &key,
                                 std::optional<std::int32_t> fallback) {
  const std::string *text = keys.find(key);
  if (text == nullptr && fallback)
    return *fallback;
  const auto number = text != nullptr ? java::parse_integer(java::trim(*text)) : std::nullopt;
  if (!number || *number < -1 || *number == 0 || *number > INT32_MAX)
    return fail(Code::Config, fmt::format("Invalid value {} for configuration {}{}: must be -1 or "
                                          "at least 1",
                                          text != nullptr ? *text : "null", kPrefix, key));
  return static_cast<std::int32_t>(*number);
}

} // namespace

bool TopicCreation::Group::fits(const std::string &topic) const {
  return include && include->matches(topic) && !(exclude && exclude->matches(topic));
}

Result<TopicCreation::Group>
TopicCreation::read_group(const StringMap &keys, const std::string &name, const Group *fallback) {
  Group group;
  group.name = name;
  const auto or_default = [&](std::int32_t Group::*member) {
    return fallback != nullptr ? std::optional(fallback->*member) : std::nullopt;
  };
  HOST_ASSIGN(group.partitions,
              read_number(keys, name + ".partitions", or_default(&Group::partitions)));
  HOST_ASSIGN(group.replication_factor, read_number(keys, name + ".replication.factor",
                                                    or_default(&Group::replication_factor)));
  HOST_ASSIGN(group.include, read_patterns(keys, name + ".include"));
  HOST_ASSIGN(group.exclude, read_patterns(keys, name + ".exclude"));
  for (const auto &[key, value] : keys.with_prefix(name + "."))
    if (key != "partitions" && key != "replication.factor" && key != "include" && key != "exclude")
      group.config.set(key, value);
  return group;
}

Result<TopicCreation> TopicCreation::from(const TaskSpec &spec) {
  TopicCreation creation;
  const StringMap keys = spec.connector_config.with_prefix(kPrefix);
  if (keys.empty())
    return creation;
  if (spec.worker_config.get("topic.creation.enable", "true") == "false") {
    kLog.warn("topic.creation.* keys are set, but topic.creation.enable is false on this worker: "
              "new topics depend on the broker");
    return creation;
  }
  creation.active_ = true;
  HOST_ASSIGN(Group fallback, read_group(keys, "default", nullptr));
  for (const std::string &name : text_list(keys.get("groups"))) {
    if (name == "default") {
      kLog.warn("topic.creation.groups need not name 'default'; it is ignored");
      continue;
    }
    HOST_ASSIGN(Group group, read_group(keys, name, &fallback));
    creation.groups_.push_back(std::move(group));
  }
  HOST_ASSIGN(fallback.include, regex::Regex::compile(".*"));
  fallback.exclude.reset();
  creation.groups_.push_back(std::move(fallback));
  return creation;
}

kafka::NewTopic TopicCreation::plan(const std::string &topic) const {
  const Group *group = &groups_.back();
  for (const Group &candidate : groups_)
    if (candidate.fits(topic)) {
      group = &candidate;
      break;
    }
  return {topic, group->partitions, group->replication_factor, group->config};
}

Status TopicCreation::prepare(kafka::Admin &admin, const std::string &topic,
                              std::stop_token stop) const {
  if (!active_)
    return {};
  for (;;) {
    Status done = create(admin, topic, stop);
    if (done || stop.stop_requested() || !done.error().retriable())
      return done;
    kLog.warn("topic '{}' cannot be looked for or made now: {}", topic, done.error().message());
  }
}

Status TopicCreation::create(kafka::Admin &admin, const std::string &topic,
                             std::stop_token stop) const {
  const kafka::CallLimit limit{kCallTimeout, stop};
  HOST_ASSIGN(const auto known, admin.describe_topic(topic, limit));
  if (known)
    return {};
  const kafka::NewTopic wanted = plan(topic);
  const Status made = admin.create_topic(wanted, limit);
  if (made) {
    kLog.info("created topic '{}' with {} partitions and replication factor {}", topic,
              wanted.partitions, wanted.replication_factor);
    return {};
  }
  if (made.error().code() == Code::AlreadyExists)
    return {};
  if (made.error().retriable())
    return made;
  return Error(made.error())
      .wrap(Code::Fatal, exception::kConnect,
            fmt::format("Task failed to create new topic {}. Ensure that the task is authorized to "
                        "create topics or that the topic exists and restart the task",
                        topic));
}

} // namespace host::runtime
