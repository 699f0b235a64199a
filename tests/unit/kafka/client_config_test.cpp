#include "host/kafka/client_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace host::kafka {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const StringMap kWorker{{"bootstrap.servers", "a:1,b:2"}, {"key.converter", "K"}};
const StringMap kConnector{{"name", "orders"}, {"connector.class", "X"}};

StringMap with(StringMap map, std::initializer_list<StringMap::Entry> more) {
  for (const auto &[key, value] : more)
    map.set(key, value);
  return map;
}

Result<ClientConfig> make(ClientKind kind, const StringMap &worker, const StringMap &connector,
                          std::optional<TaskId> task = TaskId{"orders", 3}) {
  return client_config(
      {.kind = kind, .worker = worker, .connector = &connector, .task = std::move(task)});
}

std::string get(const Result<ClientConfig> &config, std::string_view key) {
  if (!config)
    return "error: " + config.error().message();
  const std::string *value = config->find(key);
  return value != nullptr ? *value : "(unset)";
}

TEST(ClientConfig, SourceProducerHasConnectsDefaults) {
  const auto config = make(ClientKind::SourceProducer, kWorker, kConnector);
  EXPECT_EQ(get(config, "bootstrap.servers"), "a:1,b:2");
  EXPECT_EQ(get(config, "client.id"), "connector-producer-orders-3");
  EXPECT_EQ(get(config, "acks"), "all");
  EXPECT_EQ(get(config, "enable.idempotence"), "true");
  EXPECT_EQ(get(config, "partitioner"), "murmur2_random");
  EXPECT_EQ(get(config, "delivery.timeout.ms"), "2147483647");
  EXPECT_EQ(get(config, "message.max.bytes"), "1048576");
  EXPECT_EQ(get(config, "queue.buffering.max.kbytes"), "32768");
  EXPECT_EQ(get(config, "enable.metrics.push"), "false");
  ASSERT_TRUE(config);
  EXPECT_THAT(config->unused, IsEmpty());
}

TEST(ClientConfig, LaterLayersWin) {
  const StringMap worker = with(kWorker, {{"producer.linger.ms", " 7 "},
                                          {"producer.compression.type", "lz4"},
                                          {"linger.ms", "1"},
                                          {"security.protocol", "SSL"}});
  const auto config = make(ClientKind::SourceProducer, worker,
                           with(kConnector, {{"producer.override.compression.type", "zstd"},
                                             {"producer.override.client.id", "mine"}}));
  EXPECT_EQ(get(config, "linger.ms"), "7");
  EXPECT_EQ(get(config, "compression.type"), "zstd");
  EXPECT_EQ(get(config, "client.id"), "mine");
  // The trap of contract 5.5: task clients do not inherit the worker's own security settings.
  EXPECT_EQ(get(config, "security.protocol"), "(unset)");
}

TEST(ClientConfig, SharedProducerIsNamedAfterTheConnector) {
  EXPECT_EQ(get(make(ClientKind::SourceProducer, kWorker, kConnector, std::nullopt), "client.id"),
            "connector-producer-orders");
  EXPECT_EQ(get(make(ClientKind::DeadLetterProducer, kWorker, kConnector), "client.id"),
            "connector-dlq-producer-orders-3");
}

TEST(ClientConfig, SinkConsumerIsAStaticMemberThatCommitsOnDemand) {
  const auto config = make(ClientKind::SinkConsumer, kWorker, kConnector);
  EXPECT_EQ(get(config, "group.id"), "connect-orders");
  EXPECT_EQ(get(config, "group.instance.id"), "connect-orders-3");
  EXPECT_EQ(get(config, "client.id"), "connector-consumer-orders-3");
  EXPECT_EQ(get(config, "auto.offset.reset"), "earliest");
  EXPECT_EQ(get(config, "enable.auto.commit"), "false");
  EXPECT_EQ(get(config, "enable.auto.offset.store"), "false");
  EXPECT_EQ(get(config, "isolation.level"), "read_uncommitted");
  EXPECT_EQ(get(config, "check.crcs"), "true");
  EXPECT_EQ(get(config, "allow.auto.create.topics"), "true");
  EXPECT_EQ(get(config, "queued.max.messages.kbytes"), "8192");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->max_poll_records, 500);
}

TEST(ClientConfig, SinkOverridesReachGroupAndBatch) {
  const auto config =
      make(ClientKind::SinkConsumer, with(kWorker, {{"consumer.group.id", "w"}}),
           with(kConnector, {{"consumer.override.group.id", "g"},
                             {"consumer.override.max.poll.records", "9"},
                             {"consumer.override.fetch.max.wait.ms", "999999"},
                             {"consumer.override.auto.offset.reset", "none"},
                             {"consumer.override.enable.auto.commit", "true"},
                             {"consumer.override.max.partition.fetch.bytes", "20000000"}}));
  EXPECT_EQ(get(config, "group.id"), "g");
  EXPECT_EQ(get(config, "fetch.wait.max.ms"), "300000") << "kept within librdkafka's range";
  EXPECT_EQ(get(config, "auto.offset.reset"), "error");
  EXPECT_EQ(get(config, "enable.auto.commit"), "false");
  EXPECT_EQ(get(config, "fetch.max.bytes"), "20000000");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->max_poll_records, 9);
}

TEST(ClientConfig, InstanceIdsAreLegalWhateverTheName) {
  EXPECT_EQ(group_instance_id({}, {}, {"a b/ü", 2}), "connect-a_20b_2f_c3_bc-2");
  const std::string id = group_instance_id({}, {}, {std::string(400, 'x'), 12});
  EXPECT_EQ(id.size(), 249u);
  EXPECT_TRUE(id.ends_with("x-12"));
  EXPECT_EQ(group_instance_id({}, {{"consumer.override.group.instance.id", "me"}}, {"c", 0}), "me");
}

TEST(ClientConfig, AdminInheritsTheWorkersKeys) {
  const StringMap worker = with(kWorker, {{"security.protocol", "PLAINTEXT"},
                                          {"retries", "4"},
                                          {"admin.request.timeout.ms", "5000"},
                                          {"plugin.path", "/p"}});
  const auto config = make(ClientKind::ConnectorAdmin, worker,
                           with(kConnector, {{"admin.override.retry.backoff.ms", "9"}}));
  EXPECT_EQ(get(config, "security.protocol"), "PLAINTEXT");
  EXPECT_EQ(get(config, "socket.timeout.ms"), "5000");
  EXPECT_EQ(get(config, "retry.backoff.ms"), "9");
  EXPECT_EQ(get(config, "client.id"), "connector-adminclient-orders-3");
  ASSERT_TRUE(config);
  EXPECT_THAT(config->unused, IsEmpty()) << "the worker's other keys are none of a client's";
}

TEST(ClientConfig, StoresTakeTheWorkersKeysButJoinNoGroup) {
  const StringMap worker = with(kWorker, {{"group.id", "cluster"},
                                          {"config.storage.topic", "c"},
                                          {"session.timeout.ms", "10000"},
                                          {"acks", "1"},
                                          {"compression.type", "gzip"},
                                          {"compression.gzip.level", "9"}});
  const auto producer =
      client_config({.kind = ClientKind::StoreProducer, .worker = worker, .store = "offsets"});
  EXPECT_EQ(get(producer, "client.id"), "cluster-offsets");
  EXPECT_EQ(get(producer, "acks"), "all");
  EXPECT_EQ(get(producer, "compression.level"), "9");
  const auto consumer =
      client_config({.kind = ClientKind::StoreConsumer, .worker = kWorker, .store = "offsets"});
  EXPECT_EQ(get(consumer, "client.id"), "connect-offsets");
  EXPECT_EQ(get(consumer, "group.id"), "(unset)");
  EXPECT_EQ(get(consumer, "allow.auto.create.topics"), "false");
}

TEST(ClientConfig, KeysWithoutEquivalentAreNamed) {
  const auto config = make(ClientKind::SourceProducer, kWorker,
                           with(kConnector, {{"producer.override.interceptor.classes", "x.Y"},
                                             {"producer.override.lingr.ms", "1"},
                                             {"producer.override.key.serializer", "S"},
                                             {"producer.override.metric.reporters", "R"},
                                             {"producer.override.auto.offset.reset", "earliest"}}));
  ASSERT_TRUE(config);
  EXPECT_THAT(config->unused, ElementsAre("lingr.ms", "auto.offset.reset", "interceptor.classes"));
}

TEST(ClientConfig, WrongValuesHaveJavasWords) {
  const auto config = make(ClientKind::SourceProducer, kWorker,
                           with(kConnector, {{"producer.override.linger.ms", "x"}}));
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code(), Code::Config);
  EXPECT_EQ(config.error().message(),
            "Invalid value x for configuration linger.ms: Not a number of type LONG");
}

struct IdempotenceCase {
  std::vector<StringMap::Entry> keys;
  std::string idempotence;
  std::string in_flight;
};

TEST(ClientConfig, IdempotenceGivesWayUnlessItWasAskedFor) {
  const IdempotenceCase cases[] = {
      {{}, "true", "(unset)"},
      {{{"acks", "-1"}}, "true", "(unset)"},
      {{{"acks", "1"}}, "false", "1"},
      {{{"retries", "0"}}, "false", "1"},
      {{{"max.in.flight.requests.per.connection", "6"}}, "false", "6"},
      {{{"enable.idempotence", "false"}}, "false", "1"},
      {{{"enable.idempotence", "true"}, {"max.in.flight.requests.per.connection", "3"}},
       "true",
       "3"},
      {{{"enable.idempotence", "TRUE"}, {"acks", "0"}},
       "error: Must set acks to all in order to use the idempotent producer. Otherwise we cannot "
       "guarantee idempotence.",
       ""},
      {{{"enable.idempotence", "true"}, {"max.in.flight.requests.per.connection", "6"}},
       "error: To use the idempotent producer, max.in.flight.requests.per.connection must be set "
       "to at most 5. Current value is 6.",
       ""},
  };
  for (const auto &[keys, idempotence, in_flight] : cases) {
    StringMap connector = kConnector;
    for (const auto &[key, value] : keys)
      connector.set("producer.override." + key, value);
    const auto config = make(ClientKind::SourceProducer, kWorker, connector);
    EXPECT_EQ(get(config, "enable.idempotence"), idempotence);
    if (config) {
      EXPECT_EQ(get(config, "max.in.flight.requests.per.connection"), in_flight);
    }
  }
}

TEST(ClientConfig, ARecordOfTheLargestSizeFitsTheQueue) {
  const auto config = make(ClientKind::SourceProducer, kWorker,
                           with(kConnector, {{"producer.override.max.request.size", "104857600"},
                                             {"producer.override.buffer.memory", "1048576"}}));
  EXPECT_EQ(get(config, "message.max.bytes"), "104857600");
  EXPECT_EQ(get(config, "queue.buffering.max.kbytes"), "103424");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->max_request_bytes, 104857600);
}

TEST(ClientConfig, AssignorsByClassName) {
  const std::string prefix = "org.apache.kafka.clients.consumer.";
  const std::pair<std::string, std::string> cases[] = {
      {prefix + "RangeAssignor", "range"},
      {prefix + "CooperativeStickyAssignor", "cooperative-sticky"},
      {prefix + "RoundRobinAssignor, " + prefix + "RangeAssignor", "roundrobin,range"},
      {prefix + "RangeAssignor," + prefix + "CooperativeStickyAssignor", "range"},
      {"", "(unset)"},
      {prefix + "StickyAssignor",
       "error: Invalid value " + prefix +
           "StickyAssignor for configuration partition.assignment.strategy: supported are "
           "RangeAssignor, RoundRobinAssignor and CooperativeStickyAssignor"},
  };
  for (const auto &[java, native] : cases)
    EXPECT_EQ(
        get(make(ClientKind::SinkConsumer, kWorker,
                 with(kConnector, {{"consumer.override.partition.assignment.strategy", java}})),
            "partition.assignment.strategy"),
        native);
}

TEST(ClientConfig, DevModeSuitsTheMockUnlessToldOtherwise) {
  const StringMap worker = with(kWorker, {{"sluice.dev", "true"}});
  const auto config = make(ClientKind::SinkConsumer, worker,
                           with(kConnector, {{"consumer.override.fetch.max.wait.ms", "77"}}));
  EXPECT_EQ(get(config, "session.timeout.ms"), "6000");
  EXPECT_EQ(get(config, "fetch.wait.max.ms"), "77");
}

TEST(Overrides, PolicyAndValuesAreChecked) {
  const StringMap connector{{"producer.override.linger.ms", "x"},
                            {"consumer.override.sasl.mechanism", "PLAIN"},
                            {"admin.override.anything", "1"},
                            {"linger.ms", "y"}};
  const auto all = check_overrides({}, connector);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].key, "producer.override.linger.ms");
  EXPECT_EQ(all[0].message,
            "Invalid value x for configuration linger.ms: Not a number of type LONG");

  const auto none =
      check_overrides({{"connector.client.config.override.policy", "None"}}, connector);
  ASSERT_EQ(none.size(), 4u);
  EXPECT_EQ(none[0].message, "The 'None' policy does not allow 'linger.ms' to be overridden in the "
                             "connector configuration.");
  const auto principal = check_overrides(
      {{"connector.client.config.override.policy", "org.apache.kafka.connect.connector.policy."
                                                   "PrincipalConnectorClientConfigOverridePolicy"}},
      connector);
  EXPECT_EQ(principal.size(), 3u);
  const auto listed =
      check_overrides({{"connector.client.config.override.policy", "Allowlist"},
                       {"connector.client.config.override.allowlist", "linger.ms, anything"}},
                      connector);
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[1].key, "consumer.override.sasl.mechanism");
}

} // namespace
} // namespace host::kafka
