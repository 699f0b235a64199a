#include "host/cluster/leader.h"

#include <gtest/gtest.h>

#include "host/cluster/protocol.h"
#include "host/storage/config_table.h"

namespace host::cluster {
namespace {

class LeaderTest : public testing::Test {
protected:
  static constexpr std::int64_t kOffset = 7;

  void SetUp() override {
    read(0, "connector-a", R"({"properties":{}})");
    read(1, "connector-b", R"({"properties":{}})");
    read(2, "task-a-0", R"({"properties":{}})");
    read(3, "task-a-1", R"({"properties":{}})");
    read(4, "commit-a", R"({"tasks":2})");
    read(5, "task-b-5", R"({"properties":{}})");
    read(6, "commit-b", R"({"tasks":1})"); // not a complete set
    election_.seat = {
        .generation = 1, .protocol = "sessioned", .member_id = "m1", .leader_id = "m1"};
    election_.known = config_.snapshot();
    join("m1", kOffset);
    join("m2", kOffset);
  }

  void read(std::int64_t offset, std::string_view key, std::string_view value) {
    ASSERT_TRUE(config_.apply(offset, key, value));
  }
  void join(const std::string &id, std::int64_t offset,
            std::optional<Assignment> assignment = std::nullopt) {
    const WorkerState state{"http://" + id + ":8083/", offset, std::move(assignment)};
    election_.members.push_back({id, encode(state, Protocol::Sessioned)});
  }
  Leader::Plan plan() {
    auto plan = leader_.plan(election_, [this] { return config_.snapshot(); });
    EXPECT_TRUE(plan) << plan.error().message();
    told_.clear();
    for (const auto &member : plan->assignments)
      told_[member.member_id] = decode_assignment(member.assignment).value();
    return *std::move(plan);
  }

  storage::ConfigTable config_;
  Leader leader_{kDefaultMaxDelay};
  Leader::Election election_;
  std::map<std::string, Assignment> told_;
};

TEST_F(LeaderTest, HandsOutWhatIsConfigured) {
  const auto plan = this->plan();
  EXPECT_TRUE(plan.in_step);
  EXPECT_EQ(told_.size(), 2u);
  EXPECT_EQ(told_["m1"].connectors, std::vector<std::string>{"a"});
  EXPECT_EQ(told_["m1"].tasks, (std::vector<TaskId>{{"a", 0}}));
  EXPECT_EQ(told_["m2"].connectors, std::vector<std::string>{"b"});
  EXPECT_EQ(told_["m2"].tasks, (std::vector<TaskId>{{"a", 1}}));
  EXPECT_EQ(told_["m2"].leader, "m1");
  EXPECT_EQ(told_["m2"].leader_url, "http://m1:8083/");
  EXPECT_EQ(told_["m2"].config_offset, kOffset);
  EXPECT_EQ(told_["m2"].version, 2);
  ASSERT_NE(plan.owners->of_connector("b"), nullptr);
  EXPECT_EQ(*plan.owners->of_connector("b"), "http://m2:8083/");
  EXPECT_EQ(*plan.owners->of_task({"a", 0}), "http://m1:8083/");
  EXPECT_EQ(plan.owners->of_task({"a", 2}), nullptr);
}

TEST_F(LeaderTest, TakesANewerSnapshotWhenAMemberHasReadMore) {
  read(7, "connector-c", R"({"properties":{}})");
  read(8, "connector-d", R"({"properties":{}})");
  join("m3", 8);
  EXPECT_TRUE(plan().in_step);
  EXPECT_EQ(told_["m1"].config_offset, 9) << "what the assignment was made of";
  EXPECT_EQ(told_["m1"].connectors.size() + told_["m2"].connectors.size() +
                told_["m3"].connectors.size(),
            4u);
}

TEST_F(LeaderTest, BehindAMemberTellsAllToReadAgain) {
  join("m3", 20);
  EXPECT_FALSE(plan().in_step);
  for (const auto &[id, assignment] : told_) {
    EXPECT_TRUE(assignment.failed()) << id;
    EXPECT_EQ(assignment.config_offset, 20);
    EXPECT_TRUE(assignment.connectors.empty() && assignment.tasks.empty());
  }
  EXPECT_EQ(told_.size(), 3u);
}

TEST_F(LeaderTest, AStrangerGetsNothingAndStopsNobody) {
  election_.members.push_back({"x", "\xFFrubbish"});
  plan();
  EXPECT_EQ(told_.size(), 3u);
  EXPECT_TRUE(told_["x"].connectors.empty() && told_["x"].tasks.empty());
  EXPECT_EQ(told_["m1"].connectors.size(), 1u);
}

TEST_F(LeaderTest, OldWorkersMakeItEager) {
  election_.seat.protocol = "default";
  plan();
  EXPECT_EQ(told_["m1"].version, 0);
  EXPECT_EQ(told_["m1"].connectors, std::vector<std::string>{"a"});
  election_.seat.protocol = "range";
  EXPECT_FALSE(leader_.plan(election_, [this] { return config_.snapshot(); }));
}

TEST_F(LeaderTest, WhatTheDeadHadMovesAtOnce) {
  plan();
  const Assignment kept = told_["m1"];
  election_.last_generation = election_.seat.generation++;
  election_.members.clear();
  join("m1", kOffset, kept);
  election_.dead = {"m2"};
  EXPECT_EQ(plan().delay, Duration::zero());
  const Assignment now = merged(told_["m1"], kept);
  EXPECT_EQ(now.connectors, (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(now.tasks.size(), 2u);
}

TEST(Merged, IsWhatWasThereWithoutWhatWasRevoked) {
  Assignment before;
  before.connectors = {"a", "b"};
  before.tasks = {{"a", 0}, {"a", 1}};
  Assignment told;
  told.connectors = {"c"};
  told.revoked_connectors = {"a"};
  told.revoked_tasks = {{"a", 1}};
  const Assignment now = merged(told, before);
  EXPECT_EQ(now.connectors, (std::vector<std::string>{"c", "b"}));
  EXPECT_EQ(now.tasks, (std::vector<TaskId>{{"a", 0}}));
  EXPECT_EQ(merged(told, std::nullopt), told);
}

} // namespace
} // namespace host::cluster
