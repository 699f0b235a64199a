#include "host/config/cluster_keys.h"
#include "host/config/worker_config.h"

#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace host::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char *kGood = "key.converter=String\nvalue.converter=String\n"
                              "offset.storage.file.filename=/tmp/o\n";

WorkerConfig check(const std::string &text) {
  return check_worker_config(*parse_properties(text, "w"));
}

std::vector<std::string> findings(const std::string &text) {
  std::vector<std::string> texts;
  for (const Finding &finding : check(text).findings)
    texts.push_back(finding.text);
  return texts;
}

TEST(WorkerConfig, AMinimalFileIsFine) {
  const WorkerConfig config = check(kGood);
  ASSERT_TRUE(config.valid());
  EXPECT_TRUE(config.findings.empty());
  EXPECT_EQ(config.values->integer("offset.flush.interval.ms"), 60000);
  EXPECT_EQ(config.values->list("listeners"), List{"http://:8083"});
}

TEST(WorkerConfig, AnUnknownKeyIsNamedWithTheNearestKnownOne) {
  const auto config = check(std::string(kGood) + "runner.isolaton=task\nxyz=1\n");
  EXPECT_TRUE(config.valid());
  ASSERT_EQ(config.findings.size(), 2u);
  EXPECT_EQ(config.findings[0].text,
            "w:4: runner.isolaton: unknown key; did you mean runner.isolation?");
  EXPECT_EQ(config.findings[1].text, "w:5: xyz: unknown key");
}

TEST(WorkerConfig, AWrongValueIsNamedWithFileLineAndKey) {
  const auto config = check(std::string(kGood) + "offset.flush.interval.ms=soon\n");
  EXPECT_FALSE(config.valid());
  EXPECT_THAT(config.findings.front().text,
              "w:4: Invalid value soon for configuration offset.flush.interval.ms: Not a number of "
              "type LONG");
}

TEST(WorkerConfig, AConverterThatIsNotThereIsNamed) {
  EXPECT_THAT(findings("key.converter=Avro\nvalue.converter=Json\n"
                       "offset.storage.file.filename=/tmp/o\n"),
              ElementsAre("w:1: Invalid value Avro for configuration key.converter: Class Avro "
                          "could not be found."));
}

TEST(WorkerConfig, ExactlyOneOffsetStore) {
  EXPECT_THAT(findings("key.converter=String\nvalue.converter=Json\n"),
              ElementsAre("w: exactly one of offset.storage.file.filename and "
                          "offset.storage.topic must be set: neither is"));
  EXPECT_THAT(findings(std::string(kGood) + "offset.storage.topic=t\n"),
              ElementsAre("w:4: exactly one of offset.storage.file.filename and "
                          "offset.storage.topic must be set: the other one is set in line 3"));
}

TEST(WorkerConfig, WhatWouldBeIgnoredIsRefused) {
  const auto config = check(std::string(kGood) + "exactly.once.source.support=enabled\n");
  EXPECT_FALSE(config.valid());
  EXPECT_EQ(config.findings.front().text,
            "w:4: exactly.once.source.support: not supported yet; remove it to start without");
}

TEST(WorkerConfig, KeysOfClientsAndOfDistributedWorkersAreKnown) {
  EXPECT_TRUE(
      findings(std::string(kGood) + "producer.linger.ms=5\nsecurity.protocol=SSL\n").empty());
  EXPECT_THAT(findings(std::string(kGood) + "group.id=g\n"),
              ElementsAre("w:4: group.id: has no effect on a worker of its own, which this is "
                          "because config.storage.topic is not set"));
}

constexpr const char *kCluster =
    "key.converter=String\nvalue.converter=String\nconfig.storage.topic=c\n"
    "group.id=g\noffset.storage.topic=o\nstatus.storage.topic=s\n";

TEST(WorkerConfig, AConfigTopicMakesAWorkerOfACluster) {
  const auto config = check(kCluster);
  ASSERT_TRUE(config.valid());
  EXPECT_TRUE(config.findings.empty());
  EXPECT_TRUE(is_distributed(config.entries));
  EXPECT_EQ(config.values->integer("heartbeat.interval.ms"), 200);
  EXPECT_FALSE(is_distributed(check(kGood).entries));
}

TEST(WorkerConfig, AClusterNeedsAGroupAndThreeTopics) {
  const std::string rest =
      " which has no default value: config.storage.topic is set, so this worker is one of a "
      "cluster";
  EXPECT_THAT(findings("key.converter=String\nvalue.converter=String\nconfig.storage.topic=c\n"),
              ElementsAre("w: Missing required configuration \"group.id\"" + rest,
                          "w: Missing required configuration \"offset.storage.topic\"" + rest,
                          "w: Missing required configuration \"status.storage.topic\"" + rest));
}

TEST(WorkerConfig, WhatContradictsItselfInAClusterIsNamed) {
  EXPECT_THAT(findings(std::string(kCluster) + "inter.worker.signature.algorithm=HmacSHA512\n"),
              ElementsAre("w:7: inter.worker.signature.algorithm: Signature algorithm must be "
                          "present in inter.worker.verification.algorithms list"));
  EXPECT_THAT(findings(std::string(kCluster) + "heartbeat.interval.ms=10000\n"),
              ElementsAre(HasSubstr("w:7: heartbeat.interval.ms must be lower than")));
  EXPECT_THAT(findings(std::string(kCluster) + "connect.protocol=lazy\n"),
              ElementsAre("w:7: Invalid value lazy for configuration connect.protocol: Invalid "
                          "Connect protocol compatibility"));
  EXPECT_TRUE(findings(std::string(kCluster) + "connect.protocol=EAGER\n").empty());
}

TEST(WorkerConfig, PrintedShowsDefaultsAndHidesSecrets) {
  const auto config = check(std::string(kGood) + "producer.ssl.key.password=geheim\n");
  const std::string text = printed(config);
  EXPECT_THAT(text, HasSubstr("# default\nrunner.isolation=connector\n"));
  EXPECT_THAT(text, HasSubstr("producer.ssl.key.password=[hidden]\n"));
  EXPECT_THAT(secrets_of(config), ElementsAre("geheim"));
}

TEST(WorkerConfig, VariablesAreReplacedAndNeverShown) {
  ::setenv("WORKER_TEST_SECRET", "geheimnis", 1);
  const std::string providers =
      "config.providers=env\nconfig.providers.env.class=EnvVarConfigProvider\n";
  const auto config = check(kGood + providers + "producer.client.id=${env:WORKER_TEST_SECRET}\n");
  ASSERT_TRUE(config.valid());
  EXPECT_EQ(config.entries.get("producer.client.id"), "geheimnis");
  EXPECT_THAT(secrets_of(config), ElementsAre("geheimnis"));
  EXPECT_THAT(printed(config), HasSubstr("producer.client.id=${env:WORKER_TEST_SECRET}\n"));
  EXPECT_EQ(
      findings(kGood + providers + "offset.flush.interval.ms=${env:WORKER_TEST_SECRET}\n").front(),
      "w:6: Invalid value [hidden] for configuration offset.flush.interval.ms: Not a number of "
      "type LONG");
  ::unsetenv("WORKER_TEST_SECRET");
}

TEST(WorkerConfig, AnUnknownOverridePolicyIsRefused) {
  const std::string key = "connector.client.config.override.policy=";
  for (const char *name :
       {"All", "None", "PrincipalConnectorClientConfigOverridePolicy",
        "org.apache.kafka.connect.connector.policy.NoneConnectorClientConfigOverridePolicy"})
    EXPECT_TRUE(check(kGood + key + name + "\n").valid()) << name;
  EXPECT_THAT(
      findings(kGood + key + "Some\n"),
      ElementsAre("w:4: Invalid value Some for configuration "
                  "connector.client.config.override.policy: must be All, None, Principal or "
                  "Allowlist"));
}

TEST(WorkerConfig, ProvidersThatCannotBeMadeAreErrors) {
  EXPECT_THAT(findings(std::string(kGood) + "config.providers=v\nconfig.providers.w.class=File\n"),
              ElementsAre("w: config.providers.v.class: missing; config.providers names v, so "
                          "config.providers.v.class must say which class it is",
                          "w:5: config.providers.w.class: has no effect: config.providers does not "
                          "name w"));
}

} // namespace
} // namespace host::config
