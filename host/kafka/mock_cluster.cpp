#include "host/kafka/mock_cluster.h"

#include <vector>

#include "host/kafka/native_client.h"

// Needs rdkafka.h before it.
#include <librdkafka/rdkafka_mock.h>

namespace host::kafka {

struct MockCluster::Core {
  NativeOpaque opaque;
  rd_kafka_t *client = nullptr; // the mock needs a client to live in
  rd_kafka_mock_cluster_t *cluster = nullptr;
  int brokers = 0;
};

MockCluster::MockCluster(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Result<std::unique_ptr<MockCluster>> MockCluster::create(int brokers) {
  auto core = std::make_unique<Core>();
  core->brokers = brokers;
  ClientConfig config;
  config.set("client.id", "mock-cluster");
  // Silences the hint that this client has no brokers: it is only a home.
  config.set("log_level", "4");
  HOST_ASSIGN(core->client, make_client(RD_KAFKA_PRODUCER, config, &core->opaque));
  core->cluster = rd_kafka_mock_cluster_new(core->client, brokers);
  if (core->cluster == nullptr) {
    rd_kafka_destroy(core->client);
    return fail(Code::Io, "The in-memory broker cannot be started: no port on 127.0.0.1?");
  }
#if RD_KAFKA_VERSION >= 0x02020000
  rd_kafka_mock_group_initial_rebalance_delay_ms(core->cluster, 0);
#endif
  return std::unique_ptr<MockCluster>(new MockCluster(std::move(core)));
}

MockCluster::~MockCluster() {
  rd_kafka_mock_cluster_destroy(core_->cluster);
  rd_kafka_destroy(core_->client);
}

std::string MockCluster::bootstrap() const {
  return rd_kafka_mock_cluster_bootstraps(core_->cluster);
}

Status MockCluster::create_topic(const std::string &name, std::int32_t partitions) {
  const auto code = rd_kafka_mock_topic_create(core_->cluster, name.c_str(), partitions, 1);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return fail(error_of(code_of(code), "creating topic '" + name + "' in the in-memory broker"));
  return {};
}

Status MockCluster::set_down(bool down) {
  for (int broker = 1; broker <= core_->brokers; ++broker) {
    const auto code = down ? rd_kafka_mock_broker_set_down(core_->cluster, broker)
                           : rd_kafka_mock_broker_set_up(core_->cluster, broker);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
      return fail(error_of(code_of(code), "changing an in-memory broker"));
  }
  return {};
}

Status MockCluster::elect_again(const std::string &topic, std::int32_t partition) {
  constexpr std::int32_t kBroker = 1;
  const auto code =
      rd_kafka_mock_partition_set_leader(core_->cluster, topic.c_str(), partition, kBroker);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return fail(error_of(code_of(code), "electing a leader in the in-memory broker"));
  return {};
}

Status MockCluster::set_round_trip(Duration time) {
  for (int broker = 1; broker <= core_->brokers; ++broker)
    if (const auto code = rd_kafka_mock_broker_set_rtt(core_->cluster, broker, to_timeout(time));
        code != RD_KAFKA_RESP_ERR_NO_ERROR)
      return fail(error_of(code_of(code), "changing an in-memory broker"));
  return {};
}

void MockCluster::push_errors(std::int16_t api_key, std::int32_t error, int count) {
  const std::vector<rd_kafka_resp_err_t> errors(static_cast<std::size_t>(count),
                                                static_cast<rd_kafka_resp_err_t>(error));
  rd_kafka_mock_push_request_errors_array(core_->cluster, api_key, errors.size(), errors.data());
}

} // namespace host::kafka
