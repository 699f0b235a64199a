#include <algorithm>

#include <gtest/gtest.h>

#include "host/herder/runner_keys.h"
#include "host/herder/validation.h"
#include "tests/contract/fakes.h"

namespace tests {
namespace {

using namespace host;
using herder::Plugins;
using herder::SubmittedConfig;
using herder::Validation;

class ValidationTest : public testing::Test {
protected:
  config::ConfigInfos validate(SubmittedConfig config,
                               const std::vector<link::ValidatedKey> &reported = {}) {
    auto validation = Validation::begin(plugins, context, std::move(config));
    EXPECT_TRUE(validation) << validation.error().message();
    return validation->finish(reported);
  }
  static const config::ConfigValue &value(const config::ConfigInfos &infos,
                                          const std::string &name) {
    for (const config::ConfigInfo &info : infos.configs)
      if (info.value && info.value->name == name)
        return *info.value;
    static const config::ConfigValue kNone;
    ADD_FAILURE() << name << " is not in the reply";
    return kNone;
  }
  using Errors = std::vector<std::string>;

  FixedCatalog catalog{file_connectors()};
  Plugins plugins{catalog};
  herder::ValidationContext context;
};

// Connect's sources have no such keys, and its tools do not expect them where they are not set.
TEST_F(ValidationTest, DeadLetterKeysOfASourceShowWhereTheyAreSet) {
  const auto has = [](const config::ConfigInfos &infos, std::string_view name) {
    return std::any_of(infos.configs.begin(), infos.configs.end(),
                       [&](const auto &info) { return info.value && info.value->name == name; });
  };
  const SubmittedConfig source{{"connector.class", "FileStreamSource"}, {"topic", "t"}};
  const std::string topic = "errors.deadletterqueue.topic.name";
  const std::string replicas = "errors.deadletterqueue.topic.replication.factor";
  EXPECT_FALSE(has(validate(source), topic));
  SubmittedConfig with = source;
  with.set(topic, "dlq");
  with.set(replicas, "three");
  with.set("admin.override.retries", "5");
  const auto infos = validate(with);
  EXPECT_EQ(config::to_text(value(infos, topic).value), "dlq");
  EXPECT_EQ(value(infos, replicas).errors.at(0),
            "Invalid value three for configuration " + replicas + ": Not a number of type SHORT");
  EXPECT_TRUE(has(infos, "admin.override.retries"));
  EXPECT_FALSE(has(infos, "errors.deadletterqueue.context.headers.enable"));
}

TEST_F(ValidationTest, NoClassPrintsTheConfigAsJavaDoes) {
  const auto refused = Validation::begin(plugins, context, {{"a", "1.50"}, {"name", std::nullopt}});
  EXPECT_EQ(refused.error().code(), Code::BadRequest);
  EXPECT_EQ(refused.error().message(),
            "Connector config {name=null, a=1.50} contains no connector type");
}

TEST_F(ValidationTest, UnknownClassListsWhatThereIs) {
  const auto refused = Validation::begin(plugins, context, {{"connector.class", "Nope"}});
  EXPECT_EQ(refused.error().code(), Code::BadRequest);
  EXPECT_EQ(
      refused.error().message(),
      "Failed to find any class that implements Connector and which name matches Nope, available "
      "connectors are: PluginDesc{klass=class org.apache.kafka.connect.file.FileStreamSinkConnector"
      ", name='org.apache.kafka.connect.file.FileStreamSinkConnector', version='4.3.0', "
      "encodedVersion=4.3.0, type=sink, typeName='sink', location='/plugins/libfile.so'}, "
      "PluginDesc{klass=class org.apache.kafka.connect.file.FileStreamSourceConnector, "
      "name='org.apache.kafka.connect.file.FileStreamSourceConnector', version='4.3.0', "
      "encodedVersion=4.3.0, type=source, typeName='source', location='/plugins/libfile.so'}");
}

TEST_F(ValidationTest, PluginKeysFollowTheFramework) {
  const auto infos =
      validate({{"name", "c"}, {"connector.class", "FileStreamSource"}, {"topic", "t"}});
  EXPECT_EQ(infos.error_count, 0U);
  EXPECT_EQ(infos.name, "FileStreamSource");
  EXPECT_EQ(infos.configs.front().value->name, "name");
  EXPECT_EQ(infos.configs.back().value->name, "batch.size");
}

TEST_F(ValidationTest, ReportsOfThePluginAddToItsTable) {
  link::ValidatedKey topic;
  topic.name = "topic";
  topic.errors = {"Missing required configuration \"topic\" which has no default value.", "busy"};
  topic.recommended = {"a", "b"};
  topic.visible = false;
  const auto infos = validate({{"name", "c"}, {"connector.class", "FileStreamSource"}}, {topic});
  EXPECT_EQ(
      value(infos, "topic").errors,
      (Errors{"Missing required configuration \"topic\" which has no default value.", "busy"}))
      << "what both say counts once";
  EXPECT_EQ(value(infos, "topic").recommended_values, (Errors{"a", "b"}));
  EXPECT_FALSE(value(infos, "topic").visible);
}

TEST_F(ValidationTest, AnotherVersionIsAnErrorOfBothKeys) {
  auto validation = Validation::begin(plugins, context,
                                      {{"name", "c"},
                                       {"connector.class", "FileStreamSource"},
                                       {"connector.plugin.version", "9.9.9"}});
  ASSERT_TRUE(validation);
  EXPECT_FALSE(validation->wants_plugin());
  const auto infos = validation->finish({});
  const Errors expected{
      "Plugin org.apache.kafka.connect.file.FileStreamSourceConnector not found that matches the "
      "version range [9.9.9,9.9.9], available versions: [4.3.0]"};
  EXPECT_EQ(value(infos, "connector.class").errors, expected);
  EXPECT_EQ(value(infos, "connector.plugin.version").errors, expected);
  EXPECT_EQ(infos.error_count, 2U);
}

TEST_F(ValidationTest, NullsAreErrorsWhereverTheyAre) {
  const auto infos = validate({{"name", "c"},
                               {"connector.class", "FileStreamSource"},
                               {"topic", "t"},
                               {"foo", std::nullopt},
                               {"batch.size", std::nullopt}});
  const Errors expected{"Null value can not be supplied as the configuration value."};
  EXPECT_EQ(value(infos, "foo").errors, expected);
  EXPECT_EQ(value(infos, "batch.size").errors, expected);
  EXPECT_EQ(infos.configs.front().value->name, "foo") << "without a definition comes first";
}

TEST_F(ValidationTest, ConverterKeysAreCheckedWhereTheConnectorNamesTheConverter) {
  const auto infos = validate({{"name", "c"},
                               {"connector.class", "FileStreamSource"},
                               {"topic", "t"},
                               {"key.converter", "org.apache.kafka.connect.json.JsonConverter"},
                               {"key.converter.schemas.enable", "maybe"},
                               {"value.converter.schemas.enable", "perhaps"}});
  EXPECT_EQ(value(infos, "key.converter.schemas.enable").errors.size(), 1U);
  EXPECT_EQ(config::to_text(value(infos, "key.converter.converter.type").value), "key");
  EXPECT_EQ(infos.error_count, 1U);
}

TEST_F(ValidationTest, ClientOverridesAreListedOnlyIfSubmitted) {
  const auto infos = validate({{"name", "c"},
                               {"connector.class", "FileStreamSource"},
                               {"topic", "t"},
                               {"producer.override.linger.ms", "soon"},
                               {"consumer.override.fetch.min.bytes", "x"}});
  EXPECT_EQ(value(infos, "producer.override.linger.ms").errors,
            (Errors{"Invalid value soon for configuration linger.ms: Not a number of type LONG"}));
  EXPECT_EQ(infos.error_count, 1U) << "a source has no consumer";
}

TEST_F(ValidationTest, OverridePolicyOfTheWorker) {
  context.worker.set("connector.client.config.override.policy", "None");
  const auto infos = validate({{"name", "c"},
                               {"connector.class", "FileStreamSource"},
                               {"topic", "t"},
                               {"producer.override.acks", "all"}});
  EXPECT_EQ(value(infos, "producer.override.acks").errors,
            (Errors{"The 'None' policy does not allow 'acks' to be overridden in the connector "
                    "configuration."}));
}

TEST_F(ValidationTest, PasswordsOfClientsAreHidden) {
  const auto infos = validate({{"name", "c"},
                               {"connector.class", "FileStreamSource"},
                               {"topic", "t"},
                               {"producer.override.sasl.jaas.config", "hunter2"}});
  EXPECT_EQ(config::to_text(value(infos, "producer.override.sasl.jaas.config").value), "[hidden]");
}

TEST_F(ValidationTest, TopicCreationKeysAreListedOnlyIfWrong) {
  const SubmittedConfig good{{"name", "c"},
                             {"connector.class", "FileStreamSource"},
                             {"topic", "t"},
                             {"topic.creation.default.partitions", "-1"},
                             {"topic.creation.default.replication.factor", "3"}};
  EXPECT_EQ(validate(good).error_count, 0U);
  SubmittedConfig bad = good;
  bad.set("topic.creation.default.partitions", "0");
  bad.set("topic.creation.groups", "g");
  bad.set("topic.creation.g.include", "([");
  bad.set("topic.creation.h.include", ".*");
  const auto infos = validate(bad);
  EXPECT_EQ(value(infos, "topic.creation.default.partitions").errors,
            (Errors{"Invalid value 0 for configuration partitions: Number of partitions must be "
                    "positive, or -1 to use the broker's default"}));
  EXPECT_EQ(value(infos, "topic.creation.g.include").errors.size(), 1U);
  EXPECT_EQ(value(infos, "topic.creation.h.include").errors.size(), 1U);
  EXPECT_EQ(infos.error_count, 3U);
}

TEST_F(ValidationTest, RunnerKeysAreCheckedAndUnknownOnesNamed) {
  const auto infos = validate({{"name", "c"},
                               {"connector.class", "FileStreamSource"},
                               {"topic", "t"},
                               {"sluice.runner.isolation", "task"},
                               {"sluice.runner.restart.max", "-1"},
                               {"sluice.runner.colour", "red"}});
  EXPECT_TRUE(value(infos, "sluice.runner.isolation").errors.empty());
  EXPECT_EQ(value(infos, "sluice.runner.restart.max").errors,
            (Errors{"Invalid value -1 for configuration sluice.runner.restart.max: Value must be "
                    "at least 0"}));
  EXPECT_EQ(value(infos, "sluice.runner.colour").errors.size(), 1U);
}

TEST(RunnerSettingsTest, ConnectorKeysGoOnTopOfTheWorkers) {
  herder::RunnerSettings worker;
  worker.limits.restart_max = 9;
  const auto settings = herder::runner_settings(
      worker, {{"sluice.runner.isolation", "none"}, {"sluice.task.stall.timeout.ms", "7"}});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->isolation, supervisor::Isolation::None);
  EXPECT_EQ(settings->limits.stall_timeout.count(), 7);
  EXPECT_EQ(settings->limits.restart_max, 9);
  EXPECT_FALSE(herder::runner_settings(worker, {{"sluice.runner.memory.max", "lots"}}));
}

} // namespace
} // namespace tests
