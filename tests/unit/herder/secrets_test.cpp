#include <cstdio>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "host/base/redactor.h"
#include "host/herder/passwords.h"
#include "tests/unit/herder/herder_fixture.h"

namespace tests {
namespace {

using namespace host;
using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

// A herder with the provider `f` and a file of secrets.
class SecretsTest : public HerderTest {
protected:
  SecretsTest() {
    char name[] = "/tmp/herder-secrets-XXXXXX";
    folder_ = ::mkdtemp(name);
    write("first-secret");
    herder::WorkerOptions options;
    const StringMap worker{{"config.providers", "f"},
                           {"config.providers.f.class", "File"},
                           {"config.providers.f.param.ttl.ms", "1000"}};
    options.validation.providers = *config::ConfigResolver::from(worker);
    herder->stop();
    make(std::move(options));
    open();
  }
  ~SecretsTest() override { std::filesystem::remove_all(folder_); }

  void write(const std::string &secret) {
    std::ofstream(folder_ / "s") << "topic=" << secret << "\nn=2\n";
  }
  std::string variable(const std::string &key = "topic") const {
    return "${f:" + (folder_ / "s").string() + ":" + key + "}";
  }

  std::filesystem::path folder_;
};

TEST_F(SecretsTest, PartsGetTheValuesAndClientsSeeTheVariables) {
  const auto created = create("c", source(variable()));
  ASSERT_TRUE(**created) << (*created)->error().message();
  EXPECT_EQ(supervisor->spec("c").config.get("topic"), "first-secret");
  EXPECT_THAT(supervisor->spec("c").secrets, Contains("first-secret"));
  EXPECT_EQ(supervisor->task_config({"c", 0}).get("topic"), "first-secret");
  EXPECT_EQ(view("c")->config.get("topic"), variable());
  EXPECT_EQ(view("c")->task_configs.at(0).get("topic"), variable());
  EXPECT_EQ(process_redactor().redact("it is first-secret"), "it is [hidden]");
}

TEST_F(SecretsTest, ValidationShowsTheVariableAndHidesTheValueInErrors) {
  auto config = source(variable());
  config.set("tasks.max", variable());
  config.set("name", "c");
  const auto answer =
      start<config::ConfigInfos>([&](auto done) { herder->validate(config, std::move(done)); });
  ASSERT_TRUE(**answer);
  for (const config::ConfigInfo &info : (*answer)->value().configs)
    if (info.value && info.value->name == "tasks.max") {
      EXPECT_EQ(config::to_text(info.value->value), variable());
      EXPECT_THAT(info.value->errors.at(0), HasSubstr("Invalid value [hidden] for"));
    }
  const auto created = create("c", config);
  EXPECT_THAT((*created)->error().message(), Not(HasSubstr("first-secret")));
}

TEST_F(SecretsTest, AProviderThatFailsRefusesTheConfig) {
  const auto created = create("c", source("${f:/none:x}"));
  ASSERT_FALSE(**created);
  EXPECT_EQ((*created)->error().code(), Code::BadRequest);
  EXPECT_EQ((*created)->error().message(), "Could not read properties from file /none");
}

TEST_F(SecretsTest, ARestartedTaskGetsTheNewValue) {
  create("c", source(variable()));
  write("second-secret");
  start<void>([&](auto done) { herder->restart_task({"c", 0}, std::move(done)); });
  EXPECT_EQ(supervisor->task_config({"c", 0}).get("topic"), "second-secret");
  EXPECT_EQ(supervisor->spec("c").config.get("topic"), "second-secret");
  EXPECT_EQ(view("c")->task_configs.at(0).get("topic"), variable());
}

TEST_F(SecretsTest, ATaskWhoseValuesAreGoneFailsAndSaysWhy) {
  create("c", source(variable()));
  std::filesystem::remove(folder_ / "s");
  start<void>([&](auto done) { herder->restart_task({"c", 0}, std::move(done)); });
  EXPECT_EQ(states("c"), "RUNNING [FAILED]");
  EXPECT_THAT(view("c")->tasks.at(0).trace,
              HasSubstr("org.apache.kafka.common.config.ConfigException: Could not read "
                        "properties from file"));
}

TEST_F(SecretsTest, ExpiredValuesRestartTheConnectorWhereTheyChanged) {
  create("c", source(variable()));
  supervisor->take_calls();
  clock.advance(1s);
  run();
  EXPECT_TRUE(supervisor->take_calls().empty()) << "nothing has changed";
  write("second-secret");
  clock.advance(1s);
  run();
  EXPECT_THAT(supervisor->take_calls(), Contains("start c STARTED"));
  EXPECT_EQ(supervisor->task_config({"c", 0}).get("topic"), "second-secret");
}

TEST_F(SecretsTest, ReloadNoneLeavesExpiredValues) {
  auto config = source(variable());
  config.set("config.action.reload", "none");
  create("c", config);
  supervisor->take_calls();
  write("second-secret");
  clock.advance(1h);
  run();
  EXPECT_TRUE(supervisor->take_calls().empty());
}

TEST_F(SecretsTest, PasswordsAreShownHiddenAndKeptWhenTheyComeBackSo) {
  auto config = source();
  config.set("producer.override.ssl.key.password", "geheimnis");
  ASSERT_TRUE(**create("c", config));
  EXPECT_EQ(view("c")->config.get("producer.override.ssl.key.password"), "[hidden]");
  EXPECT_EQ(view("c")->task_configs.at(0).get("producer.override.ssl.key.password"), "[hidden]");
  EXPECT_THAT(supervisor->spec("c").secrets, Contains("geheimnis"));

  herder::SubmittedConfig back(view("c")->config);
  back.set("topic", "t2");
  ASSERT_TRUE(**put("c", back));
  EXPECT_EQ(supervisor->spec("c").config.get("producer.override.ssl.key.password"), "geheimnis");
  back.set("producer.override.ssl.key.password", "other-one");
  ASSERT_TRUE(**put("c", back));
  EXPECT_EQ(supervisor->spec("c").config.get("producer.override.ssl.key.password"), "other-one");
}

TEST(Passwords, AreWhatDefinitionsSay) {
  plugin::Descriptor plugin;
  plugin::KeyDef key;
  key.name = "token";
  key.type = plugin::KeyType::Password;
  plugin.keys.push_back(key);
  key.name = "password";
  key.type = plugin::KeyType::String;
  plugin.keys.push_back(key);
  EXPECT_TRUE(herder::is_password(&plugin, "token"));
  EXPECT_FALSE(herder::is_password(&plugin, "password"));
  EXPECT_FALSE(herder::is_password(nullptr, "token"));
  EXPECT_TRUE(herder::is_password(nullptr, "consumer.override.sasl.jaas.config"));
  EXPECT_FALSE(herder::is_password(&plugin, "consumer.override.client.id"));
  EXPECT_EQ(herder::without_passwords({{"token", "x"}, {"a", "b"}}, &plugin),
            (StringMap{{"token", "[hidden]"}, {"a", "b"}}));
  EXPECT_EQ(herder::without_passwords({{"token", "${f:s:t}"}}, &plugin),
            (StringMap{{"token", "${f:s:t}"}}));
}

} // namespace
} // namespace tests
