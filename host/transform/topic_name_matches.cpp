#include <utility>

#include "host/regex/regex.h"
#include "host/transform/keys.h"
#include "host/transform/pages.h"
#include "host/transform/topic_cache.h"

namespace host::transform {
namespace {

const config::ConfigDef &keys() {
  static const config::ConfigDef def = config::ConfigDef().define(
      config::required("pattern", config::Type::String)
          .medium()
          .doc("A regular expression in Java's syntax; it must match the whole name of the topic.")
          .check(config::all_of({config::non_empty(), java_regex()})));
  return def;
}

class TopicNameMatches final : public Predicate {
public:
  explicit TopicNameMatches(regex::Regex pattern) : pattern_(std::move(pattern)) {}

  bool test(const Record &record) override {
    return known_.get(record.topic, [&] { return pattern_.matches(record.topic); });
  }

private:
  regex::Regex pattern_;
  TopicCache<bool> known_;
};

Result<std::unique_ptr<Predicate>> make(const config::Values &values) {
  HOST_ASSIGN(auto pattern, regex::Regex::compile(values.text("pattern")));
  return std::make_unique<TopicNameMatches>(std::move(pattern));
}

} // namespace

constinit const PredicatePage kTopicNameMatches{
    "TopicNameMatches", "Holds for records whose topic's whole name matches a regular expression.",
    keys, make};

} // namespace host::transform
