#include "host/wire/codec.h"

#include <random>

#include <gtest/gtest.h>

#include "host/wire/group_messages.h"

namespace host::wire {
namespace {

using namespace std::string_literals;

TEST(Codec, RequestsHaveTheBytesOfTheProtocol) {
  EXPECT_EQ(encode(FindCoordinator{"grp"}).bytes(), "\x00\x03grp\x00"s);
  EXPECT_EQ(encode(LeaveGroup{"grp", {{"", "a"}}}).bytes(),
            "\x00\x03grp\x00\x00\x00\x01\x00\x00\x00\x01"
            "a"s);
  EXPECT_EQ(request_frame(10, 2, 7, "me", encode(FindCoordinator{"g"})),
            "\x00\x00\x00\x10\x00\x0a\x00\x02\x00\x00\x00\x07\x00\x02me\x00\x01g\x00"s);
}

TEST(Codec, AnswersAreRead) {
  const auto found = decode_coordinator("\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x00\x01\x00\x04"
                                        "host\x00\x00\x23\x84"s);
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(found->host, "host");
  EXPECT_EQ(found->port, 9092);
  const auto left = decode_left("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01"
                                "a\x00\x19"s);
  ASSERT_TRUE(left) << left.error().message();
  ASSERT_EQ(left->members.size(), 1u);
  EXPECT_EQ(left->members[0].instance_id, "a");
  EXPECT_EQ(left->members[0].error, GroupError::UnknownMember);
}

TEST(Codec, EveryCutOrLongAnswerIsAnError) {
  const std::string whole = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01"
                            "a\x00\x19"s;
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(decode_left(whole.substr(0, size))) << size;
  EXPECT_FALSE(decode_left(whole + "x"));
  EXPECT_FALSE(decode_left("\x00\x00\x00\x00\x00\x00\x7f\xff\xff\xff"s)) << "a count too large";
  EXPECT_FALSE(decode_left("\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff"s)) << "a negative count";
  EXPECT_FALSE(decode_coordinator("\x00\x00\x00\x00\x00\x00\xff\xfe"s)) << "a negative length";
}

TEST(Codec, JoiningHasTheBytesOfTheProtocol) {
  EXPECT_EQ(encode(JoinGroup{"g", 10'000, 60'000, "m", "connect", {{"p", "xy"}}}).bytes(),
            "\x00\x01g\x00\x00\x27\x10\x00\x00\xea\x60\x00\x01m\xff\xff\x00\x07"
            "connect\x00\x00\x00\x01\x00\x01p\x00\x00\x00\x02xy"s);
  EXPECT_EQ(
      encode(SyncGroup{"g", 3, "m", {{"m", "z"}}}).bytes(),
      "\x00\x01g\x00\x00\x00\x03\x00\x01m\xff\xff\x00\x00\x00\x01\x00\x01m\x00\x00\x00\x01z"s);
  EXPECT_EQ(encode(Heartbeat{"g", 3, "m"}).bytes(), "\x00\x01g\x00\x00\x00\x03\x00\x01m\xff\xff"s);
}

const std::string kJoined = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05\x00\x01p\x00\x01l\x00\x01m"
                            "\x00\x00\x00\x01\x00\x01n\xff\xff\x00\x00\x00\x02xy"s;

TEST(Codec, JoinedAndSyncedAreRead) {
  const auto joined = decode_joined(kJoined);
  ASSERT_TRUE(joined) << joined.error().message();
  EXPECT_EQ(joined->generation, 5);
  EXPECT_EQ(joined->protocol, "p");
  EXPECT_EQ(joined->leader_id, "l");
  EXPECT_EQ(joined->member_id, "m");
  EXPECT_EQ(joined->members, (std::vector<JoinedMember>{{"n", "xy"}}));
  EXPECT_EQ(decode_synced("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01z"s)->assignment, "z");
  EXPECT_EQ(decode_synced("\x00\x00\x00\x00\x00\x1b\xff\xff\xff\xff"s)->error,
            GroupError::RebalanceInProgress);
  EXPECT_EQ(decode_heartbeat("\x00\x00\x00\x00\x00\x1b"s).value(), GroupError::RebalanceInProgress);
  const auto apis = decode_apis("\x00\x00\x00\x00\x00\x01\x00\x0b\x00\x02\x00\x09"s);
  ASSERT_TRUE(apis);
  EXPECT_TRUE(apis->offers(11, 2) && apis->offers(11, 9));
  EXPECT_FALSE(apis->offers(11, 1) || apis->offers(11, 10) || apis->offers(12, 2));
}

TEST(Codec, EveryCutJoinedIsAnError) {
  for (std::size_t size = 0; size < kJoined.size(); ++size)
    EXPECT_FALSE(decode_joined(kJoined.substr(0, size))) << size;
  EXPECT_FALSE(decode_joined(kJoined + "x"));
  EXPECT_FALSE(decode_synced("\x00\x00\x00\x00\x00\x00\x7f\xff\xff\xffz"s)) << "huge";
  EXPECT_FALSE(decode_synced("\x00\x00\x00\x00\x00\x00\x80\x00\x00\x00z"s)) << "negative";
}

TEST(Codec, ACoordinatorMustBeReachable) {
  const std::string head = "\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x00\x01"s;
  EXPECT_FALSE(decode_coordinator(head + "\x00\x00\x00\x00\x23\x84"s)) << "no host";
  EXPECT_FALSE(decode_coordinator(head + "\x00\x02h\x00\x00\x00\x23\x84"s)) << "a zero in it";
  EXPECT_FALSE(decode_coordinator(head + "\x00\x01h\x00\x01\x00\x00"s)) << "port 65536";
  EXPECT_FALSE(decode_coordinator(head + "\x00\x01h\xff\xff\xff\xff"s)) << "port -1";
}

TEST(Codec, ForeignBytesNeverCrash) {
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 64, '\0');
    for (char &c : bytes)
      c = random() % 3 == 0 ? static_cast<char>(random()) : '\0';
    (void)decode_left(bytes);
    (void)decode_coordinator(bytes);
    (void)decode_joined(bytes);
    (void)decode_synced(bytes);
    (void)decode_heartbeat(bytes);
    (void)decode_apis(bytes);
  }
}

} // namespace
} // namespace host::wire
