#include <optional>
#include <utility>

#include "host/regex/regex.h"
#include "host/transform/keys.h"
#include "host/transform/pages.h"
#include "host/transform/topic_cache.h"

namespace host::transform {
namespace {

const config::ConfigDef &keys() {
  static const config::ConfigDef def =
      config::ConfigDef()
          .define(config::required("regex", config::Type::String)
                      .high()
                      .doc("A regular expression in Java's syntax; topics whose whole name it "
                           "matches get another name.")
                      .check(java_regex()))
          .define(
              config::required("replacement", config::Type::String)
                  .high()
                  .doc("What takes the place of the first match; $1 and ${name} stand for "
                       "groups of the expression, a backslash makes the next character plain."));
  return def;
}

// Gives records to another topic, by its name.
class RegexRouter final : public Transform {
public:
  RegexRouter(regex::Regex regex, std::string replacement)
      : regex_(std::move(regex)), replacement_(std::move(replacement)) {}

  Result<Verdict> apply(Record &record, data::Arena &arena) override {
    const std::optional<Result<std::string>> &route =
        routes_.get(record.topic, [&] { return route_of(record.topic); });
    if (!route)
      return Verdict::Keep;
    if (!*route)
      return fail(route->error());
    // A copy: the cache may be emptied before the record is gone.
    record.topic = arena.copy(std::string_view(**route));
    return Verdict::Keep;
  }

private:
  // Nothing where the topic keeps its name.
  std::optional<Result<std::string>> route_of(std::string_view topic) const {
    if (!regex_.matches(topic))
      return std::nullopt;
    return regex_.replace_first(topic, replacement_);
  }

  regex::Regex regex_;
  std::string replacement_;
  TopicCache<std::optional<Result<std::string>>> routes_;
};

Result<std::unique_ptr<Transform>> make(const config::Values &values, Part, data::SchemaPool &) {
  HOST_ASSIGN(auto regex, regex::Regex::compile(values.text("regex")));
  return std::make_unique<RegexRouter>(std::move(regex), values.text("replacement"));
}

} // namespace

constinit const TransformPage kRegexRouter{
    "RegexRouter",
    "Gives records whose topic matches a regular expression to another topic, whose name is made "
    "from the match.",
    false, keys, make};

} // namespace host::transform
