#include "host/link/channel.h"

#include <sys/socket.h>

#include "host/link/frame_reader.h"
#include "tests/unit/link/test_loop.h"

namespace host::link {
namespace {

using Ends = std::pair<std::unique_ptr<Channel>, std::unique_ptr<Channel>>;

Ends socket_ends() {
  auto pair = socket_pair();
  EXPECT_TRUE(pair);
  return {socket_channel(std::move(pair->first)), socket_channel(std::move(pair->second))};
}

// Both kinds of channel keep the same promises. Each end has a loop of its own, as in life.
class ChannelTest : public testing::TestWithParam<Ends (*)()> {
protected:
  ChannelTest() : ends_(GetParam()()) {}
  ~ChannelTest() override {
    a_.call([&] { ends_.first.reset(); });
    b_.call([&] { ends_.second.reset(); });
  }

  static Channel::Handlers note(Journal &journal) {
    return {[&](std::string frame) {
              journal.add(frame.size() < 20 ? frame : std::to_string(frame.size()) + " bytes");
            },
            [&](Error error) {
              journal.add("closed " + std::to_string(static_cast<int>(error.code())));
            }};
  }
  static std::string closed(Code code) {
    return "closed " + std::to_string(static_cast<int>(code));
  }

  void open() {
    a_.call([&] { ends_.first->open(a_.loop, note(at_a_)); });
    b_.call([&] { ends_.second->open(b_.loop, note(at_b_)); });
  }
  void send(std::vector<std::string> frames) {
    a_.call([&] {
      for (auto &frame : frames)
        ends_.first->send(std::move(frame));
    });
  }

  TestLoop a_, b_;
  Journal at_a_, at_b_;
  Ends ends_;
};

TEST_P(ChannelTest, FramesArriveInOrderBothWays) {
  open();
  send({"1", "2", "3"});
  b_.call([&] { ends_.second->send("back"); });
  EXPECT_EQ(at_b_.wait_for(3), (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(at_a_.wait_for(1), std::vector<std::string>{"back"});
}

TEST_P(ChannelTest, WhatWasSentBeforeTheOtherEndOpenedIsNotLost) {
  a_.call([&] {
    ends_.first->open(a_.loop, note(at_a_));
    ends_.first->send("early");
  });
  b_.call([&] { ends_.second->open(b_.loop, note(at_b_)); });
  EXPECT_EQ(at_b_.wait_for(1), std::vector<std::string>{"early"});
}

TEST_P(ChannelTest, TheLargestFramePasses) {
  open();
  send({std::string(kMaxFrameBytes, 'x'), "after"});
  EXPECT_EQ(at_b_.wait_for(2),
            (std::vector<std::string>{std::to_string(kMaxFrameBytes) + " bytes", "after"}));
}

TEST_P(ChannelTest, ManyFramesPassAQueueThatFillsAndEmpties) {
  open();
  for (int round = 0; round < 20; ++round) {
    send({std::string(1 << 20, 'x'), std::string(1 << 20, 'y')});
    at_b_.wait_for(static_cast<std::size_t>(round + 1) * 2);
  }
  EXPECT_TRUE(at_a_.now().empty());
}

TEST_P(ChannelTest, APeerThatDoesNotReadIsAtFaultAndNobodyWaits) {
  a_.call([&] { ends_.first->open(a_.loop, note(at_a_)); });
  send({std::string(kMaxQueuedBytes, 'x'), std::string(kMaxQueuedBytes, 'y'), "z"});
  EXPECT_EQ(at_a_.wait_for(1), std::vector<std::string>{closed(Code::Timeout)});
  send({"later"});
  a_.call([] {});
  EXPECT_EQ(at_a_.now().size(), 1u);
}

TEST_P(ChannelTest, TheEndOfOneSideIsToldOnceAfterAllItsFrames) {
  open();
  a_.call([&] {
    ends_.first->send("last words");
    ends_.first.reset();
  });
  EXPECT_EQ(at_b_.wait_for(2), (std::vector<std::string>{"last words", closed(Code::Unavailable)}));
  b_.call([&] { ends_.second->send("into the void"); });
  b_.call([] {});
  EXPECT_EQ(at_b_.now().size(), 2u);
  EXPECT_TRUE(at_a_.now().empty());
}

TEST_P(ChannelTest, LastWordsAreHeardAlsoByASenderThatFails) {
  b_.call([&] { ends_.second->open(b_.loop, note(at_b_)); });
  a_.call([&] { ends_.first->open(a_.loop, note(at_a_)); });
  b_.call([&] { // while this runs, b cannot read
    a_.call([&] {
      ends_.first->send("last words");
      ends_.first->close();
    });
    ends_.second->send("fails");
  });
  EXPECT_EQ(at_b_.wait_for(2), (std::vector<std::string>{"last words", closed(Code::Unavailable)}));
}

TEST_P(ChannelTest, FinishSendsWhatIsQueuedAndThenCloses) {
  open();
  a_.call([&] {
    for (int i = 0; i < 3; ++i)
      ends_.first->send(std::string(1 << 20, 'x'));
    ends_.first->finish();
    ends_.first->send("too late");
  });
  EXPECT_EQ(at_a_.wait_for(1), std::vector<std::string>{closed(Code::Cancelled)});
  const std::string frame = std::to_string(1 << 20) + " bytes";
  EXPECT_EQ(at_b_.wait_for(4),
            (std::vector<std::string>{frame, frame, frame, closed(Code::Unavailable)}));
}

TEST_P(ChannelTest, NothingIsCalledAfterClose) {
  open();
  b_.call([&] { // while this runs, b cannot read
    send({"1", "2"});
    ends_.second->close();
  });
  EXPECT_EQ(at_a_.wait_for(1), std::vector<std::string>{closed(Code::Unavailable)});
  b_.call([] {});
  EXPECT_TRUE(at_b_.now().empty());
}

TEST_P(ChannelTest, AHandlerMayDestroyTheChannel) {
  a_.call([&] { ends_.first->open(a_.loop, note(at_a_)); });
  send({"1", "2", "3"});
  b_.call([&] {
    ends_.second->open(b_.loop, {[&](std::string frame) {
                                   ends_.second.reset();
                                   at_b_.add(frame);
                                 },
                                 [&](Error) { at_b_.add("closed"); }});
  });
  EXPECT_EQ(at_a_.wait_for(1), std::vector<std::string>{closed(Code::Unavailable)});
  b_.call([] {});
  EXPECT_EQ(at_b_.now(), std::vector<std::string>{"1"});
}

TEST_P(ChannelTest, TheClosedHandlerMayDestroyTheChannel) {
  open();
  b_.call([&] { ends_.second.reset(); });
  EXPECT_EQ(at_a_.wait_for(1), std::vector<std::string>{closed(Code::Unavailable)});
  a_.call([&] { ends_.first.reset(); });
}

INSTANTIATE_TEST_SUITE_P(Socket, ChannelTest, testing::Values(&socket_ends));
INSTANTIATE_TEST_SUITE_P(Memory, ChannelTest, testing::Values(&memory_channels));

TEST(SocketChannel, BytesThatAreNoFrameCloseIt) {
  TestLoop test;
  Journal journal;
  auto pair = socket_pair();
  ASSERT_TRUE(pair);
  std::unique_ptr<Channel> channel = socket_channel(std::move(pair->first));
  test.call([&] {
    channel->open(test.loop, {[&](std::string frame) { journal.add(frame); },
                              [&](Error error) { journal.add(error.message()); }});
  });
  const std::string bytes = frame_header(2) + "ok" + "\xff\xff\xff\xff";
  ASSERT_EQ(::send(pair->second.get(), bytes.data(), bytes.size(), 0),
            static_cast<ssize_t>(bytes.size()));
  EXPECT_EQ(journal.wait_for(2)[0], "ok");
  EXPECT_EQ(journal.now()[1],
            "a frame of 4294967295 bytes was announced; allowed are 1 to 16777216");
  test.call([&] { channel.reset(); });
}

TEST(SocketChannel, HalfAFrameAtTheEndIsJustTheEnd) {
  TestLoop test;
  Journal journal;
  auto pair = socket_pair();
  ASSERT_TRUE(pair);
  std::unique_ptr<Channel> channel = socket_channel(std::move(pair->first));
  test.call([&] {
    channel->open(test.loop, {[&](std::string frame) { journal.add(frame); },
                              [&](Error error) { journal.add(error.message()); }});
  });
  const std::string bytes = frame_header(100) + "half";
  ASSERT_EQ(::send(pair->second.get(), bytes.data(), bytes.size(), 0),
            static_cast<ssize_t>(bytes.size()));
  pair->second.reset();
  EXPECT_EQ(journal.wait_for(1)[0], "the other end of the link is closed");
  test.call([&] { channel.reset(); });
}

} // namespace
} // namespace host::link
