#include "tests/unit/herder/herder_fixture.h"

namespace tests {
namespace {

using namespace host;
using testing::Test;

TEST_F(HerderTest, CreateStartsObjectThenTasksAndAnswersWithThem) {
  const auto created = create("c", source());
  ASSERT_TRUE(*created && **created);
  EXPECT_TRUE((*created)->value().created);
  EXPECT_EQ((*created)->value().connector->task_configs.size(), 1U);
  EXPECT_EQ(supervisor->take_calls(),
            (Calls{"validate org.apache.kafka.connect.file.FileStreamSourceConnector",
                   "start c STARTED", "task_configs c 1", "start_task c-0"}));
  EXPECT_EQ(states("c"), "RUNNING [RUNNING]");
  EXPECT_EQ(view("c")->status->version, "4.3.0");
  EXPECT_EQ(view("c")->status->worker_id, "w:8083");
}

TEST_F(HerderTest, TaskConfigsHaveClassAndTopicsInJavaOrder) {
  create(
      "c",
      {{"connector.class", "FileStreamSink"}, {"topics", "t"}, {"file", "f"}, {"tasks.max", "2"}});
  std::string keys;
  for (const auto &[key, value] : view("c")->task_configs.at(1))
    keys += key + " ";
  EXPECT_EQ(keys, "connector.class file task.class topics tasks.max name ");
}

TEST_F(HerderTest, SecondCreateOfANameConflicts) {
  create("c", source());
  const auto again = create("c", source("u"));
  ASSERT_TRUE(*again);
  EXPECT_EQ((*again)->error().code(), Code::AlreadyExists);
  EXPECT_EQ((*again)->error().message(), "Connector c already exists");
  EXPECT_EQ(view("c")->config.get("topic"), "t");
}

TEST_F(HerderTest, TwoCreatesAtOnceOneWins) {
  supervisor->hold = [](const std::string &call) { return call.starts_with("validate"); };
  const auto first = create("c", source("one"));
  const auto second = create("c", source("two"));
  supervisor->hold = [](const std::string &) { return false; };
  supervisor->release();
  run();
  EXPECT_TRUE(**first);
  EXPECT_EQ((*second)->error().code(), Code::AlreadyExists);
}

TEST_F(HerderTest, InvalidConfigIsRefusedBeforeAnythingStarts) {
  const auto refused = create("c", {{"connector.class", "FileStreamSource"}});
  EXPECT_EQ((*refused)->error().code(), Code::BadRequest);
  EXPECT_EQ((*refused)->error().message(),
            "Connector configuration is invalid and contains the following 1 error(s):\n"
            "Missing required configuration \"topic\" which has no default value.\n"
            "You can also find the above list of errors at the endpoint "
            "`/connector-plugins/{connectorType}/config/validate`");
  EXPECT_EQ(view("c"), nullptr);
  for (const std::string &call : supervisor->take_calls())
    EXPECT_TRUE(call.starts_with("validate")) << call;
}

TEST_F(HerderTest, WhatThePluginReportsRefusesTheConfig) {
  link::ValidatedKey report;
  report.name = "topic";
  report.errors = {"there is no such topic"};
  supervisor->reports = {report};
  const auto refused = create("c", source());
  EXPECT_NE((*refused)->error().message().find("there is no such topic"), std::string::npos);
}

TEST_F(HerderTest, StartThatFailsLeavesTheConnectorFailedWithItsTrace) {
  supervisor->start_errors.emplace("c", Error(Code::Fatal, "no such host"));
  const auto failed = create("c", source());
  EXPECT_EQ((*failed)->error().message(), "Failed to transition connector c to state STARTED");
  ASSERT_NE(view("c"), nullptr);
  EXPECT_EQ(states("c"), "FAILED []");
  EXPECT_EQ(view("c")->status->trace,
            "org.apache.kafka.connect.errors.ConnectException: no such host\n");
}

TEST_F(HerderTest, PutReplacesConfigAndTasksThatDiffer) {
  create("c", source());
  supervisor->take_calls();
  const auto changed = put("c", source("u"));
  EXPECT_FALSE((*changed)->value().created);
  EXPECT_EQ(supervisor->take_calls(),
            (Calls{"validate org.apache.kafka.connect.file.FileStreamSourceConnector",
                   "start c STARTED", "task_configs c 1", "stop_tasks c-0", "start_task c-0"}));
  EXPECT_EQ(states("c"), "RUNNING [RUNNING]");
}

TEST_F(HerderTest, PutOfTheSameConfigKeepsTheTasks) {
  create("c", source());
  supervisor->take_calls();
  put("c", source());
  EXPECT_EQ(supervisor->take_calls(),
            (Calls{"validate org.apache.kafka.connect.file.FileStreamSourceConnector",
                   "start c STARTED", "task_configs c 1"}));
}

TEST_F(HerderTest, PutKeepsWhatWasAskedOfTheConnector) {
  create("c", source());
  target("c", TargetState::Stopped);
  put("c", source("u"));
  EXPECT_EQ(states("c"), "STOPPED []");
}

TEST_F(HerderTest, PatchSetsRemovesAndReordersLikeAHashMap) {
  create("c", {{"connector.class", "FileStreamSource"}, {"topic", "t"}, {"file", "f"}});
  start<Changed>([&](auto done) {
    herder->patch_config("c", {{"topic", "u"}, {"x", "y"}}, std::move(done));
  });
  std::string text;
  for (const auto &[key, value] : view("c")->config)
    text += key + "=" + value + " ";
  EXPECT_EQ(text, "connector.class=FileStreamSource name=c x=y topic=u file=f ");
  start<Changed>([&](auto done) {
    herder->patch_config("c", {{"x", std::nullopt}}, std::move(done));
  });
  EXPECT_FALSE(view("c")->config.contains("x"));
}

TEST_F(HerderTest, RemoveStopsEverythingAndForgets) {
  create("c", source());
  supervisor->take_calls();
  EXPECT_TRUE(**remove("c"));
  EXPECT_EQ(supervisor->take_calls(), (Calls{"stop_tasks c-0", "remove c"}));
  EXPECT_EQ(view("c"), nullptr);
  EXPECT_EQ((*remove("c"))->error().message(), "Connector c not found");
}

TEST_F(HerderTest, AConnectorThatHangsInStartCanBeRemoved) {
  supervisor->hold = [](const std::string &call) { return call == "start c STARTED"; };
  const auto created = create("c", source());
  EXPECT_FALSE(*created) << "start has not returned";
  EXPECT_EQ(states("c"), "- []") << "but the connector is there";
  EXPECT_TRUE(**remove("c"));
  EXPECT_EQ(view("c"), nullptr);
  supervisor->release();
  run();
  EXPECT_EQ((*created)->error().code(), Code::Conflict);
}

TEST_F(HerderTest, AConnectorThatHangsDelaysNoOther) {
  supervisor->hold = [](const std::string &call) { return call == "start c STARTED"; };
  const auto hanging = create("c", source());
  EXPECT_TRUE(**create("d", source()));
  EXPECT_EQ(states("d"), "RUNNING [RUNNING]");
  EXPECT_FALSE(*hanging);
}

TEST_F(HerderTest, RequestsOnOneConnectorWaitForItsTurn) {
  create("c", source());
  supervisor->hold = [](const std::string &call) { return call.starts_with("stop_tasks"); };
  const auto removed = remove("c");
  const auto created = create("c", source("u"));
  EXPECT_FALSE(*removed);
  EXPECT_FALSE(*created);
  supervisor->hold = [](const std::string &) { return false; };
  supervisor->release();
  run();
  EXPECT_TRUE(**removed);
  EXPECT_TRUE((*created)->value().created);
  EXPECT_EQ(view("c")->config.get("topic"), "u");
}

TEST_F(HerderTest, NamesComeInJavaOrder) {
  for (const char *name : {"running", "paused", "stopped", "null-state", "sink"})
    create(name, source());
  std::string names;
  for (const auto &connector : herder->snapshot()->connectors)
    names += connector->name + " ";
  EXPECT_EQ(names, "running null-state paused stopped sink ");
}

TEST_F(HerderTest, StandardInputHasOneReader) {
  const herder::SubmittedConfig reader{{"connector.class", "FileStreamSource"}, {"topic", "t"}};
  ASSERT_TRUE(**create("first", reader));
  const auto second = create("second", reader);
  ASSERT_FALSE(**second);
  EXPECT_EQ((*second)->error().code(), Code::BadRequest);
  EXPECT_EQ(
      (*second)->error().message(),
      "Connector second has no `file`, so it would read standard input, which connector first "
      "reads already: set `file` in one of them");
  EXPECT_EQ(view("second"), nullptr);
  EXPECT_TRUE(**put("first", reader)) << "it may be configured anew";
  ASSERT_TRUE(**create("second", source()));
  EXPECT_FALSE(**put("second", reader));
  remove("first");
  EXPECT_TRUE(**put("second", reader));
}

// Those of the command line are created at the same time.
TEST_F(HerderTest, OfTwoReadersAtOnceOneIsRefused) {
  const herder::SubmittedConfig reader{{"connector.class", "FileStreamSource"}, {"topic", "t"}};
  supervisor->hold = [](const std::string &call) { return call.starts_with("validate"); };
  const auto first = create("first", reader);
  const auto second = create("second", reader);
  supervisor->hold = [](const std::string &) { return false; };
  supervisor->release();
  run();
  EXPECT_TRUE(**first);
  EXPECT_FALSE(**second);
}

TEST_F(HerderTest, SnapshotsThatAreHeldDoNotChange) {
  create("c", source());
  const auto before = herder->snapshot();
  remove("c");
  EXPECT_NE(before->find("c"), nullptr);
  EXPECT_EQ(herder->snapshot()->find("c"), nullptr);
}

} // namespace
} // namespace tests
