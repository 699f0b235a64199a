#include "host/wire/remove_members.h"

#include "host/kafka/consumer.h"
#include "tests/broker/fixture.h"

namespace host::wire {
namespace {

class RemoveMembersBrokerTest : public host::test::BrokerTest {};

TEST_F(RemoveMembersBrokerTest, PartitionsOfARemovedMemberMoveAtOnce) {
  const std::string topic = unique("t");
  make_topic(topic, 2);
  std::size_t owned[2] = {0, 0};
  std::unique_ptr<kafka::Consumer> members[2];
  for (std::size_t i = 0; i < 2; ++i) {
    members[i] =
        kafka::Consumer::create(
            config(kafka::ClientKind::SinkConsumer, static_cast<std::int32_t>(i)),
            {.on_assigned = [&, i](auto partitions) { owned[i] += partitions.size(); },
             .on_revoked = [&, i](auto partitions, bool) { owned[i] -= partitions.size(); }})
            .value();
    ASSERT_TRUE(members[i]->subscribe({topic}));
  }
  const auto poll_until = [&](std::size_t first, std::size_t second) {
    const TimePoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(40);
    while (owned[0] != first || owned[1] != second) {
      if (std::chrono::steady_clock::now() > deadline)
        return false;
      for (auto &member : members)
        if (member) {
          EXPECT_TRUE(member->poll(10, Duration(50)));
        }
    }
    return true;
  };
  ASSERT_TRUE(poll_until(1, 1));
  members[0].reset(); // a static member stays known to the group for its session, 45 s
  const auto start = std::chrono::steady_clock::now();
  const std::string name = connector_.get("name");
  const Status removed = remove_members({worker_.get("bootstrap.servers"),
                                         "connect-" + name,
                                         {"connect-" + name + "-0", "never-there"}},
                                        start + std::chrono::seconds(10));
  ASSERT_TRUE(removed) << removed.error().message();
  ASSERT_TRUE(poll_until(0, 2));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

} // namespace
} // namespace host::wire
