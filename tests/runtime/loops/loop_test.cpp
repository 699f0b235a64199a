#include "tests/runtime/loops/loop_test.h"

#include <algorithm>

#include <librdkafka/rdkafka.h>

#include "host/kafka/client_config.h"

namespace host::runtime::test {
namespace {

std::optional<std::string> text(const void *data, std::size_t size) {
  if (data == nullptr)
    return std::nullopt;
  return std::string(static_cast<const char *>(data), size);
}

Stored stored(const rd_kafka_message_t &message) {
  Stored record;
  record.partition = message.partition;
  record.offset = message.offset;
  rd_kafka_timestamp_type_t type;
  record.timestamp_ms = rd_kafka_message_timestamp(&message, &type);
  record.key = text(message.key, message.key_len);
  record.value = text(message.payload, message.len);
  rd_kafka_headers_t *headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char *name = nullptr;
    const void *value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0;
         rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i)
      record.headers.emplace_back(name, text(value, size).value_or("(null)"));
  }
  return record;
}

// A client of the tests' own, so that what is tested does not test itself.
rd_kafka_t *client(rd_kafka_type_t type, const std::string &bootstrap,
                   const std::string &group = "test-reader") {
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  char error[256];
  rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap.c_str(), error, sizeof error);
  if (type == RD_KAFKA_CONSUMER) {
    rd_kafka_conf_set(conf, "group.id", group.c_str(), error, sizeof error);
    rd_kafka_conf_set(conf, "auto.offset.reset", "earliest", error, sizeof error);
    rd_kafka_conf_set(conf, "fetch.wait.max.ms", "20", error, sizeof error);
  }
  rd_kafka_t *made = rd_kafka_new(type, conf, error, sizeof error);
  EXPECT_NE(made, nullptr) << error;
  return made;
}

constexpr std::int32_t kPartitions = 4;

} // namespace

LoopTest::LoopTest() {
  auto cluster = kafka::MockCluster::create(1);
  EXPECT_TRUE(cluster) << cluster.error().message();
  cluster_ = *std::move(cluster);
  constexpr auto kString = "org.apache.kafka.connect.storage.StringConverter";
  worker_ = {{"bootstrap.servers", cluster_->bootstrap()},
             {std::string(kafka::kDevModeKey), "true"},
             {"key.converter", kString},
             {"value.converter", kString},
             {"offset.flush.interval.ms", "50"},
             {"consumer.heartbeat.interval.ms", "100"},
             {"consumer.session.timeout.ms", "1500"}};
  connector_ = {{"name", "c"}};
  task_ = {{"name", "c"}};
}

LoopTest::~LoopTest() = default;

// Guarantee 2, for whatever a test has done with its tasks: they have all ended here.
void LoopTest::TearDown() {
  const std::uint64_t in = count(&metrics::TaskSlot::records_in);
  std::uint64_t sum = 0;
  for (const auto member :
       {&metrics::TaskSlot::records_out, &metrics::TaskSlot::records_filtered,
        &metrics::TaskSlot::records_dead_lettered, &metrics::TaskSlot::records_skipped,
        &metrics::TaskSlot::records_returned}) {
    EXPECT_LE(count(member), in); // one that was counted twice makes another go below zero
    sum += count(member);
  }
  EXPECT_EQ(sum, in);
}

std::unique_ptr<Task> LoopTest::make(std::shared_ptr<const plugin::Connector> connector,
                                     std::int32_t number) {
  TaskSpec spec;
  spec.id = {"c", number};
  spec.incarnation = Incarnation(++incarnation_);
  spec.connector_config = connector_;
  spec.task_config = task_;
  spec.worker_config = worker_;
  spec.target = target_;
  return make_task(std::move(spec), std::move(connector), host_, pool_, *slot_, clock_);
}

std::unique_ptr<Task> LoopTest::run(std::shared_ptr<const plugin::Connector> connector,
                                    std::int32_t number) {
  auto task = make(std::move(connector), number);
  task->start();
  return task;
}

void LoopTest::stop(Task &task) {
  task.request_stop();
  EXPECT_TRUE(task.wait_stopped(std::chrono::steady_clock::now() + kPatience));
}

std::vector<Stored> LoopTest::read(const std::string &topic, std::size_t count) {
  rd_kafka_t *consumer = client(RD_KAFKA_CONSUMER, cluster_->bootstrap());
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(kPartitions);
  for (std::int32_t i = 0; i < kPartitions; ++i)
    rd_kafka_topic_partition_list_add(list, topic.c_str(), i)->offset = RD_KAFKA_OFFSET_BEGINNING;
  rd_kafka_assign(consumer, list);
  rd_kafka_topic_partition_list_destroy(list);
  std::vector<Stored> records;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (records.size() < count && std::chrono::steady_clock::now() < deadline) {
    rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer, 100);
    if (message != nullptr && message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
      records.push_back(stored(*message));
    if (message != nullptr)
      rd_kafka_message_destroy(message);
  }
  rd_kafka_consumer_close(consumer);
  rd_kafka_destroy(consumer);
  EXPECT_GE(records.size(), count) << "records in topic " << topic;
  return records;
}

std::vector<std::string> LoopTest::values_of(const std::vector<Stored> &records) {
  std::vector<std::string> values;
  for (const Stored &record : records)
    values.push_back(record.value.value_or("(null)"));
  return values;
}

void LoopTest::write(const std::string &topic, const std::vector<std::string> &values,
                     std::int32_t partition) {
  std::vector<Stored> records;
  for (const std::string &value : values) {
    Stored &record = records.emplace_back();
    record.partition = partition;
    record.value = value;
  }
  write_records(topic, records);
}

void LoopTest::write_records(const std::string &topic, const std::vector<Stored> &records) {
  rd_kafka_t *producer = client(RD_KAFKA_PRODUCER, cluster_->bootstrap());
  const auto data = [](const std::optional<std::string> &text) -> void * {
    return text ? const_cast<char *>(text->data()) : nullptr;
  };
  for (const Stored &record : records) {
    rd_kafka_headers_t *headers = rd_kafka_headers_new(record.headers.size());
    for (const auto &[name, value] : record.headers)
      rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                          static_cast<ssize_t>(value.size()));
    const std::size_t key_size = record.key ? record.key->size() : 0;
    const std::size_t value_size = record.value ? record.value->size() : 0;
    EXPECT_EQ(rd_kafka_producev(
                  producer, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(record.partition),
                  RD_KAFKA_V_TIMESTAMP(std::max<std::int64_t>(record.timestamp_ms, 0)),
                  RD_KAFKA_V_KEY(data(record.key), key_size),
                  RD_KAFKA_V_VALUE(data(record.value), value_size), RD_KAFKA_V_HEADERS(headers),
                  RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END),
              RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  EXPECT_EQ(rd_kafka_flush(producer, 20'000), RD_KAFKA_RESP_ERR_NO_ERROR);
  rd_kafka_destroy(producer);
}

std::vector<std::int64_t> LoopTest::group_offsets(const std::string &group,
                                                  const std::string &topic,
                                                  std::int32_t partitions) {
  rd_kafka_t *consumer = client(RD_KAFKA_CONSUMER, cluster_->bootstrap(), group);
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
  for (std::int32_t i = 0; i < partitions; ++i)
    rd_kafka_topic_partition_list_add(list, topic.c_str(), i);
  EXPECT_EQ(rd_kafka_committed(consumer, list, 10'000), RD_KAFKA_RESP_ERR_NO_ERROR);
  std::vector<std::int64_t> offsets;
  for (std::int32_t i = 0; i < partitions; ++i)
    offsets.push_back(std::max<std::int64_t>(list->elems[i].offset, -1));
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_destroy(consumer);
  return offsets;
}

} // namespace host::runtime::test
