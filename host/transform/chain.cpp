#include "host/transform/chain.h"

#include <utility>

#include "host/config/connector_config.h"
#include "host/transform/catalog.h"
#include "host/transform/keys.h"

namespace host::transform {
namespace {

// What Java's `new ConnectException(cause)` is.
Error wrapped(Error cause) {
  std::string message = std::string(cause.exception()) + ": " + cause.message();
  return std::move(cause).wrap(Code::Config, exception::kConnect, std::move(message));
}

// The settings of one alias, without its prefix.
config::Submitted settings(const config::Submitted &config, const std::string &prefix,
                           StringMap &entries) {
  entries = config.entries.with_prefix(prefix);
  config::Submitted own{entries};
  for (const std::string &key : config.nulls)
    if (key.starts_with(prefix))
      own.nulls.insert(key.substr(prefix.size()));
  return own;
}

Result<std::unique_ptr<Transform>> make_transform(const std::string &class_name,
                                                  const config::Submitted &settings,
                                                  data::SchemaPool &pool) {
  Part part{};
  const TransformPage *page = find_transform(class_name, part);
  if (page == nullptr)
    return fail(Code::Internal, "no transform of class " + class_name);
  HOST_ASSIGN(const config::Values values, page->keys().parse(settings));
  return page->make(values, part, pool);
}

// The predicate is looked up by the text of `predicate` as it is: neither trimmed nor compared with
// the list of predicates before.
Status add_predicate(Stage &stage, const std::string &alias, const config::Submitted &config,
                     const config::Values &values) {
  const std::string prefix = "predicates." + alias + ".";
  const std::string class_name = values.text(prefix + "type");
  const PredicatePage *page = find_predicate(class_name);
  if (page == nullptr)
    return fail(wrapped(Error(Code::Config, exception::kConfig,
                              "Unknown configuration '" + prefix + "plugin.version'")));
  StringMap own;
  HOST_ASSIGN(const config::Values keys, page->keys().parse(settings(config, prefix, own)));
  HOST_ASSIGN(stage.predicate, page->make(keys));
  stage.predicate_alias = alias;
  return {};
}

// Java's Boolean.parseBoolean of the text as it is.
bool is_true(const std::string *text) {
  constexpr std::string_view kTrue = "true";
  if (text == nullptr || text->size() != kTrue.size())
    return false;
  for (std::size_t i = 0; i < kTrue.size(); ++i)
    if (((*text)[i] | 0x20) != kTrue[i])
      return false;
  return true;
}

Result<Stage> make_stage(const std::string &alias, const config::Submitted &config,
                         const config::Values &values, data::SchemaPool &pool) {
  const std::string prefix = "transforms." + alias + ".";
  StringMap own;
  const config::Submitted given = settings(config, prefix, own);
  Stage stage;
  stage.alias = alias;
  stage.class_name = values.text(prefix + "type");
  HOST_ASSIGN(stage.transform, make_transform(stage.class_name, given, pool));
  if (const std::string *predicate = own.find("predicate")) {
    HOST_TRY(add_predicate(stage, *predicate, config, values));
    stage.negate = is_true(own.find("negate"));
  }
  return stage;
}

// Where Java's checks of a key do not complain but fall over their input, the class is Java's too.
Error as_thrown(Error error) {
  if (error.message() == kNoTypeBehindColon)
    return Error(Code::Config, "java.lang.ArrayIndexOutOfBoundsException", error.message());
  if (error.message() == kNoRenames)
    return Error(Code::Config, "java.lang.NullPointerException", error.message());
  return error;
}

} // namespace

Result<Chain> Chain::create(const config::Submitted &config, data::SchemaPool &pool) {
  config::DefinitionContext context;
  offer_to(context);
  const auto lists = config::chain_def(context, {});
  HOST_TRY(lists.parse(config));
  HOST_TRY(config::check_chain_classes(context, config.entries));
  const auto def = config::chain_def(context, config.entries);
  const auto parsed = def.parse(config);
  if (!parsed)
    return fail(as_thrown(parsed.error()));
  const config::Values &values = *parsed;
  Chain chain;
  for (const std::string &alias : values.list("transforms")) {
    auto stage = make_stage(alias, config, values, pool);
    if (!stage)
      return fail(wrapped(std::move(stage).error()));
    chain.stages_.push_back(*std::move(stage));
  }
  return chain;
}

Outcome Chain::apply(Record &record, data::Arena &arena, Observer *observer) {
  const auto tell = [&](const Stage &stage, StepResult result) {
    if (observer != nullptr)
      observer->step(stage, result, record);
  };
  for (const Stage &stage : stages_) {
    if (stage.predicate && stage.predicate->test(record) == stage.negate) {
      tell(stage, StepResult::NotSelected);
      continue;
    }
    auto verdict = stage.transform->apply(record, arena);
    if (!verdict) [[unlikely]] {
      failure_.emplace(Failure{&stage, std::move(verdict).error()});
      tell(stage, StepResult::Failed);
      return Outcome::Failed;
    }
    if (*verdict == Verdict::Drop) {
      tell(stage, StepResult::Filtered);
      return Outcome::Filtered;
    }
    tell(stage, StepResult::Applied);
  }
  return Outcome::Passed;
}

} // namespace host::transform
