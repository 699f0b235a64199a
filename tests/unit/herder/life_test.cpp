// Start, end and readiness of the herder itself.
#include <future>

#include "tests/unit/herder/herder_fixture.h"

namespace tests {
namespace {

using namespace host;

herder::CreateRequest request(const std::string &name, herder::SubmittedConfig config) {
  config.set("name", name);
  return {name, std::move(config), TargetState::Started};
}

class HerderLifeTest : public HerderTest {
protected:
  HerderLifeTest() {
    herder->stop();
    herder::WorkerOptions options;
    options.waiting_for = [] { return std::string("Kafka at b:9092"); };
    make(std::move(options));
  }
};

TEST_F(HerderLifeTest, RequestsWaitUntilTheWorkerIsOpen) {
  const auto created = create("c", source());
  EXPECT_FALSE(*created);
  EXPECT_FALSE(herder->ready());
  EXPECT_EQ(herder->stage()->description, "waiting for Kafka at b:9092");
  EXPECT_EQ(herder->stage()->began_wall_ms, clock.wall_ms());
  EXPECT_EQ(herder->snapshot()->kafka_cluster_id, "");
  const auto pong = start<void>([&](auto done) { herder->ping(std::move(done)); });
  EXPECT_TRUE(*pong) << "health does not wait";
  open();
  EXPECT_TRUE(**created);
  EXPECT_TRUE(herder->ready());
  EXPECT_FALSE(herder->stage());
  EXPECT_EQ(herder->snapshot()->kafka_cluster_id, "cluster");
}

TEST_F(HerderLifeTest, RequestsThatWaitAreRefusedWhenTheWorkerStops) {
  const auto created = create("c", source());
  EXPECT_FALSE(*created);
  herder->stop();
  ASSERT_TRUE(*created);
  EXPECT_EQ((*created)->error().message(), "Worker is shutting down");
}

TEST_F(HerderLifeTest, ConnectorsOfTheCommandLineStartTogether) {
  supervisor->hold = [](const std::string &call) { return call == "start a STARTED"; };
  const auto started = start<void>([&](auto done) {
    herder->open("id", {request("a", source()), request("b", source())}, std::move(done));
  });
  EXPECT_FALSE(*started);
  EXPECT_FALSE(herder->ready());
  EXPECT_EQ(states("b"), "RUNNING [RUNNING]") << "b does not wait for a";
  supervisor->release();
  run();
  EXPECT_TRUE(**started);
  EXPECT_TRUE(herder->ready());
}

TEST_F(HerderLifeTest, TheFirstConnectorThatCannotBeCreatedIsTold) {
  const auto started = start<void>([&](auto done) {
    herder->open("id",
                 {request("a", source()), request("b", {{"connector.class", "Nope"}}),
                  request("c", {{"topic", "t"}})},
                 std::move(done));
  });
  EXPECT_EQ((*started)->error().message().find("while creating connector b: Failed to find any"),
            0U)
      << (*started)->error().message();
  EXPECT_FALSE(herder->ready());
}

TEST_F(HerderLifeTest, StopEndsAllTasksAtOnceThenTheConnectors) {
  herder->tick().run_due();
  herder->start(*supervisor);
  std::promise<void> opened;
  herder->open("id", {request("a", source()), request("b", source())},
               [&](const Status &) { opened.set_value(); });
  opened.get_future().wait();
  supervisor->take_calls();
  herder->stop();
  EXPECT_EQ(supervisor->take_calls(), (Calls{"stop_tasks a-0 b-0", "remove a", "remove b"}));
  const auto late = create("c", source());
  EXPECT_EQ((*late)->error().message(), "Worker is shutting down");
}

TEST_F(HerderLifeTest, StopDoesNotWaitForEverForASupervisorThatDoesNotAnswer) {
  herder::WorkerOptions options;
  options.stop_timeout = Duration(20);
  make(std::move(options));
  herder->start(*supervisor);
  std::promise<void> opened;
  herder->open("id", {request("a", source())}, [&](const Status &) { opened.set_value(); });
  opened.get_future().wait();
  supervisor->hold = [](const std::string &) { return true; };
  herder->stop();
  EXPECT_EQ(herder->jobs().size(), 0U) << "what waits is freed";
}

TEST_F(HerderLifeTest, RequestsFromManyThreadsAreAllAnswered) {
  herder->start(*supervisor);
  herder->open("id", {}, [](const Status &) {});
  constexpr int kThreads = 4;
  constexpr int kEach = 25;
  std::atomic<int> answered = 0;
  std::promise<void> all;
  const auto count = [&](const auto &) {
    if (++answered == kThreads * kEach * 2)
      all.set_value();
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string name = "c" + std::to_string((t * kEach + i) % 10);
        herder->create(request(name, source()), count);
        herder->remove(name, count);
        (void)herder->snapshot()->find(name);
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(all.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
}

} // namespace
} // namespace tests
