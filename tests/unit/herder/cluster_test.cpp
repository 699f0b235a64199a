// Workers of one group: who runs what, and what everybody sees of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/herder/cluster_fixture.h"

namespace host::herder {
namespace {

using namespace tests;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(ClusterTest, WorkIsSharedOutAndSeenByAll) {
  ASSERT_TRUE((*put(cluster.leader(), "c", sink(3)))->has_value());
  EXPECT_THAT(cluster.running(), ElementsAre("c", "c-0", "c-1", "c-2"));
  EXPECT_EQ(shown(a, "c"), shown(b, "c"));
  EXPECT_FALSE(a.runs.empty());
  EXPECT_FALSE(b.runs.empty());
  ASSERT_TRUE((*put(cluster.leader(), "d", sink(3)))->has_value());
  EXPECT_THAT(cluster.running(), SizeIs(8));
}

TEST_F(ClusterTest, AFollowerNamesTheLeader) {
  const auto refused = put(cluster.follower(), "c", sink(1));
  ASSERT_FALSE(refused->value());
  EXPECT_EQ(refused->value().error().where(), "http://" + cluster.leader().id + ":8083/");
  EXPECT_THAT(cluster.running(), IsEmpty());
}

TEST_F(ClusterTest, AnObjectOnAFollowerHasItsTasksWrittenByTheLeader) {
  for (const char *name : {"c", "d", "e"})
    (void)put(cluster.leader(), name, sink(2));
  EXPECT_THAT(cluster.running(), SizeIs(9));
  EXPECT_GT(cluster.follower().runs["c"] + cluster.follower().runs["d"] +
                cluster.follower().runs["e"],
            0);
}

TEST_F(ClusterTest, ANewWorkerGetsItsShareAndNothingRunsTwice) {
  (void)put(cluster.leader(), "c", sink(5));
  Worker &third = cluster.add("z");
  cluster.settle();
  for (int i = 0; i < 5; ++i) { // rounds of revocation may have to wait
    cluster.clock.advance(Duration(5'000));
    cluster.settle();
  }
  EXPECT_THAT(cluster.running(), ElementsAre("c", "c-0", "c-1", "c-2", "c-3", "c-4"));
  int here = 0;
  for (const auto &[name, count] : third.runs)
    here += count;
  EXPECT_GE(here, 1);
}

TEST_F(ClusterTest, WhatADeadWorkerRanRunsElsewhereAfterTheDelay) {
  (void)put(cluster.leader(), "c", sink(4));
  Worker &dead = cluster.follower();
  cluster.kill(dead);
  cluster.settle();
  EXPECT_LT(cluster.running().size(), 5u);
  cluster.clock.advance(cluster::kDefaultMaxDelay);
  cluster.settle();
  EXPECT_THAT(cluster.running(), ElementsAre("c", "c-0", "c-1", "c-2", "c-3"));
  const std::string name = cluster.leader().id;
  EXPECT_EQ(shown(cluster.leader(), "c"), "RUNNING " + name + " [RUNNING " + name + ", RUNNING " +
                                              name + ", RUNNING " + name + ", RUNNING " + name +
                                              "]");
}

TEST_F(ClusterTest, TheWorkOfAWorkerKnownToBeDeadMovesAtOnce) {
  (void)put(cluster.leader(), "c", sink(4));
  Worker &dead = cluster.follower();
  EXPECT_THAT(cluster.leader().holds, ElementsAre(dead.id));
  EXPECT_THAT(dead.holds, ElementsAre(cluster.leader().id));
  cluster.kill(dead);
  cluster.leader().herder->on_worker_dead(dead.id);
  cluster.settle();
  EXPECT_THAT(cluster.running(), ElementsAre("c", "c-0", "c-1", "c-2", "c-3"));
  EXPECT_THAT(cluster.leader().holds, IsEmpty());
}

TEST_F(ClusterTest, WhoHadLeftBeforeIsNotTakenForDead) {
  (void)put(cluster.leader(), "c", sink(4));
  cluster.leader().herder->on_worker_dead("who has left");
  cluster.leader().herder->tick().run_due();
  cluster.kill(cluster.follower());
  cluster.settle();
  EXPECT_LT(cluster.running().size(), 5u); // the delay is waited for
}

TEST_F(ClusterTest, TasksThatTheLeaderCannotTakeNowAreSentAgain) {
  cluster.refused_tasks = 2;
  for (const char *name : {"c", "d", "e"})
    (void)put(cluster.leader(), name, sink(2));
  EXPECT_LT(cluster.running().size(), 9u);
  for (int i = 0; i < 5; ++i) {
    cluster.clock.advance(Duration(1'000));
    cluster.settle();
  }
  EXPECT_EQ(cluster.refused_tasks, 0);
  EXPECT_THAT(cluster.running(), SizeIs(9));
}

TEST_F(ClusterTest, TheLeadersDeathIsSurvived) {
  (void)put(cluster.leader(), "c", sink(4));
  cluster.kill(cluster.leader());
  cluster.settle();
  cluster.clock.advance(cluster::kDefaultMaxDelay);
  cluster.settle();
  EXPECT_THAT(cluster.running(), ElementsAre("c", "c-0", "c-1", "c-2", "c-3"));
  EXPECT_TRUE((*put(cluster.leader(), "d", sink(1)))->has_value());
}

TEST_F(ClusterTest, ANewConfigRestartsTheObjectAndItsTasks) {
  (void)put(cluster.leader(), "c", sink(2));
  EXPECT_EQ((*put(cluster.leader(), "c", sink(4)))->value().created, false);
  EXPECT_THAT(cluster.running(), ElementsAre("c", "c-0", "c-1", "c-2", "c-3"));
  (void)put(cluster.leader(), "c", sink(1));
  EXPECT_THAT(cluster.running(), ElementsAre("c", "c-0"));
  EXPECT_EQ(a.herder->snapshot()->find("c")->task_configs.size(), 1u);
}

// While the older ones stop, the group goes on: they are neither started beside themselves nor
// taken for stopped.
TEST_F(ClusterTest, TasksThatStopSlowlyAreStartedOrGivenAwayWhenTheyHave) {
  (void)put(cluster.leader(), "c", sink(4));
  Worker &slow = cluster.follower();
  slow.supervisor->hold = [](const std::string &call) { return call.starts_with("stop_tasks"); };
  (void)put(cluster.leader(), "c", sink(4, "u"));
  EXPECT_THAT(cluster.running(), SizeIs(3)) << "the object and what the leader has";
  cluster.add("x");
  cluster.settle();
  EXPECT_THAT(cluster.running(), SizeIs(3)) << "nobody has been told that they ended";
  slow.supervisor->hold = [](const std::string &) { return false; };
  slow.supervisor->release();
  cluster.settle();
  EXPECT_THAT(cluster.running(), ElementsAre("c", "c-0", "c-1", "c-2", "c-3"));
  EXPECT_THAT(shown(cluster.leader(), "c"), Not(testing::HasSubstr("UNASSIGNED")));
}

TEST_F(ClusterTest, ADeletedConnectorIsGoneEverywhere) {
  (void)put(cluster.leader(), "c", sink(3));
  const auto removed =
      ask<void>([&](auto done) { cluster.leader().herder->remove("c", std::move(done)); });
  EXPECT_TRUE(removed->value());
  EXPECT_THAT(cluster.running(), IsEmpty());
  EXPECT_EQ(shown(a, "c"), "none");
  EXPECT_EQ(b.statuses.snapshot()->find("c"), nullptr);
}

TEST_F(ClusterTest, PauseResumeStop) {
  (void)put(cluster.leader(), "c", sink(2));
  EXPECT_TRUE(target(cluster.follower(), "c", TargetState::Paused)->value());
  EXPECT_THAT(shown(a, "c"), testing::MatchesRegex("PAUSED . .PAUSED ., PAUSED .."));
  EXPECT_TRUE(target(cluster.leader(), "c", TargetState::Started)->value());
  EXPECT_THAT(shown(b, "c"), testing::MatchesRegex("RUNNING . .RUNNING ., RUNNING .."));
  EXPECT_FALSE(target(cluster.follower(), "c", TargetState::Stopped)->value());
  EXPECT_TRUE(target(cluster.leader(), "c", TargetState::Stopped)->value());
  EXPECT_THAT(shown(b, "c"), testing::MatchesRegex("STOPPED . .."));
  EXPECT_THAT(cluster.running(), IsEmpty());
  EXPECT_TRUE(target(cluster.leader(), "c", TargetState::Started)->value());
  EXPECT_THAT(cluster.running(), ElementsAre("c", "c-0", "c-1"));
}

TEST_F(ClusterTest, ARestartReachesEveryWorker) {
  (void)put(cluster.leader(), "c", sink(3));
  using View = std::shared_ptr<const ConnectorView>;
  const auto planned = ask<View>([&](auto done) {
    cluster.leader().herder->restart("c", {.include_tasks = true}, std::move(done));
  });
  ASSERT_TRUE(planned->value());
  EXPECT_EQ(planned->value().value()->status->state, State::Restarting);
  EXPECT_THAT(cluster.running(), ElementsAre("c", "c-0", "c-1", "c-2"));
}

TEST_F(ClusterTest, WhoLosesItsPlaceStopsEverything) {
  (void)put(cluster.leader(), "c", sink(4));
  Worker &worker = cluster.follower();
  EXPECT_FALSE(worker.herder->stage());
  worker.herder->on_revoked(cluster::Revocation::Expelled, "a test");
  worker.herder->tick().run_due();
  worker.look();
  for (const auto &[name, count] : worker.runs)
    EXPECT_EQ(count, 0) << name;
  ASSERT_TRUE(worker.herder->stage());
  EXPECT_EQ(worker.herder->stage()->description, "no member of its cluster and runs nothing");
}

// Its last words could come after those of the worker that has taken over.
TEST_F(ClusterTest, WhoLosesItsPlaceSaysNothingOfItsParts) {
  (void)put(cluster.leader(), "c", sink(4));
  const std::string before = shown(cluster.leader(), "c");
  Worker &worker = cluster.follower();
  worker.herder->on_revoked(cluster::Revocation::Lapsing, "a test");
  worker.herder->tick().run_due();
  cluster.leader().statuses.read();
  EXPECT_EQ(shown(cluster.leader(), "c"), before);
}

TEST_F(ClusterTest, AWorkerThatHasReadLessReadsOnAndThenStarts) {
  b.configs.is_slow = true;
  a.configs.is_slow = true;
  (void)put(cluster.leader(), "c", sink(2));
  a.configs.is_slow = b.configs.is_slow = false;
  cluster.clock.advance(Duration(2'000));
  cluster.settle();
  EXPECT_THAT(cluster.running(), ElementsAre("c", "c-0", "c-1"));
}

TEST_F(ClusterTest, TheLeaderRenewsTheSessionKey) {
  const auto first = b.configs.snapshot()->session_key;
  ASSERT_TRUE(first);
  EXPECT_EQ(first->algorithm, "HmacSHA256");
  cluster.clock.advance(Duration(3'599'000));
  cluster.settle();
  EXPECT_EQ(b.configs.snapshot()->session_key, first);
  cluster.clock.advance(Duration(2'000));
  cluster.settle();
  EXPECT_NE(b.configs.snapshot()->session_key, first);
}

TEST_F(ClusterTest, RequestsWaitForTheEndOfARebalance) {
  (void)put(cluster.leader(), "c", sink(2));
  Worker &leader = cluster.leader();
  std::vector<std::string> heard;
  const auto note = [&](const char *what) {
    return [&heard, what](const Status &done) {
      heard.push_back(std::string(what) + " " + (done ? "done" : done.error().message()));
    };
  };
  leader.herder->on_joining([](auto) {}); // and nobody answers
  leader.herder->tick().run_due();
  leader.herder->restart_task({"c", 7}, note("restart"));
  leader.herder->remove("d", note("remove"));
  leader.herder->tick().run_due();
  cluster.clock.advance(Duration(9'000));
  leader.herder->tick().run_due();
  EXPECT_THAT(heard, IsEmpty());
  cluster.clock.advance(Duration(2'000));
  leader.herder->tick().run_due();
  EXPECT_THAT(heard, ::testing::Each(::testing::HasSubstr("Cannot complete request momentarily")));
  EXPECT_THAT(heard, SizeIs(2));
  heard.clear();
  leader.herder->restart_task({"c", 7}, note("restart"));
  leader.herder->tick().run_due();
  cluster.add("z"); // brings a round that ends
  cluster.settle();
  EXPECT_THAT(heard, ElementsAre("restart Unknown task: c-7"));
}

TEST_F(ClusterTest, RequestsBetweenWorkersAreSignedWithTheSessionKey) {
  const std::string body = "[{}]";
  const http::SigningKey key{b.configs.snapshot()->session_key->secret, "HmacSHA256"};
  const http::Signature signature{http::sign(key, body).value(), key.algorithm};
  for (const Worker *worker : {&a, &b}) {
    EXPECT_TRUE(worker->herder->check_internal(signature, body));
    EXPECT_EQ(worker->herder->check_internal(signature, "[]").error().code(), Code::Forbidden);
    EXPECT_EQ(worker->herder->check_internal({}, body).error().code(), Code::BadRequest);
  }
  cluster.clock.advance(Duration(3'601'000));
  cluster.settle();
  EXPECT_EQ(a.herder->check_internal(signature, body).error().code(), Code::Forbidden);
}

TEST_F(ClusterTest, ALevelOfALoggerReachesEveryWorker) {
  std::vector<std::string> heard;
  for (Worker *worker : {&a, &b})
    worker->herder->follow_log_levels([&heard, worker](const auto &logger, const auto &level) {
      heard.push_back(worker->id + " " + logger + " " + level);
    });
  const auto set = ask<void>([&](auto done) {
    cluster.follower().herder->set_cluster_log_level("root", "DEBUG", std::move(done));
  });
  ASSERT_TRUE(set->value());
  EXPECT_THAT(heard, ::testing::UnorderedElementsAre("a root DEBUG", "b root DEBUG"));
}

TEST_F(ClusterTest, AStartThatFailsIsShownWithTheConnectorsOwnTrace) {
  a.supervisor->start_errors.insert({"c", Error(Code::Fatal, "no such server")});
  b.supervisor->start_errors = a.supervisor->start_errors;
  (void)put(cluster.leader(), "c", sink(1));
  EXPECT_THAT(shown(b, "c"), testing::StartsWith("FAILED"));
  EXPECT_THAT(b.herder->snapshot()->find("c")->status->trace, testing::HasSubstr("no such server"));
}

TEST_F(ClusterTest, TheLeaderKnowsThePasswordsOfWhatRunsElsewhere) {
  SubmittedConfig config{{"connector.class", "FileStreamSource"},
                         {"file", "f"},
                         {"topic", "t"},
                         {"producer.override.ssl.key.password", "geheimnis"}};
  for (const char *name : {"c", "d"})
    ASSERT_TRUE(put(cluster.leader(), name, config)->value());
  for (const std::string name : {"c", "d"}) {
    SubmittedConfig back(cluster.leader().herder->snapshot()->find(name)->config);
    EXPECT_EQ(*back.find("producer.override.ssl.key.password"), "[hidden]");
    back.set("topic", "u");
    ASSERT_TRUE(put(cluster.leader(), name, back)->value());
    const auto stored = a.configs.snapshot()->find(name)->config;
    EXPECT_EQ(stored.get("producer.override.ssl.key.password"), "geheimnis");
    EXPECT_EQ(stored.get("topic"), "u");
  }
}

TEST_F(ClusterTest, TheTopicsOfADeletedConnectorAreForgotten) {
  (void)put(cluster.leader(), "c", sink(1));
  Worker &worker = a.runs["c-0"] > 0 ? a : b;
  worker.herder->on_topic_active({"c", 0}, "t");
  cluster.settle();
  EXPECT_THAT(a.herder->snapshot()->active_topics.at("c"), ElementsAre("t"));
  (void)ask<void>([&](auto done) { cluster.leader().herder->remove("c", std::move(done)); });
  EXPECT_EQ(a.statuses.snapshot()->find("c"), nullptr);
}

TEST_F(ClusterTest, AnEagerWorkerMakesAllOthersSo) {
  (void)put(cluster.leader(), "c", sink(5));
  Worker &third = cluster.add("z", cluster::Protocol::Eager);
  cluster.settle();
  EXPECT_THAT(cluster.running(), ElementsAre("c", "c-0", "c-1", "c-2", "c-3", "c-4"));
  EXPECT_THAT(third.runs, testing::Not(IsEmpty()));
  cluster.kill(third);
  cluster.settle();
  EXPECT_THAT(cluster.running(), ElementsAre("c", "c-0", "c-1", "c-2", "c-3", "c-4"));
}

TEST_F(ClusterTest, RebalancesAreCounted) {
  const auto before = a.herder->figures().rebalances.value();
  EXPECT_EQ(before.protocol, "sessioned");
  EXPECT_EQ(before.leader_url, "http://" + cluster.leader().id + ":8083/");
  EXPECT_GT(before.epoch, 0);
  EXPECT_FALSE(before.rebalancing);
  (void)put(cluster.leader(), "c", sink(3));
  const auto after = a.herder->figures().rebalances.value();
  EXPECT_GT(after.time_ms.count, before.time_ms.count);
  EXPECT_GT(after.epoch, before.epoch);
  EXPECT_EQ(a.herder->figures().tasks.attempts + b.herder->figures().tasks.attempts, 3u);
}

TEST_F(ClusterTest, WhatIsAssignedIsCounted) {
  (void)put(cluster.leader(), "c", sink(3));
  const auto counts = [](const Worker &worker) { return worker.herder->figures().member.value(); };
  EXPECT_EQ(counts(a).connectors + counts(b).connectors, 1u);
  EXPECT_EQ(counts(a).tasks + counts(b).tasks, 3u);
  EXPECT_GT(counts(b).tasks, 0u);
  b.herder->on_revoked(cluster::Revocation::Expelled, "a test wants it");
  b.herder->tick().run_due();
  EXPECT_EQ(counts(b).connectors, 0u);
  EXPECT_EQ(counts(b).tasks, 0u);
}

class EagerClusterTest : public testing::Test {};

TEST_F(EagerClusterTest, EverybodyStopsBeforeItJoins) {
  FakeCluster cluster(cluster::Protocol::Eager);
  auto &first = cluster.add("a");
  EXPECT_TRUE(first.herder->check_internal({}, "")) << "only sessioned groups sign";
  cluster.settle();
  EXPECT_TRUE(first.herder->check_internal({}, ""));
  SubmittedConfig config{{"connector.class", "FileStreamSink"},
                         {"file", "f"},
                         {"name", "c"},
                         {"topics", "t"},
                         {"tasks.max", "3"}};
  first.herder->put_config("c", config, [](const Result<Changed> &) {});
  cluster.settle();
  cluster.add("b");
  cluster.settle();
  EXPECT_THAT(cluster.running(), ElementsAre("c", "c-0", "c-1", "c-2"));
}

} // namespace
} // namespace host::herder
