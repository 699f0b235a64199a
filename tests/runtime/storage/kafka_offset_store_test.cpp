#include "host/storage/kafka_offset_store.h"

#include "host/storage/open_offset_store.h"
#include "tests/runtime/kafka/fixture.h"
#include "tests/unit/storage/answer.h"

namespace host::storage {
namespace {

using test::key_of;
using test::value_of;

class KafkaOffsetStoreTest : public kafka::test::MockTest {
protected:
  void SetUp() override {
    MockTest::SetUp();
    worker_.set("offset.storage.topic", "offsets");
  }
  std::unique_ptr<OffsetStore> open() const {
    auto store = open_offset_store(worker_);
    EXPECT_TRUE(store) << store.error().message();
    return *std::move(store);
  }
};

TEST_F(KafkaOffsetStoreTest, KeepsWhatWasWritten) {
  topic("offsets", 25);
  {
    const auto store = open();
    ASSERT_TRUE(test::start(*store));
    ASSERT_TRUE(
        test::write(*store, {{key_of("a", 1), value_of(1)}, {key_of("b", 1), value_of(2)}}));
    ASSERT_TRUE(test::write(*store, {{key_of("a", 1), value_of(3)}, {key_of("b", 1), {}}}));
    EXPECT_EQ(test::read(*store, {key_of("a", 1), key_of("b", 1), "?"}).value(),
              (test::Values{value_of(3), std::nullopt, std::nullopt}));
    store->stop();
    EXPECT_EQ(test::read(*store, {"k"}).error().code(), Code::Cancelled);
  }
  const auto store = open();
  ASSERT_TRUE(test::start(*store));
  EXPECT_EQ(test::list(*store, "a").value(),
            (std::vector<OffsetRecord>{{key_of("a", 1), value_of(3)}}));
  EXPECT_TRUE(test::list(*store, "b").value().empty());
}

TEST_F(KafkaOffsetStoreTest, SeesWhatAnotherWorkerWrites) {
  topic("offsets", 3);
  const auto one = open();
  const auto other = open();
  ASSERT_TRUE(test::start(*one));
  ASSERT_TRUE(test::start(*other));
  ASSERT_TRUE(test::write(*one, {{key_of("a", 1), value_of(1)}}));
  EXPECT_EQ(test::read(*other, {key_of("a", 1)}).value(), test::Values{value_of(1)});
}

TEST_F(KafkaOffsetStoreTest, RecordsOfNoConnectorAreSkipped) {
  topic("offsets", 1);
  fill("offsets", 0, 2, "rubbish"); // without keys
  const auto store = open();
  ASSERT_TRUE(test::start(*store));
  ASSERT_TRUE(test::write(*store, {{"{", "1"}, {key_of("a", 1), "not json"}}));
  EXPECT_EQ(test::list(*store, "a").value(),
            (std::vector<OffsetRecord>{{key_of("a", 1), "not json"}}));
}

TEST_F(KafkaOffsetStoreTest, RequestsWaitForTheBroker) {
  topic("offsets", 1);
  ASSERT_TRUE(cluster_->set_down(true));
  const auto store = open();
  EXPECT_EQ(test::start(*store, Duration(200)).error().code(), Code::Timeout);
  EXPECT_EQ(store->waiting_for(), "Kafka at " + cluster_->bootstrap());
  test::Answer<test::Values> values;
  store->read({key_of("a", 1)}, [&](auto result) { values.tell(std::move(result)); });
  EXPECT_FALSE(values.told());
  ASSERT_TRUE(cluster_->set_down(false));
  EXPECT_EQ(values.wait().value(), test::Values{std::nullopt});
  EXPECT_EQ(store->waiting_for(), "");
}

} // namespace
} // namespace host::storage
