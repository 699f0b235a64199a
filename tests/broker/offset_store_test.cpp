#include <map>

#include "host/kafka/consumer.h"
#include "host/storage/open_offset_store.h"
#include "tests/broker/fixture.h"
#include "tests/unit/storage/answer.h"

namespace host::storage {
namespace {

using test::key_of;
using test::value_of;

class OffsetStoreBrokerTest : public host::test::BrokerTest {
protected:
  std::unique_ptr<OffsetStore> open() const {
    auto store = open_offset_store(worker_);
    EXPECT_TRUE(store) << store.error().message();
    return *std::move(store);
  }
};

TEST_F(OffsetStoreBrokerTest, MakesItsTopicAsConnectDoes) {
  const std::string topic = unique("offsets");
  worker_.set("offset.storage.topic", topic);
  worker_.set("offset.storage.segment.bytes", "1048576");
  worker_.set("offset.storage.cleanup.policy", "delete"); // ignored
  const auto store = open();
  const Status started = test::start(*store);
  ASSERT_TRUE(started) << started.error().message();
  EXPECT_EQ(admin_->describe_topic(topic, {}).value().value().partitions, 25);
  const StringMap settings = admin_->topic_config(topic, {}).value();
  EXPECT_EQ(settings.get("cleanup.policy"), "compact");
  EXPECT_EQ(settings.get("segment.bytes"), "1048576");
}

TEST_F(OffsetStoreBrokerTest, KeepsWhatWasWrittenWhereJavaWouldPutIt) {
  const std::string topic = unique("offsets");
  worker_.set("offset.storage.topic", topic);
  const std::string key = R"(["connector-0",{"filename":"/var/log/app-0.log"}])";
  {
    const auto store = open();
    ASSERT_TRUE(test::start(*store));
    std::vector<OffsetRecord> records{{key, value_of(1)}};
    for (int i = 0; i < 2000; ++i)
      records.push_back({key_of("a", i), value_of(i)});
    ASSERT_TRUE(test::write(*store, std::move(records)));
    ASSERT_TRUE(test::write(*store, {{key_of("a", 7), std::nullopt}, {key, value_of(2)}}));
    EXPECT_EQ(test::read(*store, {key, key_of("a", 7)}).value(),
              (test::Values{value_of(2), std::nullopt}));
  }
  const auto store = open();
  ASSERT_TRUE(test::start(*store));
  EXPECT_EQ(test::list(*store, "a").value().size(), 1999u);
  EXPECT_EQ(test::read(*store, {key}).value(), test::Values{value_of(2)});
  // Row 1 of tests/runtime/kafka/java_partitions.tsv: partition 12 of 25.
  auto ends = admin_->end_offsets(topic, 25, {}).value();
  std::map<std::int32_t, std::int64_t> count;
  for (const auto &end : ends)
    count[end.partition.partition] = end.offset.value;
  EXPECT_GE(count[12], 2);
}

TEST_F(OffsetStoreBrokerTest, ATopicThatIsNotCompactedIsRefused) {
  const std::string topic = unique("offsets");
  make_topic(topic, 1);
  worker_.set("offset.storage.topic", topic);
  const auto store = open();
  const Status started = test::start(*store);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code(), Code::Config);
  EXPECT_TRUE(started.error().message().find("'cleanup.policy=delete'") != std::string::npos);
  EXPECT_FALSE(test::read(*store, {"k"})) << "and answers every request with that";
}

TEST_F(OffsetStoreBrokerTest, WaitsForEnoughBrokersAndSaysSo) {
  worker_.set("offset.storage.topic", unique("offsets"));
  worker_.set("offset.storage.replication.factor", "3");
  const auto store = open();
  EXPECT_EQ(test::start(*store, Duration(1'000)).error().code(), Code::Timeout);
  EXPECT_EQ(store->waiting_for(), "topic '" + worker_.get("offset.storage.topic") + "' to be made");
  store->stop();
}

} // namespace
} // namespace host::storage
