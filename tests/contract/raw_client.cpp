#include "tests/contract/raw_client.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cctype>
#include <cerrno>

namespace tests {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

RawReply parse_head(std::string_view head) {
  RawReply reply;
  reply.status = std::stoi(std::string(head.substr(head.find(' ') + 1, 3)));
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;) {
    const std::size_t end = head.find("\r\n", at + 2);
    const std::string_view line = head.substr(at + 2, end - at - 2);
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos)
      reply.headers[lower(std::string(line.substr(0, colon)))] = line.substr(colon + 2);
    at = end;
  }
  return reply;
}

} // namespace

RawClient::RawClient(std::uint16_t port, std::chrono::milliseconds limit)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  timeval wait{};
  wait.tv_sec = limit.count() / 1000;
  wait.tv_usec = static_cast<suseconds_t>(limit.count() % 1000 * 1000);
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  if (::connect(fd_.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
    fd_.reset();
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawClient::fill() {
  char buffer[16384];
  const ssize_t got = ::recv(fd_.get(), buffer, sizeof buffer, 0);
  if (got <= 0) {
    end_ = got == 0 || errno == ECONNRESET;
    return false;
  }
  received_.append(buffer, static_cast<std::size_t>(got));
  return true;
}

std::optional<RawReply> RawClient::receive(bool head) {
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos)
    if (!fill())
      return std::nullopt;
  RawReply reply = parse_head(std::string_view(received_).substr(0, end));
  received_.erase(0, end + 4);
  const auto length = reply.headers.find("content-length");
  const std::size_t size = length == reply.headers.end() || head ? 0 : std::stoul(length->second);
  while (received_.size() < size)
    if (!fill())
      return std::nullopt;
  reply.body = received_.substr(0, size);
  received_.erase(0, size);
  return reply;
}

bool RawClient::closed() {
  while (fill())
    ;
  return end_;
}

std::optional<RawReply> round_trip(std::uint16_t port, std::string_view bytes, bool head) {
  RawClient client(port);
  client.send(bytes); // the server may refuse before it has read all
  return client.receive(head);
}

} // namespace tests
