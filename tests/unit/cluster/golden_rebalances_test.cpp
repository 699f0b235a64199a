// Compares decisions of our cooperative assignor with those of Kafka Connect's over the histories
// of data/rebalances.jsonl (by tests/oracle/cluster). SLUICE_REBALANCES names a further file.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include <gtest/gtest.h>

#include "host/cluster/assignor.h"
#include "host/json/parse.h"

namespace host::cluster {
namespace {

void add_item(Work &work, const std::string &item) {
  const auto dash = item.find('-');
  if (dash == std::string::npos)
    work.connectors.push_back(item);
  else
    work.tasks.push_back({item.substr(0, dash), std::stoi(item.substr(dash + 1))});
}

Work work_of(const json::Value &items) {
  Work work;
  for (const json::Value &item : items.items())
    add_item(work, std::string(item.text()));
  return work;
}

Work configured_in(const json::Value &counts) {
  Work work;
  for (const json::Member &connector : counts.members()) {
    work.connectors.push_back(connector.key);
    for (std::int32_t i = 0; i < connector.value.integer().value(); ++i)
      work.tasks.push_back({connector.key, i});
  }
  return work;
}

// As the file has it; in which order things are told does not count.
Work sorted(Work work) {
  std::ranges::sort(work.connectors);
  std::ranges::sort(work.tasks);
  return work;
}
Work sorted_words(const std::string &words) {
  Work work;
  std::istringstream stream(words);
  for (std::string word; stream >> word;)
    add_item(work, word);
  return sorted(std::move(work));
}

Round round_of(const json::Value &line) {
  Round round;
  round.generation = static_cast<std::int32_t>(line.integer_of("gen").value());
  round.last_generation = static_cast<std::int32_t>(line.integer_of("last").value());
  round.now = TimePoint(Duration(line.integer_of("now").value()));
  round.configured = configured_in(*line.find("configured"));
  for (const json::Member &member : line.find("members")->members())
    round.members.emplace(member.key, work_of(member.value));
  return round;
}

class GoldenRebalances {
public:
  void read(const std::string &path) {
    std::ifstream file(path);
    ASSERT_TRUE(file) << path;
    for (std::string text; std::getline(file, text);) {
      const auto line = json::parse(text);
      ASSERT_TRUE(line) << text;
      if (const json::Value *max = line->find("max")) {
        assignor_.emplace(Duration(max->integer().value()));
        in_step_ = true;
        known_.clear();
      }
      ++rounds_;
      if (in_step_)
        compare(*line, text);
    }
  }
  int rounds() const { return rounds_; }
  int compared() const { return compared_; }

private:
  void compare(const json::Value &line, const std::string &text) {
    const Round round = round_of(line);
    in_step_ = !reports_forgotten(round);
    const Decision decision = assignor_->assign(round);
    if (!in_step_)
      return;
    ++compared_;
    EXPECT_EQ(decision.delay.count(), line.integer_of("delay").value()) << text;
    for (const json::Member &member : line.find("orders")->members()) {
      const auto &orders = decision.members.at(member.key);
      EXPECT_EQ(sorted(orders.assigned), sorted_words(member.value.string_of("+").value()))
          << "assigned to " << member.key << ": " << text;
      EXPECT_EQ(sorted(orders.revoked), sorted_words(member.value.string_of("-").value()))
          << "revoked from " << member.key << ": " << text;
    }
  }
  // Connect leaves a deleted connector running where a leader does not know that it once gave it;
  // we do not, so that the rest of that history cannot be the same.
  bool reports_forgotten(const Round &round) {
    const bool missed = round.last_generation != std::exchange(generation_, round.generation);
    std::set<TaskId> configured = items_of(round.configured);
    std::set<TaskId> known;
    bool forgotten = false;
    for (const auto &[id, work] : round.members)
      for (const TaskId &item : items_of(work)) {
        forgotten |= !configured.contains(item) && (missed || !known_.contains(item));
        known.insert(item);
      }
    known_ = std::move(configured);
    known_.merge(known);
    return forgotten;
  }
  static std::set<TaskId> items_of(const Work &work) {
    std::set<TaskId> items(work.tasks.begin(), work.tasks.end());
    for (const std::string &connector : work.connectors)
      items.insert({connector, -1});
    return items;
  }

  std::optional<CooperativeAssignor> assignor_;
  bool in_step_ = true;
  std::int32_t generation_ = -1;
  std::set<TaskId> known_; // configured or reported in the round before
  int rounds_ = 0;
  int compared_ = 0;
};

TEST(GoldenRebalances, DecidesAsConnectDoes) {
  GoldenRebalances golden;
  golden.read(SLUICE_CLUSTER_DATA "/rebalances.jsonl");
  EXPECT_GE(golden.rounds(), 1'000);
  EXPECT_GE(golden.compared(), golden.rounds() * 4 / 5);
  if (const char *further = std::getenv("SLUICE_REBALANCES")) {
    golden.read(further);
    std::printf("%d rounds, %d compared\n", golden.rounds(), golden.compared());
  }
}

} // namespace
} // namespace host::cluster
