// What must hold whatever happens to a cluster: over random histories of workers that come, go,
// die, fall silent, miss assignments and come back with old ones, of changing connectors and of
// leaders.
#include <ctime>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "host/cluster/assignor.h"
#include "host/cluster/load.h"

namespace host::cluster {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kRebalances = 10'000;
#else
constexpr int kRebalances = 120'000;
#endif

using Items = std::set<TaskId>;

Items items_of(const Work &work) {
  const auto items = sorted_items(work);
  EXPECT_EQ(items.size(), work.size()) << "something twice in one list";
  return {items.begin(), items.end()};
}

class Cluster {
public:
  Cluster(std::uint32_t seed, Duration max_delay) : random_(seed), max_delay_(max_delay) {
    for (int i = 1 + pick(5); i > 0; --i)
      join();
    for (int i = pick(8); i > 0; --i)
      configured_["c" + std::to_string(connectors_++)] = pick(6);
  }

  int rebalances() const { return generation_; }

  void live(int changes) {
    for (int i = 0; i < changes; ++i) {
      for (int n = pick(3); n > 0; --n)
        change();
      round(pick(12) == 0);
      now_ += Duration(pick(3) == 0 ? pick(3'000) : 0);
    }
    settle();
  }

private:
  struct Worker {
    std::unique_ptr<CooperativeAssignor> assignor;
    Work running;
    std::int32_t generation = -1; // the last one that it heard of
  };

  int pick(int below) { return std::uniform_int_distribution(0, below - 1)(random_); }
  template <class Map> auto any(Map &map) {
    return std::next(map.begin(), pick(static_cast<int>(map.size())));
  }

  void join() {
    const std::string id =
        "worker-" + std::to_string(pick(1 << 20)) + "-" + std::to_string(next_++);
    workers_[id].assignor = std::make_unique<CooperativeAssignor>(max_delay_);
  }

  void change() {
    switch (pick(8)) {
    case 0:
      if (workers_.size() < 9)
        join();
      break;
    case 1: // leaves or falls silent, and may come back, perhaps with all that it had
    case 2: // dies
      if (workers_.size() > 1) {
        const bool dies = pick(2) == 0;
        auto node = workers_.extract(any(workers_));
        if (dies)
          dead_.insert(node.key());
        else
          away_.insert(std::move(node));
      }
      break;
    case 3:
      if (!away_.empty()) {
        auto back = away_.extract(any(away_));
        if (pick(2) == 0)
          back.mapped().running = {};
        workers_.insert(std::move(back));
      }
      break;
    case 4:
    case 5:
      if (configured_.size() < 9)
        configured_["c" + std::to_string(connectors_++)] = pick(6);
      break;
    case 6:
      if (configured_.size() > 4)
        configured_.erase(any(configured_));
      break;
    default:
      if (!configured_.empty())
        any(configured_)->second = pick(8);
    }
  }

  Round next_round() {
    Worker &leader = workers_.begin()->second;
    Round round{.generation = ++generation_,
                .last_generation = leader.generation,
                .now = now_,
                .configured = {},
                .members = {},
                .dead = std::exchange(dead_, {})};
    for (const auto &[name, tasks] : configured_) {
      round.configured.connectors.push_back(name);
      for (int i = 0; i < tasks; ++i)
        round.configured.tasks.push_back({name, i});
    }
    for (const auto &[id, worker] : workers_)
      round.members.emplace(id, worker.running);
    return round;
  }

  // Whether another round is due, as Connect's workers would see it.
  bool round(bool some_miss_it) {
    const Round round = next_round();
    const Decision decision = workers_.begin()->second.assignor->assign(round);
    check(round, decision);
    bool again = decision.delay > Duration::zero();
    for (const auto &[id, orders] : decision.members) {
      again |= !orders.revoked.empty();
      if (some_miss_it && pick(2) == 0)
        continue;
      Worker &worker = workers_.at(id);
      worker.running = orders.all;
      worker.generation = generation_;
    }
    now_ += decision.delay;
    return again;
  }

  // No worker is told what another one has, and what is told adds up.
  void check(const Round &round, const Decision &decision) {
    const Items configured = items_of(round.configured);
    Items reported, given, left;
    for (const auto &[id, work] : round.members)
      reported.merge(items_of(work));
    ASSERT_EQ(decision.members.size(), round.members.size());
    for (const auto &[id, orders] : decision.members) {
      Items has = items_of(round.members.at(id));
      // What was lost may be handed to a candidate and taken again as above its share (as Connect
      // does), before it ever ran there.
      for (const TaskId &item : items_of(orders.revoked))
        ASSERT_TRUE(has.erase(item) > 0 || !reported.contains(item))
            << "revoked from one that has it not: " << item.text();
      for (const TaskId &item : items_of(orders.assigned)) {
        ASSERT_TRUE(configured.contains(item)) << "assigned without being configured";
        ASSERT_FALSE(reported.contains(item)) << "assigned while it runs: " << item.text();
        ASSERT_TRUE(given.insert(item).second) << "assigned twice: " << item.text();
        has.insert(item);
      }
      ASSERT_EQ(has, items_of(orders.all));
      for (const TaskId &item : has)
        ASSERT_TRUE(left.insert(item).second) << "left on two: " << item.text();
    }
    ASSERT_TRUE(std::ranges::includes(configured, left)) << "left running, though deleted";
    ASSERT_GE(decision.delay, Duration::zero());
    ASSERT_LE(decision.delay, max_delay_);
    const bool revokes = std::ranges::any_of(
        decision.members, [](const auto &member) { return !member.second.revoked.empty(); });
    if (revokes || decision.delay > Duration::zero())
      return;
    ASSERT_EQ(left, configured) << "nothing is to come, but something runs nowhere";
    check_balance(decision);
  }

  static void check_balance(const Decision &decision) {
    std::vector<std::size_t> connectors, tasks;
    for (const auto &[id, orders] : decision.members) {
      connectors.push_back(orders.all.connectors.size());
      tasks.push_back(orders.all.tasks.size());
    }
    ASSERT_LE(std::ranges::max(connectors) - std::ranges::min(connectors), 1u);
    ASSERT_LE(std::ranges::max(tasks) - std::ranges::min(tasks), 1u);
  }

  // Left alone, the cluster comes to rest, and then nothing moves any more.
  void settle() {
    int rounds = 0;
    while (round(false))
      ASSERT_LT(++rounds, 12) << "no rest";
    std::map<std::string, Work> before;
    for (const auto &[id, worker] : workers_)
      before.emplace(id, worker.running);
    ASSERT_FALSE(round(false));
    for (const auto &[id, worker] : workers_)
      ASSERT_EQ(worker.running, before.at(id)) << "moved without a reason";
  }

  std::mt19937 random_;
  Duration max_delay_;
  TimePoint now_{std::chrono::hours(1)};
  std::int32_t generation_ = 0;
  int next_ = 0;
  int connectors_ = 0;
  std::map<std::string, int> configured_; // connector → tasks
  std::map<std::string, Worker> workers_; // the first one leads
  std::map<std::string, Worker> away_;
  std::set<std::string> dead_;
};

TEST(AssignorProperties, HoldOverRandomHistories) {
  constexpr Duration kMaxDelays[] = {Duration(0), kDefaultMaxDelay, Duration(300'000)};
  int rebalances = 0;
  for (std::uint32_t seed = 1; rebalances < kRebalances; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Cluster cluster(seed, kMaxDelays[seed % 3]);
    for (int i = 0; i < 8; ++i)
      ASSERT_NO_FATAL_FAILURE(cluster.live(8));
    rebalances += cluster.rebalances();
  }
}

Work tasks(std::string_view connector, int from, int to) {
  Work work;
  for (int i = from; i < to; ++i)
    work.tasks.push_back({std::string(connector), i});
  return work;
}

// Rounds by hand: three workers with two tasks each, after which one is gone.
class Departure : public testing::Test {
protected:
  void SetUp() override {
    round_.configured = tasks("c", 0, 6);
    round_.members = {{"a", {}}, {"b", {}}, {"c", {}}};
    EXPECT_EQ(step().delay, Duration::zero());
    lost_ = round_.members.at("c");
    EXPECT_EQ(lost_.tasks.size(), 2u);
    round_.members.erase("c");
  }

  Decision step() {
    round_.last_generation = round_.generation++;
    if (round_.generation == 1)
      round_.last_generation = -1;
    Decision decision = assignor_.assign(round_);
    for (auto &[id, work] : round_.members)
      work = decision.members.at(id).all;
    return decision;
  }
  std::size_t running() const {
    std::size_t count = 0;
    for (const auto &[id, work] : round_.members)
      count += work.size();
    return count;
  }

  CooperativeAssignor assignor_{Duration(1'000)};
  Round round_{.generation = 0,
               .last_generation = -1,
               .now = TimePoint(std::chrono::hours(1)),
               .configured = {},
               .members = {},
               .dead = {}};
  Work lost_;
};

TEST_F(Departure, WorkWaitsForAWorkerThatMayComeBack) {
  EXPECT_EQ(step().delay, Duration(1'000));
  EXPECT_EQ(running(), 4u);
  round_.now += Duration(400);
  round_.members["c-again"] = {};
  EXPECT_EQ(step().delay, Duration(600));
  EXPECT_EQ(running(), 4u);
  round_.now += Duration(600);
  EXPECT_EQ(step().delay, Duration::zero());
  EXPECT_EQ(round_.members.at("c-again").tasks, lost_.tasks) << "it gets its own back";
}

TEST_F(Departure, WorkThatWaitedInVainMoves) {
  step();
  round_.now += Duration(1'000);
  step();
  EXPECT_EQ(running(), 6u);
}

TEST_F(Departure, WorkOfTheDeadMovesAtOnce) {
  round_.dead = {"c"};
  const Decision decision = step();
  EXPECT_EQ(decision.delay, Duration::zero());
  EXPECT_EQ(running(), 6u);
  for (const auto &[id, orders] : decision.members)
    EXPECT_TRUE(orders.revoked.empty()) << "the others do not stop";
}

TEST_F(Departure, DeathMayBecomeKnownLater) {
  EXPECT_EQ(step().delay, Duration(1'000));
  round_.dead = {"c"};
  EXPECT_EQ(step().delay, Duration::zero());
  EXPECT_EQ(running(), 6u);
}

TEST_F(Departure, OfTwoOnlyTheDeadIsNotWaitedFor) {
  round_.members.erase("b");
  round_.dead = {"c"};
  EXPECT_EQ(step().delay, Duration(1'000));
  EXPECT_EQ(running(), 4u);
}

TEST(EagerAssignor, DealsOutInTurn) {
  Round round;
  round.configured = {{"b", "a", "c"}, {{"a", 1}, {"a", 0}, {"b", 0}}};
  round.members = {{"w2", {{"old"}, {}}}, {"w1", {}}};
  const Decision decision = assign_eagerly(round);
  EXPECT_EQ(decision.members.at("w1").assigned, (Work{{"a", "c"}, {{"a", 1}}}));
  EXPECT_EQ(decision.members.at("w2").assigned, (Work{{"b"}, {{"a", 0}, {"b", 0}}}));
  EXPECT_TRUE(decision.members.at("w2").revoked.empty()) << "it has stopped before it joined";
}

double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// A step that took the square of the number of tasks would need minutes.
TEST(AssignorScale, FiftyThousandTasksOnAThousandWorkers) {
  CooperativeAssignor assignor(kDefaultMaxDelay);
  Round round{.generation = 1,
              .last_generation = -1,
              .now = TimePoint(std::chrono::hours(1)),
              .configured = {},
              .members = {},
              .dead = {}};
  for (int c = 0; c < 1'000; ++c) {
    round.configured.connectors.push_back("connector-" + std::to_string(c));
    for (int i = 0; i < 50; ++i)
      round.configured.tasks.push_back({round.configured.connectors.back(), i});
  }
  for (int i = 0; i < 1'000; ++i)
    round.members["worker-" + std::to_string(i)] = {};
  const double start = cpu_seconds();
  for (int i = 0; i < 4; ++i) {
    const Decision decision = assignor.assign(round);
    round.last_generation = round.generation++;
    round.members.clear();
    for (const auto &[id, orders] : decision.members)
      if (i != 1 || id.ends_with('7')) // nine of ten go at once, into one delay
        round.members.emplace(id, orders.all);
    round.now += decision.delay;
  }
  std::size_t running = 0;
  for (const auto &[id, work] : round.members)
    running += work.size();
  EXPECT_EQ(running, 51'000u);
  round.configured = {};
  for (const auto &[id, orders] : assignor.assign(round).members)
    running -= orders.revoked.size();
  EXPECT_EQ(running, 0u);
  EXPECT_LT(cpu_seconds() - start, 20.0);
}

} // namespace
} // namespace host::cluster
