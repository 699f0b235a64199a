#include "host/herder/offset_changes.h"

#include "tests/unit/herder/herder_fixture.h"

// Changes of stored offsets (contract 2.8); the words of the refusals are compared with Kafka
// Connect itself by the REST sessions.
namespace tests {
namespace {

using namespace host;
using Changes = std::vector<OffsetChange>;

class OffsetsTest : public HerderTest {
protected:
  Answer<std::string> alter(std::optional<Changes> changes) {
    auto answer = start<std::string>(
        [&](auto done) { herder->alter_offsets("c", std::move(changes), std::move(done)); });
    for (int step = 0; step < 16; ++step)
      run();
    return answer;
  }
  static host::herder::SubmittedConfig sink() {
    return {{"connector.class", "FileStreamSink"}, {"topics", "t"}, {"file", "f"}};
  }
  static OffsetChange of_partition(int partition, std::optional<int> offset) {
    OffsetChange change;
    change.partition = R"({"kafka_topic":"t","kafka_partition":)" + std::to_string(partition) + "}";
    if (offset)
      change.offset = R"({"kafka_offset":)" + std::to_string(*offset) + "}";
    return change;
  }
};

const std::string kAltered = "The offsets for this connector have been altered successfully";
const std::string kReset = "The offsets for this connector have been reset successfully";

TEST_F(OffsetsTest, OnlyAStoppedConnectorsOffsetsChange) {
  EXPECT_EQ((*alter(Changes{{"{}", "{}"}}))->error().code(), Code::NotFound);
  create("c", source());
  for (const TargetState state : {TargetState::Started, TargetState::Paused}) {
    target("c", state);
    EXPECT_EQ((*alter(std::nullopt))->error().code(), Code::BadRequest);
  }
  target("c", TargetState::Stopped);
  EXPECT_EQ((*alter(std::nullopt))->value(), kReset);
}

TEST_F(OffsetsTest, ASourcesAreWrittenAfterTheConnectorAgreed) {
  create("c", source(), TargetState::Stopped);
  const Changes wanted{{R"({"b":1,"a":"x"})", R"({"position": 5})"}, {R"({"old":true})", {}}};
  EXPECT_EQ((*alter(wanted))->value(), kAltered);
  EXPECT_EQ(supervisor->offset_changes, wanted);
  EXPECT_EQ(offsets.written,
            (std::vector<OffsetRecord>{{R"(["c",{"a":"x","b":1}])", R"({"position":5})"},
                                       {R"(["c",{"old":true}])", std::nullopt}}));
}

TEST_F(OffsetsTest, ARefusalByTheConnectorChangesNothing) {
  create("c", source(), TargetState::Stopped);
  supervisor->altered = Error(Code::Fatal, "no such file");
  EXPECT_EQ((*alter(Changes{{"{}", "{}"}}))->error().message(), "no such file");
  supervisor->altered = Error(Code::Unsupported, "");
  EXPECT_EQ((*alter(Changes{{"{}", "{}"}}))->error().message(),
            "Failed to modify offsets for connector c because it doesn't support external "
            "modification of offsets");
  EXPECT_TRUE(offsets.written.empty());
}

TEST_F(OffsetsTest, AConnectorWithoutASayLeavesTheRestToTheUser) {
  create("c", source(), TargetState::Stopped);
  supervisor->altered = false;
  EXPECT_EQ((*alter(Changes{{"{}", "{}"}}))->value(),
            "The Connect framework-managed offsets for this connector have been altered "
            "successfully. However, if this connector manages offsets externally, they will need "
            "to be manually altered in the system that the connector uses.");
}

TEST_F(OffsetsTest, AFailedWriteIsSaid) {
  create("c", source(), TargetState::Stopped);
  offsets.outcome = fail(Code::Retry, "no broker");
  EXPECT_EQ((*alter(Changes{{"{}", "{}"}}))->error().message(),
            "Failed to modify offsets for source connector c");
}

TEST_F(OffsetsTest, AResetOfASourceRemovesEveryKeyAsItIsStored) {
  create("c", source(), TargetState::Stopped);
  offsets.records = {{R"(["c",{"b":1,"a":2}])", "{}"}, {R"(["other",{}])", "{}"}, {"x", "{}"}};
  EXPECT_EQ((*alter(std::nullopt))->value(), kReset);
  EXPECT_EQ(offsets.written, (std::vector<OffsetRecord>{{R"(["c",{"b":1,"a":2}])", std::nullopt}}));
  EXPECT_EQ(supervisor->offset_changes, (Changes{{R"({"b":1,"a":2})", std::nullopt}}));
}

TEST_F(OffsetsTest, ASinksAreThoseOfItsGroup) {
  create("c", sink(), TargetState::Stopped);
  EXPECT_EQ((*alter(Changes{of_partition(0, 5), of_partition(1, std::nullopt), of_partition(2, 1),
                            of_partition(2, 9)}))
                ->value(),
            kAltered);
  EXPECT_EQ(groups.changes,
            (Calls{"alter connect-c t-0=5", "alter connect-c t-2=9", "forget connect-c t-1"}));
  EXPECT_EQ(supervisor->offset_changes,
            (Changes{of_partition(0, 5), of_partition(2, 9), of_partition(1, std::nullopt)}));
}

TEST_F(OffsetsTest, AResetOfASinkRemovesItsGroup) {
  create("c", sink(), TargetState::Stopped);
  groups.offsets["connect-c"] = {{{{"t", 1}, Offset(7)}}};
  EXPECT_EQ((*alter(std::nullopt))->value(), kReset);
  EXPECT_EQ(groups.changes, (Calls{"remove connect-c"}));
  EXPECT_EQ(supervisor->offset_changes, (Changes{of_partition(1, std::nullopt)}));
}

TEST_F(OffsetsTest, AGroupThatStillHasMembersIsWaitedFor) {
  create("c", sink(), TargetState::Stopped);
  groups.outcome = fail(Code::Conflict, "has members");
  const auto patient = alter(Changes{of_partition(0, 5)});
  EXPECT_FALSE(*patient);
  groups.outcome = {};
  clock.advance(std::chrono::seconds(1));
  for (int step = 0; step < 16; ++step)
    run();
  EXPECT_EQ((*patient)->value(), kAltered);

  groups.outcome = fail(Code::Conflict, "has members");
  const auto in_vain = alter(std::nullopt);
  for (int second = 0; second < 60; ++second) {
    clock.advance(std::chrono::seconds(1));
    for (int step = 0; step < 4; ++step)
      run();
  }
  ASSERT_TRUE(*in_vain);
  EXPECT_TRUE((*in_vain)->error().message().starts_with(
      "Failed to reset consumer group offsets for connector c either because its tasks haven't "
      "stopped completely yet or the connector was resumed before the request to reset its "
      "offsets could be successfully completed."));
}

TEST_F(OffsetsTest, OtherFailuresOfTheGroupSayWhy) {
  create("c", sink(), TargetState::Stopped);
  groups.outcome = fail(Code::Fatal, "unknown topic");
  EXPECT_EQ((*alter(Changes{of_partition(0, 5)}))->error().message(),
            "Failed to alter consumer group offsets for connector c: unknown topic");
}

} // namespace
} // namespace tests
