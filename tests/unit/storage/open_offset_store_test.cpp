#include "host/storage/open_offset_store.h"

#include <gtest/gtest.h>

#include "host/storage/file_offset_store.h"
#include "host/storage/kafka_offset_store.h"

namespace host::storage {
namespace {

std::string message_of(const StringMap &worker) {
  const auto store = open_offset_store(worker);
  return store ? "" : store.error().message();
}

TEST(OpenOffsetStore, TakesExactlyOnePlace) {
  const auto file = open_offset_store({{"offset.storage.file.filename", "/tmp/x"}});
  ASSERT_TRUE(file);
  EXPECT_NE(dynamic_cast<FileOffsetStore *>(file->get()), nullptr);
  const auto topic = open_offset_store({{"offset.storage.topic", "o"}});
  ASSERT_TRUE(topic);
  EXPECT_NE(dynamic_cast<KafkaOffsetStore *>(topic->get()), nullptr);
  EXPECT_EQ(message_of({{"offset.storage.file.filename", "/x"}, {"offset.storage.topic", "o"}}),
            "offset.storage.file.filename and offset.storage.topic are both set; set exactly one "
            "of them, to say where source offsets are kept");
  EXPECT_EQ(message_of({}),
            "Missing required configuration \"offset.storage.file.filename\" which has no default "
            "value; offset.storage.topic, which keeps source offsets in Kafka, may be set in its "
            "place");
}

TEST(OpenOffsetStore, WrongCountsHaveConnectsWords) {
  const auto with = [](const char *key, const char *value) {
    return message_of({{"offset.storage.topic", "o"}, {key, value}});
  };
  EXPECT_EQ(with("offset.storage.partitions", "0"),
            "Invalid value 0 for configuration offset.storage.partitions: Number of partitions "
            "must be positive, or -1 to use the broker's default");
  EXPECT_EQ(
      with("offset.storage.partitions", "x"),
      "Invalid value x for configuration offset.storage.partitions: Not a number of type INT");
  EXPECT_EQ(with("offset.storage.replication.factor", "-2"),
            "Invalid value -2 for configuration offset.storage.replication.factor: Replication "
            "factor must be positive and not larger than the number of brokers in the Kafka "
            "cluster, or -1 to use the broker's default");
  EXPECT_EQ(with("offset.storage.replication.factor", "40000"),
            "Invalid value 40000 for configuration offset.storage.replication.factor: Not a number "
            "of type SHORT");
  EXPECT_EQ(with("offset.storage.partitions", "-1"), "");
  EXPECT_EQ(with("retry.backoff.ms", "soon"),
            "Invalid value soon for configuration retry.backoff.ms: Not a number of type LONG");
}

} // namespace
} // namespace host::storage
