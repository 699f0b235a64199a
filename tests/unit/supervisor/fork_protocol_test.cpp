#include "host/supervisor/fork_protocol.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include <gtest/gtest.h>

namespace host::supervisor {
namespace {

class ForkProtocolTest : public ::testing::Test {
protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    host_.reset(ends[0]);
    template_.reset(ends[1]);
  }

  UniqueFd host_;
  UniqueFd template_;
};

UniqueFd null() { return UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC)); }

TEST_F(ForkProtocolTest, DescriptorsArriveInOrderAndCloseOnExec) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd read(ends[0]);
  ForkRequest sent;
  sent.id = 7;
  sent.shape.set_title("orders");
  {
    ChildFds fds;
    fds.link = null();
    fds.log = null();
    fds.error = UniqueFd(ends[1]);
    fds.page = null();
    ASSERT_EQ(send_request(host_.get(), sent, fds), 0);
  }
  ForkRequest got;
  ChildFds fds;
  const ReceiveResult result = receive_request(template_.get(), got, fds);
  ASSERT_EQ(result.error, 0);
  EXPECT_EQ(got.id, 7u);
  EXPECT_STREQ(got.shape.title.data(), "orders");
  ASSERT_EQ(::write(fds.error.get(), "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(::read(read.get(), &byte, 1), 1);
  EXPECT_NE(::fcntl(fds.page.get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(ForkProtocolTest, TheHostNeverWaits) {
  ForkReply reply;
  EXPECT_EQ(receive_reply(host_.get(), reply).error, EAGAIN);
  ASSERT_EQ(send_reply(template_.get(), {3, 99, 0}), 0);
  EXPECT_EQ(receive_reply(host_.get(), reply).error, 0);
  EXPECT_EQ(reply.id, 3u);
  EXPECT_EQ(reply.pid, 99);
  template_.reset();
  EXPECT_TRUE(receive_reply(host_.get(), reply).closed);
}

TEST_F(ForkProtocolTest, RepliesOfATemplateThatDiedWithRequestsUnreadAreReceived) {
  ChildFds fds;
  fds.link = null();
  fds.log = null();
  fds.error = null();
  fds.page = null();
  ASSERT_EQ(send_request(host_.get(), {}, fds), 0);
  ASSERT_EQ(send_reply(template_.get(), {3, 99, 0}), 0);
  template_.reset();
  ForkReply reply;
  EXPECT_EQ(receive_reply(host_.get(), reply).error, 0);
  EXPECT_EQ(reply.pid, 99);
  EXPECT_TRUE(receive_reply(host_.get(), reply).closed);
}

TEST_F(ForkProtocolTest, APacketWithoutDescriptorsIsRefused) {
  const std::string junk(10, 'x');
  ASSERT_EQ(::send(host_.get(), junk.data(), junk.size(), 0), 10);
  ForkRequest got;
  ChildFds fds;
  EXPECT_EQ(receive_request(template_.get(), got, fds).error, EPROTO);
}

TEST(RunnerShapeTest, LongTitlesAreCut) {
  RunnerShape shape;
  shape.set_title(std::string(500, 'x'));
  EXPECT_EQ(std::string(shape.title.data()), std::string(shape.title.size() - 1, 'x'));
}

} // namespace
} // namespace host::supervisor
