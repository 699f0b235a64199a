#include <gtest/gtest.h>

#include "host/transform/catalog.h"
#include "host/transform/chain.h"

namespace tests {
namespace {

using namespace host;
using transform::Chain;
using transform::Outcome;

// What a chain did, stage by stage.
class Steps final : public transform::Observer {
public:
  void step(const transform::Stage &stage, transform::StepResult result,
            const transform::Record &record) override {
    constexpr const char *kResults[] = {"", "applied", "not selected", "filtered", "failed"};
    seen += stage.alias + " " + kResults[static_cast<int>(result)] + " " +
            std::string(record.topic) + "; ";
  }
  std::string seen;
};

transform::Record record_for(std::string_view topic) {
  transform::Record record;
  record.topic = topic;
  return record;
}

TEST(Chain, IsEmptyWithoutTransforms) {
  data::SchemaPool pool;
  data::Arena arena;
  for (const StringMap &config :
       {StringMap{}, StringMap{{"transforms", ""}}, StringMap{{"transforms.a.type", "Nope"}}}) {
    auto chain = Chain::create(config, pool);
    ASSERT_TRUE(chain);
    EXPECT_TRUE(chain->empty());
    transform::Record record = record_for("t");
    EXPECT_EQ(chain->apply(record, arena), Outcome::Passed);
  }
}

TEST(Chain, ShowsEveryStep) {
  data::SchemaPool pool;
  data::Arena arena;
  auto chain = Chain::create({{"transforms", "a,b,c"},
                              {"transforms.a.type", "RegexRouter"},
                              {"transforms.a.regex", "(.)(.*)"},
                              {"transforms.a.replacement", "$2"},
                              {"transforms.b.type", "Filter"},
                              {"transforms.b.predicate", "p"},
                              {"transforms.c.type", "Filter"},
                              {"transforms.c.predicate", "p"},
                              {"transforms.c.negate", "TRUE"},
                              {"predicates", "p"},
                              {"predicates.p.type", "TopicNameMatches"},
                              {"predicates.p.pattern", "x"}},
                             pool);
  ASSERT_TRUE(chain) << chain.error().message();
  Steps steps;
  transform::Record record = record_for("topic");
  EXPECT_EQ(chain->apply(record, arena, &steps), Outcome::Filtered);
  EXPECT_EQ(steps.seen, "a applied opic; b not selected opic; c filtered opic; ");
}

TEST(Chain, NamesTheStageThatFailed) {
  data::SchemaPool pool;
  data::Arena arena;
  auto chain = Chain::create(
      {{"transforms", "k"}, {"transforms.k.type", "ValueToKey"}, {"transforms.k.fields", "a"}},
      pool);
  ASSERT_TRUE(chain);
  transform::Record record = record_for("t");
  ASSERT_EQ(chain->apply(record, arena), Outcome::Failed);
  const transform::Failure failure = chain->take_failure();
  EXPECT_EQ(failure.stage->alias, "k");
  EXPECT_EQ(failure.stage->class_name, "org.apache.kafka.connect.transforms.ValueToKey");
  EXPECT_EQ(failure.error.trace(),
            "org.apache.kafka.connect.errors.DataException: Only Map objects supported in absence "
            "of schema for [copying fields from value to key], found: null\n");
}

TEST(Chain, ConfigurationErrorsAreThoseOfATasksStart) {
  data::SchemaPool pool;
  const auto error = [&](const StringMap &config) {
    return Chain::create(config, pool).error().trace();
  };
  EXPECT_EQ(error({{"transforms", "a"},
                   {"transforms.a.type", "org.apache.kafka.connect.transforms.InsertField$Key"}}),
            "org.apache.kafka.connect.errors.ConnectException: "
            "org.apache.kafka.common.config.ConfigException: No field insertion configured\n"
            "Caused by: org.apache.kafka.common.config.ConfigException: No field insertion "
            "configured\n");
  EXPECT_EQ(
      error(
          {{"transforms", "a"}, {"transforms.a.type", "Filter"}, {"transforms.a.predicate", "p"}}),
      "org.apache.kafka.connect.errors.ConnectException: "
      "org.apache.kafka.connect.errors.ConnectException: "
      "org.apache.kafka.common.config.ConfigException: Unknown configuration "
      "'predicates.p.plugin.version'\n"
      "Caused by: org.apache.kafka.connect.errors.ConnectException: "
      "org.apache.kafka.common.config.ConfigException: Unknown configuration "
      "'predicates.p.plugin.version'\n"
      "Caused by: org.apache.kafka.common.config.ConfigException: Unknown configuration "
      "'predicates.p.plugin.version'\n");
  EXPECT_EQ(error({{"transforms", "a"}}),
            "org.apache.kafka.common.config.ConfigException: Invalid value null for configuration "
            "transforms.a.type: Not a Transformation\n");
}

TEST(Catalog, HasConnectsClasses) {
  EXPECT_EQ(transform::transformations().size(), 26U);
  EXPECT_EQ(transform::predicates().size(), 3U);
  for (const auto *names : {&transform::transformations(), &transform::predicates()})
    for (const config::PluginName &name : *names)
      EXPECT_NE(transform::keys_of(name.class_name), nullptr) << name.class_name;
  EXPECT_EQ(transform::keys_of("org.apache.kafka.connect.transforms.Cast"), nullptr);
  EXPECT_EQ(transform::keys_of("org.apache.kafka.connect.transforms.Filter$Key"), nullptr);
}

} // namespace
} // namespace tests
