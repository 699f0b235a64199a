// Things that happen in a cluster at the same time: what comes first must not be undone by what
// comes late.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/cluster/protocol.h"
#include "host/metrics/callback_guard.h"
#include "tests/unit/herder/cluster_fixture.h"

namespace host::herder {
namespace {

using namespace tests;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ClusterRacesTest : public ClusterTest {
protected:
  Worker &worker_with(const std::string &part) { return a.runs[part] > 0 ? a : b; }
  Worker &other(const Worker &worker) { return &worker == &a ? b : a; }
  static void hold(Worker &worker, const std::string &start) {
    worker.supervisor->hold = [start](const std::string &call) { return call.starts_with(start); };
  }
  void release(Worker &worker) {
    worker.supervisor->hold = [](const std::string &) { return false; };
    worker.supervisor->release();
    cluster.settle();
  }
  static std::ptrdiff_t count(const Worker &worker, const std::string &call) {
    return std::count(worker.calls.begin(), worker.calls.end(), call);
  }
  // An assignment of connectors, made when the config topic was so long.
  static std::string assignment(std::int64_t config_offset,
                                std::vector<std::string> connectors = {}) {
    cluster::Assignment made;
    made.config_offset = config_offset;
    made.connectors = std::move(connectors);
    return cluster::encode(made, cluster::Protocol::Sessioned);
  }
  static void forget_calls(Worker &worker) { worker.calls.clear(); }
};

// The others may have taken over what it ran, and what it says would stand over what they said.
TEST_F(ClusterRacesTest, AWorkerWithoutItsLeaseSaysNothing) {
  (void)put(cluster.leader(), "c", sink(1));
  const std::string before = shown(cluster.leader(), "c");
  Worker &worker = worker_with("c-0");
  const auto told = [&] {
    worker.herder->on_status({"c", 0}, State::Restarting, "killed");
    cluster.settle();
    cluster.leader().statuses.read();
    return shown(cluster.leader(), "c");
  };
  worker.herder->on_lease(metrics::boottime_ms() - 1);
  EXPECT_EQ(told(), before);
  worker.herder->on_lease(metrics::boottime_ms() + 60'000);
  EXPECT_THAT(told(), HasSubstr("RESTARTING"));
}

TEST_F(ClusterRacesTest, RestartsThatComeTogetherAreOneWithTheMostImpact) {
  (void)put(cluster.leader(), "c", sink(2));
  forget_calls(a);
  forget_calls(b);
  const auto nothing = [](const auto &) {};
  Herder &leader = *cluster.leader().herder;
  leader.restart("c", {.include_tasks = true, .only_failed = true}, nothing);
  leader.restart("c", {.include_tasks = true, .only_failed = false}, nothing);
  leader.restart("c", {.include_tasks = false, .only_failed = false}, nothing);
  cluster.settle();
  for (const char *call : {"start c STARTED", "start_task c-0", "start_task c-1"})
    EXPECT_EQ(count(a, call) + count(b, call), 1) << call;
  leader.restart("c", {.include_tasks = true, .only_failed = false}, nothing);
  cluster.settle();
  EXPECT_EQ(count(a, "start_task c-0") + count(b, "start_task c-0"), 2) << "those are done";
}

TEST_F(ClusterRacesTest, ATaskThatStopsWhenItIsCommittedAnewStartsOnceInTheSameGeneration) {
  (void)put(cluster.leader(), "c", sink(1));
  Worker &worker = worker_with("c-0");
  const cluster::Seat seat{9, "sessioned", worker.id, "a"};
  hold(worker, "stop_tasks c-0");
  (void)put(cluster.leader(), "c", sink(1, "u"));
  forget_calls(worker);
  // As if this generation had been formed before the old task began to stop.
  worker.herder->on_assigned(seat, assignment(worker.configs.snapshot()->offset));
  worker.herder->tick().run_due();
  worker.look();
  EXPECT_EQ(count(worker, "start_task c-0"), 0);
  release(worker);
  EXPECT_EQ(count(worker, "start_task c-0"), 1);
}

TEST_F(ClusterRacesTest, WhatIsRevokedDuringItsRestartStaysStopped) {
  (void)put(cluster.leader(), "c", sink(2));
  Worker &worker = worker_with("c-1");
  hold(worker, "stop_tasks");
  forget_calls(worker);
  cluster.leader().herder->restart("c", {.include_tasks = true}, [](const auto &) {});
  cluster.settle();
  worker.herder->on_revoked(cluster::Revocation::Expelled, "a test");
  worker.herder->tick().run_due();
  worker.supervisor->release();
  worker.herder->tick().run_due();
  worker.look();
  EXPECT_EQ(count(worker, "start_task c-1"), 0);
}

TEST_F(ClusterRacesTest, FewerTasksDuringARestart) {
  (void)put(cluster.leader(), "c", sink(3));
  for (Worker *worker : {&a, &b}) {
    for (std::int32_t number = 0; number < 3; ++number)
      worker->herder->on_status({"c", number}, State::Failed, "broken");
    cluster.settle();
    hold(*worker, "stop_tasks");
  }
  cluster.leader().herder->restart("c", {.include_tasks = true, .only_failed = true},
                                   [](const auto &) {});
  cluster.settle();
  const std::vector<StringMap> one(1, a.configs.snapshot()->find("c")->tasks.front());
  a.configs.put_task_configs("c", one, [](const Status &) {});
  cluster.settle();
  forget_calls(a);
  forget_calls(b);
  release(a);
  release(b);
  EXPECT_THAT(cluster.running(), ElementsAre("c", "c-0"));
  EXPECT_EQ(count(a, "start_task c-2") + count(b, "start_task c-2"), 0) << "its config is gone";
}

TEST_F(ClusterRacesTest, TaskConfigsThatComeAfterAStopAreNotStored) {
  (void)put(cluster.leader(), "c", sink(1));
  for (Worker *worker : {&a, &b}) {
    hold(*worker, "task_configs c");
    (void)put(cluster.leader(), "c", sink(worker == &a ? 2 : 3));
  }
  ASSERT_TRUE(target(cluster.leader(), "c", TargetState::Stopped)->value());
  release(a);
  release(b);
  EXPECT_THAT(a.configs.snapshot()->find("c")->tasks, IsEmpty());
  EXPECT_THAT(cluster.running(), IsEmpty());
  const auto late = ask<void>([&](auto done) {
    cluster.leader().herder->put_task_configs("c", {{{"a", "b"}}}, std::move(done));
  });
  EXPECT_TRUE(late->value());
  EXPECT_THAT(a.configs.snapshot()->find("c")->tasks, IsEmpty());
}

TEST_F(ClusterRacesTest, WhatWasAssignedBeforeARevocationDoesNotStart) {
  (void)put(cluster.leader(), "c", sink(1));
  Worker &worker = other(worker_with("c"));
  worker.configs.holds = true;
  worker.herder->on_assigned({9, "sessioned", worker.id, "?"},
                             assignment(worker.configs.snapshot()->offset + 1, {"c"}));
  worker.herder->tick().run_due();
  ASSERT_EQ(worker.configs.held.size(), 1u) << "it reads on";
  worker.configs.put_logger_level("x", "INFO", [](const Status &) {});
  worker.herder->on_revoked(cluster::Revocation::Expelled, "a test");
  worker.herder->tick().run_due();
  forget_calls(worker);
  worker.configs.held.front()({});
  worker.herder->tick().run_due();
  worker.look();
  EXPECT_THAT(worker.calls, Not(Contains(HasSubstr("start c"))));
}

TEST_F(ClusterRacesTest, AConnectorThatIsMadeAnewAtOnceHasItsNewConfig) {
  (void)put(cluster.leader(), "c", sink(1));
  FakeConfigStore &configs = cluster.leader().configs;
  const auto nothing = [](const Status &) {};
  StringMap config = sink(2, "other").values();
  config.set("name", "c");
  configs.remove_connector("c", nothing);
  configs.put_connector("c", config, std::nullopt, nothing);
  cluster.settle();
  EXPECT_THAT(cluster.running(), ElementsAre("c", "c-0", "c-1"));
  EXPECT_EQ(worker_with("c").supervisor->spec("c").config.get("topics"), "other");
  EXPECT_EQ(worker_with("c-0").supervisor->task_config({"c", 0}).get("topics"), "other");
}

TEST_F(ClusterRacesTest, ConnectorsStopTogether) {
  for (const char *name : {"c", "d", "e", "f"})
    (void)put(cluster.leader(), name, sink(1));
  forget_calls(a);
  hold(a, "target");
  a.herder->on_revoked(cluster::Revocation::Lapsing, "a test");
  a.herder->tick().run_due();
  a.look();
  EXPECT_EQ(count(a, "target c STOPPED") + count(a, "target d STOPPED") +
                count(a, "target e STOPPED") + count(a, "target f STOPPED"),
            2);
}

} // namespace
} // namespace host::herder
