#include "host/wire/codec.h"

#include <random>

#include <gtest/gtest.h>

#include "host/wire/group_messages.h"

namespace host::wire {
namespace {

using namespace std::string_literals;

TEST(Codec, RequestsHaveTheBytesOfTheProtocol) {
  EXPECT_EQ(encode(FindCoordinator{"grp"}).bytes(), "\x00\x03grp\x00"s);
  EXPECT_EQ(encode(LeaveGroup{"grp", {"a"}}).bytes(), "\x00\x03grp\x00\x00\x00\x01\x00\x00\x00\x01"
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
  EXPECT_EQ(left->members[0].error, 25);
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

TEST(Codec, ForeignBytesNeverCrash) {
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 64, '\0');
    for (char &c : bytes)
      c = random() % 3 == 0 ? static_cast<char>(random()) : '\0';
    (void)decode_left(bytes);
    (void)decode_coordinator(bytes);
  }
}

} // namespace
} // namespace host::wire
