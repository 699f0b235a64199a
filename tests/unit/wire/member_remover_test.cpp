#include "host/wire/member_remover.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

#include <gtest/gtest.h>

#include "host/wire/group_messages.h"
#include "tests/unit/wire/answers.h"

namespace host::wire {
namespace {

using test::coordinator_at;
using test::FakeBroker;
using test::left;
using test::Request;

constexpr std::int16_t kNotCoordinator = 16;

// A broker that coordinates its groups itself. `on_leave` answers LeaveGroup requests.
class MemberRemoverTest : public testing::Test {
protected:
  ~MemberRemoverTest() override { remover.stop(); }

  std::string answer(const Request &request) {
    if (request.key == FindCoordinator::kKey)
      return coordinator_at(request, broker.port());
    std::size_t count = 0;
    {
      const std::lock_guard lock(mutex_);
      leaves_.push_back(request.body);
      count = leaves_.size();
      changed_.notify_all();
    }
    return on_leave(request, count);
  }
  // Bodies of the LeaveGroup requests, once there are that many.
  std::vector<std::string> leaves(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(20), [&] { return leaves_.size() >= count; });
    return leaves_;
  }
  StaticMember member(const std::string &id, const std::string &group = "g") const {
    return {broker.bootstrap(), group, id};
  }
  static std::string body(const std::string &group, std::vector<std::string> ids) {
    LeaveGroup request{group, {}};
    for (std::string &id : ids)
      request.members.push_back({"", std::move(id)});
    return encode(request).bytes();
  }

  std::mutex mutex_; // guards the following
  std::condition_variable changed_;
  std::vector<std::string> leaves_;
  std::function<std::string(const Request &, std::size_t count)> on_leave =
      [](const Request &request, std::size_t) { return left(request); };

  FakeBroker broker{[this](const Request &request) { return answer(request); }};
  MemberRemover remover;
};

TEST_F(MemberRemoverTest, RemovesWhatHasEnded) {
  remover.remove(member("m-0"));
  EXPECT_EQ(leaves(1), (std::vector{body("g", {"m-0"})}));
  remover.remove(member("m-1"));
  EXPECT_EQ(leaves(2).back(), body("g", {"m-1"}));
}

// While the first request waits, the others gather; the one that starts again does not leave.
TEST_F(MemberRemoverTest, AGroupsMembersLeaveTogetherWithoutTheKept) {
  const auto gate = std::make_shared<std::mutex>(); // the last answer may outlive this function
  std::unique_lock closed(*gate);
  on_leave = [gate](const Request &request, std::size_t) {
    const std::lock_guard pass(*gate);
    return left(request);
  };
  remover.remove(member("m-0"));
  leaves(1);
  for (const char *id : {"m-1", "m-2", "m-3"})
    remover.remove(member(id));
  remover.remove(member("n-0", "other"));
  remover.keep(member("m-2"));
  remover.keep(member("never-there"));
  closed.unlock();
  EXPECT_EQ(leaves(3),
            (std::vector{body("g", {"m-0"}), body("g", {"m-1", "m-3"}), body("other", {"n-0"})}));
}

TEST_F(MemberRemoverTest, AMemberThatStartsAgainIsNotAskedForAgain) {
  on_leave = [&](const Request &request, std::size_t count) {
    return left(request, count == 1 ? kNotCoordinator : std::int16_t{0});
  };
  remover.remove(member("m-0"));
  leaves(1);
  remover.keep(member("m-0"));
  remover.remove(member("n-0", "other"));
  EXPECT_EQ(leaves(2), (std::vector{body("g", {"m-0"}), body("other", {"n-0"})}));
}

TEST_F(MemberRemoverTest, TheOthersOfAWithdrawnRoundAreTriedAgain) {
  const auto silent = std::make_shared<std::atomic<bool>>(true);
  on_leave = [silent](const Request &request, std::size_t) {
    return *silent ? std::string() : left(request);
  };
  remover.remove(member("m-0"));
  leaves(1);
  remover.remove(member("m-1"));
  remover.remove(member("m-2"));
  *silent = false;
  remover.keep(member("m-0")); // ends the wait for the answer
  EXPECT_EQ(leaves(2).back(), body("g", {"m-1", "m-2"}));
}

TEST_F(MemberRemoverTest, ABrokerThatNeverAnswersDelaysNobody) {
  on_leave = [](const Request &, std::size_t) { return std::string(); };
  remover.remove(member("m-0"));
  leaves(1);
  const auto start = std::chrono::steady_clock::now();
  remover.remove(member("m-1"));
  remover.stop(Duration(100));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
  remover.remove(member("m-2"));
  EXPECT_EQ(leaves(1).size(), 1u);
}

TEST_F(MemberRemoverTest, StopWaitsForWhatIsUnderWay) {
  remover.remove(member("m-0"));
  remover.stop(Duration(20'000));
  EXPECT_EQ(leaves(1).size(), 1u);
}

TEST(MemberRemover, PatienceEnds) {
  MemberRemover remover(Duration(300));
  std::atomic<int> asked = 0;
  FakeBroker broker([&](const Request &request) {
    ++asked;
    return coordinator_at(request, 1, 15); // never available
  });
  remover.remove({broker.bootstrap(), "g", "m-0"});
  remover.stop(Duration(20'000));
  EXPECT_GE(asked, 1);
}

} // namespace
} // namespace host::wire
