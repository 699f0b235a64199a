#include <unistd.h>

#include "host/metrics/callback_guard.h"
#include "tests/unit/runner/fixture.h"

namespace host::runner {
namespace {

using Texts = std::vector<std::string>;

const TaskId kObject{"c", link::kConnectorItself};

class ConnectorTest : public RunnerTest {
protected:
  ConnectorTest() { open(); }

  Result<link::Done> remove() { return ask(link::RemoveConnector{"c", 10'000}); }
  std::string pause() { return text_of(ask(link::Pause{kObject})); }
  std::string resume() { return text_of(ask(link::Resume{kObject})); }
  std::string stop() { return text_of(ask(link::Stop{kObject, 0})); }
};

TEST_P(ConnectorTest, SaysHelloWithBuildAndProcess) {
  const std::string hello = hello_.now()[0];
  EXPECT_TRUE(hello.starts_with(std::string(link::build_id()) + " ")) << hello;
  EXPECT_EQ(hello.ends_with(" " + std::to_string(::getpid())), GetParam() == Where::ThisProcess);
}

TEST_P(ConnectorTest, GoesThroughAllTargetStates) {
  EXPECT_EQ(text_of(ask(connector({}))), "OK");
  EXPECT_EQ(resume(), "OK") << "nothing to do";
  EXPECT_EQ(pause(), "OK");
  EXPECT_EQ(stop(), "OK");
  EXPECT_EQ(pause(), "OK");
  EXPECT_EQ(resume(), "OK");
  EXPECT_EQ(text_of(remove()), "OK");
  EXPECT_EQ(told_.wait_for(6), (Texts{"-1 RUNNING", "-1 PAUSED", "-1 STOPPED", "-1 PAUSED",
                                      "-1 RUNNING", "-1 UNASSIGNED"}));
  EXPECT_EQ(logs_.wait_for(5), (Texts{"start", "stop", "start", "stop", "destroy"}));
}

TEST_P(ConnectorTest, APausedOneIsMadeButNotStarted) {
  EXPECT_EQ(text_of(ask(connector({}, TargetState::Paused))), "OK");
  EXPECT_EQ(text_of(ask(link::TaskConfigs{"c", 1})),
            "Connector c is not started, so it has no task configurations");
  EXPECT_EQ(text_of(remove()), "OK");
  EXPECT_EQ(told_.wait_for(2), (Texts{"-1 PAUSED", "-1 UNASSIGNED"}));
  EXPECT_EQ(logs_.wait_for(1), Texts{"destroy"});
}

TEST_P(ConnectorTest, AFailedStartIsToldAndStays) {
  const auto started = ask(connector({{"on.start", "fail"}, {"say", "why"}}));
  EXPECT_EQ(text_of(started), "Failed to transition connector c to state STARTED");
  ASSERT_NE(started.error().cause(), nullptr);
  EXPECT_EQ(started.error().cause()->message(), "start fails as told: why");
  EXPECT_EQ(told_.wait_for(1)[0], "-1 FAILED org.apache.kafka.connect.errors.ConnectException: "
                                  "start fails as told: why\n");
  EXPECT_EQ(resume(), "WorkerConnector{id=c} Cannot transition connector to STARTED since it has "
                      "failed");
  EXPECT_EQ(pause(), "WorkerConnector{id=c} Cannot transition connector to PAUSED since it has "
                     "failed");
  EXPECT_EQ(stop(), "OK") << "a failed one can be stopped";
  EXPECT_EQ(told_.wait_for(2)[1], "-1 STOPPED");
  EXPECT_EQ(text_of(remove()), "OK");
  EXPECT_EQ(logs_.wait_for(2), (Texts{"start why", "destroy why"})) << "without stop";
}

TEST_P(ConnectorTest, AStopThatFailsWhilePausingFailsIt) {
  EXPECT_EQ(text_of(ask(connector({{"on.stop", "fail"}, {"say", "x"}}))), "OK");
  EXPECT_EQ(pause(), "Failed to transition connector c to state PAUSED");
  EXPECT_EQ(told_.wait_for(2)[1], "-1 FAILED org.apache.kafka.connect.errors.ConnectException: "
                                  "stop fails as told: x\n");
}

TEST_P(ConnectorTest, AStopThatFailsWhileStoppingStopsAllTheSame) {
  EXPECT_EQ(text_of(ask(connector({{"on.stop", "fail"}}))), "OK");
  EXPECT_EQ(stop(), "Failed to transition connector c to state STOPPED");
  EXPECT_EQ(told_.wait_for(2)[1], "-1 STOPPED");
}

TEST_P(ConnectorTest, AStopThatFailsAtTheEndIsTold) {
  EXPECT_EQ(text_of(ask(connector({{"on.stop", "fail"}}))), "OK");
  EXPECT_EQ(text_of(remove()), "OK");
  EXPECT_EQ(told_.wait_for(2)[1].substr(0, 9), "-1 FAILED");
  EXPECT_EQ(text_of(ask(connector({}))), "OK") << "the name is free";
}

TEST_P(ConnectorTest, OneAtATime) {
  EXPECT_EQ(text_of(ask(connector({}))), "OK");
  EXPECT_EQ(text_of(ask(connector({}))), "Connector with name c already exists");
  EXPECT_EQ(text_of(ask(link::Pause{{"d", link::kConnectorItself}})),
            "connector d does not run here");
  EXPECT_EQ(text_of(ask(link::TaskConfigs{"d", 1})), "connector d does not run here");
  EXPECT_EQ(text_of(ask(link::RemoveConnector{"d", 1})), "connector d does not run here");
}

TEST_P(ConnectorTest, WhatCannotBeMadeIsToldAsFailed) {
  link::StartConnector start = connector({});
  start.class_name = "test.Other";
  EXPECT_EQ(text_of(ask(start)), "Failed to transition connector c to state STARTED");
  EXPECT_NE(told_.wait_for(1)[0].find("test.ObligingConnector"), std::string::npos)
      << "names what there is: " << told_.now()[0];
  EXPECT_EQ(text_of(remove()), "OK");
  start.plugin_path = "/nowhere/x.so";
  EXPECT_FALSE(ask(start));
  EXPECT_NE(told_.wait_for(3)[2].find("/nowhere/x.so"), std::string::npos) << told_.now()[2];
}

TEST_P(ConnectorTest, GivesItsTaskConfigs) {
  EXPECT_EQ(text_of(ask(connector({{"tasks", "3"}, {"say", "s"}}))), "OK");
  const auto list = ask(link::TaskConfigs{"c", 2});
  ASSERT_TRUE(list);
  EXPECT_EQ(list->configs, (std::vector<StringMap>{{{"number", "0"}, {"say", "s"}},
                                                   {{"number", "1"}, {"say", "s"}}}));
}

TEST_P(ConnectorTest, ARaisedErrorFailsItAfterRunning) {
  EXPECT_EQ(text_of(ask(connector({{"on.start", "raise"}, {"say", "disk gone"}}))), "OK");
  EXPECT_EQ(told_.wait_for(2),
            (Texts{"-1 RUNNING",
                   "raised org.apache.kafka.connect.errors.ConnectException: disk gone\n"}));
  EXPECT_EQ(pause(), "WorkerConnector{id=c} Cannot transition connector to PAUSED since it has "
                     "failed");
}

TEST_P(ConnectorTest, AsksForReconfiguration) {
  EXPECT_EQ(text_of(ask(connector({{"on.start", "reconfigure"}}))), "OK");
  EXPECT_EQ(told_.wait_for(2), (Texts{"reconfigure", "-1 RUNNING"}));
}

TEST_P(ConnectorTest, SecretsStayInside) {
  auto start = connector({{"on.start", "fail"}, {"say", "hunter22"}});
  start.secrets = {"hunter22"};
  const auto started = ask(start);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().cause()->message(), "start fails as told: [hidden]");
  EXPECT_EQ(told_.wait_for(1)[0].find("hunter22"), std::string::npos);
  EXPECT_EQ(logs_.wait_for(1)[0], "start [hidden]");
}

TEST_P(ConnectorTest, TheHostSeesWhatACallIsDoing) {
  auto started = begin(connector({{"on.start", "wait"}}));
  logs_.wait_for(1);
  const auto reading = link::read_callback(page_.page().slots[0], metrics::boottime_ms() + 1000);
  EXPECT_EQ(reading.callback, link::Callback::Start);
  EXPECT_GE(reading.age_ms, 1000);
  EXPECT_EQ(reading.incarnation, 5u);
  EXPECT_EQ(text_of(ask(link::RemoveConnector{"c", 1})),
            "Connector c did not stop in time; it was cancelled");
  EXPECT_FALSE(started.get());
  logs_.wait_for(2); // destroyed
  EXPECT_TRUE(told_.now().empty()) << "a cancelled one says nothing: " << told_.now()[0];
}

TEST_P(ConnectorTest, ALaterTargetTakesThePlaceOfOneThatWasNotBegun) {
  auto started = begin(connector({{"on.start", "wait"}}));
  logs_.wait_for(1);
  auto paused = begin(link::Pause{kObject});
  auto stopped = begin(link::Stop{kObject, 0});
  EXPECT_EQ(text_of(paused.get()),
            "Could not begin changing connector state to PAUSED before another request to change "
            "state was made; the new request (which is to change the state to STOPPED) has "
            "pre-empted this one");
  auto removed = begin(link::RemoveConnector{"c", 1});
  EXPECT_EQ(text_of(stopped.get()), "Could not begin changing connector state to STOPPED as the "
                                    "connector has been scheduled for shutdown");
  EXPECT_EQ(text_of(removed.get()), "Connector c did not stop in time; it was cancelled");
  EXPECT_EQ(text_of(started.get()), "Failed to transition connector c to state STARTED");
}

TEST_P(ConnectorTest, InspectsAndValidatesWithoutAnObject) {
  const auto inspected = ask(link::Inspect{plugin_path()});
  ASSERT_TRUE(inspected) << inspected.error().message();
  EXPECT_NE(inspected->descriptors.find("\"test.ObligingConnector\""), std::string::npos);
  const auto validated = ask(link::Validate{plugin_path(), kClass, {{"say", "bad"}}});
  ASSERT_TRUE(validated) << validated.error().message();
  ASSERT_EQ(validated->keys.size(), 1u);
  EXPECT_EQ(validated->keys[0].name, "say");
  EXPECT_EQ(validated->keys[0].errors, Texts{"say something else"});
  EXPECT_EQ(validated->keys[0].recommended, (Texts{"yes", "no"}));
  EXPECT_NE(text_of(ask(link::Inspect{"/etc/passwd"})).find("/etc/passwd"), std::string::npos);
  EXPECT_NE(text_of(ask(link::Validate{plugin_path(), "x.Y", {}})).find("x.Y"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(OwnProcess, ConnectorTest, testing::Values(Where::OwnProcess));
INSTANTIATE_TEST_SUITE_P(ThisProcess, ConnectorTest, testing::Values(Where::ThisProcess));

} // namespace
} // namespace host::runner
