#include "host/supervisor/fork_protocol.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace host::supervisor {
namespace {

using FdArray = std::array<int, kChildFdCount>;

union ControlBuffer {
  cmsghdr align;
  char bytes[CMSG_SPACE(sizeof(FdArray))];
};

} // namespace

void RunnerShape::set_title(std::string_view text) {
  title.fill('\0');
  const std::size_t n = std::min(text.size(), title.size() - 1);
  std::copy_n(text.data(), n, title.data());
}

int send_request(int socket, const ForkRequest &request, const ChildFds &fds) {
  const FdArray numbers{fds.link.get(), fds.log.get(), fds.error.get(), fds.page.get()};
  ControlBuffer control{};
  iovec part{const_cast<ForkRequest *>(&request), sizeof request};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof numbers);
  std::memcpy(CMSG_DATA(header), numbers.data(), sizeof numbers);
  while (::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    if (errno != EINTR)
      return errno;
  return 0;
}

int send_reply(int socket, const ForkReply &reply) {
  while (::send(socket, &reply, sizeof reply, MSG_NOSIGNAL) < 0)
    if (errno != EINTR)
      return errno;
  return 0;
}

ReceiveResult receive_request(int socket, ForkRequest &request, ChildFds &fds) {
  ControlBuffer control{};
  iovec part{&request, sizeof request};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  ssize_t n;
  do
    n = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    return {false, errno};
  if (n == 0)
    return {true, 0};
  const cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS ||
      header->cmsg_len != CMSG_LEN(sizeof(FdArray)) || n != sizeof request)
    return {false, EPROTO};
  FdArray numbers;
  std::memcpy(numbers.data(), CMSG_DATA(header), sizeof numbers);
  fds.link.reset(numbers[0]);
  fds.log.reset(numbers[1]);
  fds.error.reset(numbers[2]);
  fds.page.reset(numbers[3]);
  return {};
}

ReceiveResult receive_reply(int socket, ForkReply &reply) {
  // A peer that died with requests unread makes ECONNRESET come, once, before the replies that it
  // had sent: those name processes that nobody else knows of.
  ssize_t n;
  do
    n = ::recv(socket, &reply, sizeof reply, MSG_DONTWAIT);
  while (n < 0 && (errno == EINTR || errno == ECONNRESET));
  if (n < 0)
    return {false, errno};
  if (n == 0)
    return {true, 0};
  return {false, n == sizeof reply ? 0 : EPROTO};
}

} // namespace host::supervisor
