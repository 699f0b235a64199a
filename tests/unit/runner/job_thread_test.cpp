#include "host/runner/job_thread.h"

#include <future>
#include <stdexcept>

#include <gtest/gtest.h>

namespace host::runner {
namespace {

TEST(JobThread, RunsJobsInOrderOnOneThread) {
  std::vector<int> order;
  std::vector<std::thread::id> threads;
  {
    JobThread jobs("jobs");
    for (int i = 0; i < 100; ++i)
      jobs.post([&, i] {
        order.push_back(i);
        threads.push_back(std::this_thread::get_id());
      });
  }
  ASSERT_EQ(order.size(), 100u) << "what was posted runs before the end";
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
    EXPECT_EQ(threads[static_cast<std::size_t>(i)], threads[0]);
  }
}

TEST(JobThread, AJobThatThrowsHarmsNoOther) {
  int ran = 0;
  {
    JobThread jobs("jobs");
    jobs.post([] { throw std::runtime_error("x"); });
    jobs.post([] { throw 42; });
    jobs.post([&] { ++ran; });
  }
  EXPECT_EQ(ran, 1);
}

TEST(JobThread, AJobIsDestroyedOnItsThread) {
  struct Witness {
    std::promise<std::thread::id> &where;
    ~Witness() { where.set_value(std::this_thread::get_id()); }
  };
  std::promise<std::thread::id> destroyed;
  std::promise<std::thread::id> ran;
  JobThread jobs("jobs");
  jobs.post([&, witness = std::make_shared<Witness>(destroyed)] {
    ran.set_value(std::this_thread::get_id());
  });
  EXPECT_EQ(destroyed.get_future().get(), ran.get_future().get());
}

TEST(JobThread, StartsAgainAfterItWasIdle) {
  JobThread jobs("jobs");
  std::promise<void> first, second;
  jobs.post([&] { first.set_value(); });
  first.get_future().get();
  // Longer than it lingers; whichever of the two finds the other, the job must run.
  std::promise<void> never;
  never.get_future().wait_for(std::chrono::milliseconds(1050));
  jobs.post([&] { second.set_value(); });
  EXPECT_EQ(second.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

} // namespace
} // namespace host::runner
