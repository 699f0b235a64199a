// Operations on a record that ask to be tried again: errors.retry.* in front of a sink.
#include "host/kafka/client_config.h"
#include "host/kafka/consumer.h"
#include "host/runtime/sink_conversion.h"
#include "tests/runtime/loops/loop_test.h"

namespace host::runtime::test {
namespace {

using metrics::TaskSlot;

// Fails with a Retry error as often as it is told to, then hands bytes on.
class TiredConverter final : public data::Converter {
public:
  explicit TiredConverter(int failures) : failures_(failures) {}
  Result<data::Datum> to_connect(std::string_view, data::Bytes bytes, data::Arena &) override {
    if (failures_ == 0)
      return data::raw_datum(bytes, data::Schema::primitive(data::Type::Bytes, true));
    --failures_;
    return fail(Code::Retry, "the registry does not answer");
  }
  Result<data::Bytes> from_connect(std::string_view, const data::Datum &, std::string &) override {
    return fail(Code::Internal, "not of a sink");
  }

private:
  int failures_;
};

class SinkRetry : public LoopTest {
protected:
  SinkRetry() {
    EXPECT_TRUE(cluster_->create_topic("t", 1));
    connector_.set("topics", "t");
    connector_.set("errors.retry.delay.max.ms", "1");
    write("t", {"a", "b"});
    partitions_.add({"t", 0});
  }

  // Puts the topic's two records through a value converter that fails that often.
  Status fill(int failures) {
    auto policy = ErrorPolicy::from(connector_);
    EXPECT_TRUE(policy);
    auto reports = std::make_shared<ErrorReports>(TaskSpec{}, *std::move(policy), *slot_, clock_);
    auto converters = make_converters(spec(), schemas_);
    EXPECT_TRUE(converters);
    converters->value = std::make_unique<TiredConverter>(failures);
    plugin::Descriptor connector;
    connector.forms = plugin::kFormBytes | plugin::kFormValue;
    auto conversion = SinkConversion::make(
        *std::move(converters), {}, connector,
        {std::move(reports), std::make_shared<OffsetHolds>(), signals_, clock_, *slot_});
    EXPECT_TRUE(conversion);
    batch_ = &batches_->take();
    return conversion->fill(messages(), partitions_, *batch_);
  }
  ~SinkRetry() override {
    if (batch_ != nullptr)
      batch_->done();
  }
  void TearDown() override {} // there is no task here that counts what comes in

  TaskSpec spec() const {
    TaskSpec spec;
    spec.id = {"c", 0};
    spec.worker_config = worker_;
    spec.connector_config = connector_;
    return spec;
  }

  kafka::MessageBatch messages() {
    const TaskSpec spec = this->spec();
    auto config = kafka::client_config({.kind = kafka::ClientKind::SinkConsumer,
                                        .worker = spec.worker_config,
                                        .connector = &spec.connector_config,
                                        .task = spec.id});
    EXPECT_TRUE(config);
    auto consumer = kafka::Consumer::create(*config, {[](auto) {}, [](auto, bool) {}});
    EXPECT_TRUE(consumer);
    consumer_ = *std::move(consumer);
    EXPECT_TRUE(consumer_->subscribe({"t"}));
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < deadline) {
      auto batch = consumer_->poll(10, Duration(1'000));
      EXPECT_TRUE(batch);
      if (batch->size() == 2)
        return *std::move(batch);
      EXPECT_TRUE(batch->empty());
    }
    ADD_FAILURE() << "no records";
    return {};
  }

  std::int64_t next_offset() {
    partitions_.accept_pending();
    return partitions_.find("t", 0)->current;
  }

  data::SchemaPool schemas_;
  Signals signals_{TargetState::Started};
  SinkPartitions partitions_;
  std::unique_ptr<kafka::Consumer> consumer_;
  std::shared_ptr<SinkBatchPool> batches_ = std::make_shared<SinkBatchPool>();
  SinkBatch *batch_ = nullptr;
};

TEST_F(SinkRetry, TriesUntilItWorks) {
  connector_.set("errors.retry.timeout", "-1");
  ASSERT_TRUE(fill(3));
  EXPECT_EQ(batch_->records.size(), 2u);
  EXPECT_EQ(next_offset(), 2);
  EXPECT_EQ(count(&TaskSlot::record_retries), 3u);
  EXPECT_EQ(count(&TaskSlot::record_failures), 3u);
  EXPECT_EQ(count(&TaskSlot::record_errors), 0u);
}

// Unlike in Connect, where the record is dropped whatever the tolerance.
TEST_F(SinkRetry, ExhaustedRetriesObeyTheTolerance) {
  const Status filled = fill(1);
  ASSERT_FALSE(filled);
  EXPECT_EQ(filled.error().message(), "Tolerance exceeded in error handler");
  EXPECT_EQ(count(&TaskSlot::records_returned), 2u);
  EXPECT_EQ(count(&TaskSlot::record_errors), 1u);
}

TEST_F(SinkRetry, ExhaustedRetriesThatAreToleratedLeaveTheRecordOut) {
  connector_.set("errors.tolerance", "all");
  ASSERT_TRUE(fill(1));
  ASSERT_EQ(batch_->records.size(), 1u);
  EXPECT_EQ(batch_->records[0].offset, 1);
  EXPECT_EQ(batch_->origin(0), 1u);
  EXPECT_EQ(next_offset(), 2);
  EXPECT_EQ(count(&TaskSlot::records_skipped), 1u);
}

TEST_F(SinkRetry, AStopLeavesTheRecordForLater) {
  connector_.set("errors.retry.timeout", "-1");
  connector_.set("errors.tolerance", "all");
  signals_.request_stop();
  ASSERT_TRUE(fill(1000));
  EXPECT_TRUE(batch_->records.empty());
  EXPECT_EQ(next_offset(), -1);
  EXPECT_EQ(count(&TaskSlot::records_returned), 2u);
  EXPECT_EQ(count(&TaskSlot::record_errors), 0u);
}

} // namespace
} // namespace host::runtime::test
