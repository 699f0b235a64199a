#include "host/wire/remove_members.h"

#include <gtest/gtest.h>

#include "host/wire/group_messages.h"
#include "tests/unit/wire/fake_broker.h"

namespace host::wire {
namespace {

using test::FakeBroker;
using test::Request;

TimePoint in(Duration time) { return std::chrono::steady_clock::now() + time; }

std::string coordinator_at(const Request &request, std::int32_t port, std::int16_t error = 0) {
  Encoder body;
  body.int32(0);
  body.int16(error);
  body.nullable(std::nullopt);
  body.int32(1);
  body.string("127.0.0.1");
  body.int32(port);
  return FakeBroker::frame(request.correlation, body);
}

std::string left(const Request &request, std::int16_t error, std::int16_t member_error) {
  Encoder body;
  body.int32(0);
  body.int16(error);
  body.int32(1);
  body.string("");
  body.nullable("m-0");
  body.int16(member_error);
  return FakeBroker::frame(request.correlation, body);
}

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
  EXPECT_EQ(coordinator.requests()[0].body, encode(LeaveGroup{"g", {"m-0"}}).bytes());
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
  EXPECT_EQ(removed.error().message(),
            "removing members of group 'g': the broker answered with error 30");
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
    FakeBroker broker([&](const Request &) { return frame; });
    const Status removed = remove_members({broker.bootstrap(), "g", {"m-0"}}, in(Duration(5'000)));
    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().code(), Code::Data) << removed.error().message();
  }
}

TEST(RemoveMembers, AnEmptyAddressListIsAConfigError) {
  EXPECT_EQ(remove_members({"nothing", "g", {"m"}}, in(Duration(100))).error().code(),
            Code::Config);
}

} // namespace
} // namespace host::wire
