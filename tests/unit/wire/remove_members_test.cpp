#include "host/wire/remove_members.h"

#include <gtest/gtest.h>

#include "host/wire/group_messages.h"
#include "tests/unit/wire/answers.h"

namespace host::wire {
namespace {

using test::coordinator_at;
using test::FakeBroker;
using test::left;
using test::Request;

TimePoint in(Duration time) { return std::chrono::steady_clock::now() + time; }

TEST(RemoveMembers, AsksTheCoordinator) {
  FakeBroker coordinator([](const Request &request) { return left(request, 0, 0); });
  FakeBroker broker(
      [&](const Request &request) { return coordinator_at(request, coordinator.port()); });
  const Status removed = remove_members({broker.bootstrap(), "g", {"m-0"}}, in(Duration(10'000)));
  ASSERT_TRUE(removed) << removed.error().message();
  ASSERT_EQ(broker.requests().size(), 1u);
  EXPECT_EQ(broker.requests()[0].key, 10);
  EXPECT_EQ(broker.requests()[0].version, 2);
  ASSERT_EQ(coordinator.requests().size(), 1u);
  EXPECT_EQ(coordinator.requests()[0].key, 13);
  EXPECT_EQ(coordinator.requests()[0].version, 3);
  EXPECT_EQ(coordinator.requests()[0].body, encode(LeaveGroup{"g", {{"", "m-0"}}}).bytes());
}

TEST(RemoveMembers, AMemberThatIsGoneIsFine) {
  FakeBroker coordinator([](const Request &request) { return left(request, 0, 25); });
  FakeBroker broker(
      [&](const Request &request) { return coordinator_at(request, coordinator.port()); });
  EXPECT_TRUE(remove_members({broker.bootstrap(), "g", {"m-0"}}, in(Duration(10'000))));
}

TEST(RemoveMembers, AsksAgainWhereThatHelps) {
  int leaves = 0, finds = 0;
  FakeBroker coordinator(
      [&](const Request &request) { return left(request, ++leaves == 1 ? 16 : 0, 0); });
  FakeBroker broker([&](const Request &request) {
    return coordinator_at(request, coordinator.port(), ++finds == 1 ? 15 : 0);
  });
  // The first address refuses connections.
  const Status removed = remove_members(
      {"127.0.0.1:9, PLAINTEXT://" + broker.bootstrap(), "g", {"m-0"}}, in(Duration(20'000)));
  ASSERT_TRUE(removed) << removed.error().message();
  EXPECT_EQ(finds, 3);
  EXPECT_EQ(leaves, 2);
}

TEST(RemoveMembers, ARefusalIsFinal) {
  FakeBroker coordinator([](const Request &request) { return left(request, 30, 0); });
  FakeBroker broker(
      [&](const Request &request) { return coordinator_at(request, coordinator.port()); });
  const Status removed = remove_members({broker.bootstrap(), "g", {"m-0"}}, in(Duration(10'000)));
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code(), Code::Fatal);
  EXPECT_EQ(
      removed.error().message(),
      "removing members of group 'g': the broker answered with GROUP_AUTHORIZATION_FAILED (30)");
  EXPECT_EQ(coordinator.requests().size(), 1u);
}

TEST(RemoveMembers, ASilentBrokerCostsOnlyTheDeadline) {
  FakeBroker broker([](const Request &) { return std::string(); });
  const auto start = std::chrono::steady_clock::now();
  const Status removed = remove_members({broker.bootstrap(), "g", {"m-0"}}, in(Duration(300)));
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().exception(), "org.apache.kafka.common.errors.TimeoutException");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
}

TEST(RemoveMembers, AStopEndsTheWaitForASilentBroker) {
  std::stop_source source;
  FakeBroker broker([&](const Request &) {
    source.request_stop();
    return std::string();
  });
  const Status removed =
      remove_members({broker.bootstrap(), "g", {"m-0"}}, in(Duration(60'000)), source.get_token());
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code(), Code::Cancelled);
}

TEST(RemoveMembers, AStopEndsThePauseBetweenAttempts) {
  std::stop_source source;
  FakeBroker broker([&](const Request &request) {
    source.request_stop();
    return coordinator_at(request, 1, 15);
  });
  const Status removed =
      remove_members({broker.bootstrap(), "g", {"m-0"}}, in(Duration(60'000)), source.get_token());
  ASSERT_FALSE(removed);
  EXPECT_EQ(broker.requests().size(), 1u);
}

TEST(RemoveMembers, FramesThatAreNoneAreErrors) {
  const std::string frames[] = {
      "HTTP/1.1 400 Bad Request\r\n\r\n",                          // text
      std::string("\x15\x03\x03\x00\x02\x02\x0a\x00", 8),          // a TLS alert
      std::string("\x7f\xff\xff\xff\x00\x00\x00\x01", 8),          // larger than any answer
      std::string("\x00\x00\x00\x02\x00\x00\x00\x01", 8),          // smaller
      std::string("\x00\x00\x00\x06\x00\x00\x00\x63\x00\x00", 10), // for another request
      std::string("\x00\x00\x00\x06\x00\x00\x00\x01\x00\x00", 10), // cut off inside
  };
  for (const std::string &frame : frames) {
    FakeBroker broker([&](const Request &) { return frame; }, true);
    const Status removed = remove_members({broker.bootstrap(), "g", {"m-0"}}, in(Duration(5'000)));
    ASSERT_FALSE(removed);
    EXPECT_TRUE(removed.error().code() == Code::Data || removed.error().code() == Code::Config)
        << removed.error().message();
  }
}

TEST(RemoveMembers, AnEmptyAddressListIsAConfigError) {
  EXPECT_EQ(remove_members({"nothing", "g", {"m"}}, in(Duration(100))).error().code(),
            Code::Config);
}

} // namespace
} // namespace host::wire
