#include "tests/unit/herder/herder_fixture.h"

namespace tests {
namespace {

using namespace host;

// What becomes of the static members of sink tasks.
class SinkMembersTest : public HerderTest {
protected:
  SinkMembersTest() {
    herder->stop();
    herder::WorkerOptions options;
    options.validation.worker = {{"bootstrap.servers", "kafka:9092"}};
    options.members = {
        [this](const wire::StaticMember &member) { note("leaves", member); },
        [this](const wire::StaticMember &member) { note("starts", member); },
    };
    make(std::move(options));
    open();
  }

  void note(const std::string &what, const wire::StaticMember &member) {
    notes.push_back(what + (member.security.tls ? " TLS " : " ") + member.bootstrap + " " +
                    member.group + " " + member.instance_id);
  }
  Calls take_notes() { return std::exchange(notes, {}); }

  static herder::SubmittedConfig sink() {
    return {{"connector.class", "FileStreamSink"}, {"topics", "t"}, {"tasks.max", "2"}};
  }
  void create_two() {
    supervisor->task_counts["c"] = 2;
    create("c", sink());
    ASSERT_EQ(states("c"), "RUNNING [RUNNING, RUNNING]");
    notes.clear();
  }

  Calls notes;
  const std::string first = "kafka:9092 connect-c connect-c-0";
  const std::string second = "kafka:9092 connect-c connect-c-1";
};

TEST_F(SinkMembersTest, StartingWithdrawsWhatIsStillToLeave) {
  supervisor->task_counts["c"] = 2;
  create("c", sink());
  EXPECT_EQ(take_notes(), (Calls{"starts " + first, "starts " + second}));
}

TEST_F(SinkMembersTest, AllLeaveAConnectorThatIsStopped) {
  create_two();
  target("c", TargetState::Stopped);
  EXPECT_EQ(take_notes(), (Calls{"leaves " + first, "leaves " + second}));
  remove("c");
  EXPECT_EQ(take_notes(), Calls{}) << "they have left already";
}

TEST_F(SinkMembersTest, AllLeaveAConnectorThatIsDeletedOnceTheirTasksHaveEnded) {
  create_two();
  supervisor->hold = [](const std::string &call) { return call.starts_with("stop_tasks"); };
  remove("c");
  EXPECT_EQ(take_notes(), Calls{});
  supervisor->hold = [](const std::string &) { return false; };
  supervisor->release();
  run();
  EXPECT_EQ(take_notes(), (Calls{"leaves " + first, "leaves " + second}));
}

TEST_F(SinkMembersTest, FewerTasksLeaveWhoIsTooMany) {
  create_two();
  supervisor->task_counts["c"] = 1;
  auto config = sink();
  config.set("tasks.max", "1");
  put("c", config);
  EXPECT_EQ(take_notes(), (Calls{"leaves " + second, "starts " + first}));
}

TEST_F(SinkMembersTest, AnotherGroupIsLeftByAll) {
  create_two();
  auto config = sink();
  config.set("consumer.override.group.id", "mine");
  put("c", config);
  EXPECT_EQ(take_notes(), (Calls{"leaves " + first, "starts kafka:9092 mine connect-c-0",
                                 "leaves " + second, "starts kafka:9092 mine connect-c-1"}));
}

TEST_F(SinkMembersTest, AClassThatIsNoSinkAnyMoreLeaves) {
  create_two();
  supervisor->task_counts["c"] = 1;
  put("c", source());
  EXPECT_EQ(take_notes(), (Calls{"leaves " + second, "leaves " + first}));
}

TEST_F(SinkMembersTest, RestartsAndPausesKeepTheMembership) {
  create_two();
  start<void>([&](auto done) { herder->restart_task({"c", 1}, std::move(done)); });
  EXPECT_EQ(take_notes(), (Calls{"starts " + second}));
  start<View>([&](auto done) { herder->restart("c", {true, false}, std::move(done)); });
  EXPECT_EQ(take_notes(), (Calls{"starts " + first, "starts " + second}));
  target("c", TargetState::Paused);
  herder->on_status({"c", 0}, State::Restarting, "runner killed by SIGKILL");
  run();
  herder->stop();
  EXPECT_EQ(take_notes(), Calls{}) << "also a worker that stops ends no task for good";
}

TEST_F(SinkMembersTest, ATaskThatFailedLeavesOnce) {
  create_two();
  herder->on_status({"c", 1}, State::Failed, "it broke");
  herder->on_status({"c", 1}, State::Failed, "it broke");
  herder->on_status({"c", link::kConnectorItself}, State::Failed, "the object, not a task");
  run();
  EXPECT_EQ(take_notes(), (Calls{"leaves " + second}));
}

TEST_F(SinkMembersTest, NamesOfTheUsersOwnAreUsed) {
  supervisor->task_counts["c"] = 1;
  auto config = sink();
  config.set("consumer.override.group.instance.id", "me");
  config.set("consumer.override.bootstrap.servers", "other:9092");
  create("c", config);
  notes.clear();
  remove("c");
  EXPECT_EQ(take_notes(), (Calls{"leaves other:9092 connect-c me"}));
}

TEST_F(SinkMembersTest, WhereLeavingIsNotBuiltTheSessionDecides) {
  create_two();
  auto config = sink();
  config.set("consumer.override.security.protocol", "SASL_SSL");
  config.set("consumer.override.sasl.mechanism", "GSSAPI");
  put("c", config);
  notes.clear();
  remove("c");
  EXPECT_EQ(take_notes(), Calls{});
}

TEST_F(SinkMembersTest, TheyLeaveOverTheSecurityOfTheirConsumers) {
  create_two();
  auto config = sink();
  config.set("consumer.override.security.protocol", "SSL");
  put("c", config);
  notes.clear();
  remove("c");
  EXPECT_EQ(take_notes(), (Calls{"leaves TLS " + first, "leaves TLS " + second}));
}

TEST_F(SinkMembersTest, SourcesHaveNone) {
  create("c", source());
  remove("c");
  EXPECT_EQ(take_notes(), Calls{});
}

} // namespace
} // namespace tests
