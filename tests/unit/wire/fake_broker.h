#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/base/fd.h"
#include "host/wire/codec.h"
#include "host/wire/group_messages.h"

namespace host::wire::test {

// One request as it came in.
struct Request {
  std::int16_t key = 0;
  std::int16_t version = 0;
  std::int32_t correlation = 0;
  std::string body;
};

// Answers requests on 127.0.0.1 with what a function says: whole frames, half ones, or nothing (an
// empty answer leaves the client waiting). Offers its versions by itself. One connection at a time.
class FakeBroker {
public:
  using Answer = std::function<std::string(const Request &)>;

  // All: the function is asked for the versions too.
  explicit FakeBroker(Answer answer, bool all = false) : answer_(std::move(answer)), all_(all) {
    listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto *raw = reinterpret_cast<sockaddr *>(&address);
    if (::bind(listener_.get(), raw, size) != 0 || ::listen(listener_.get(), 8) != 0 ||
        ::getsockname(listener_.get(), raw, &size) != 0)
      std::abort();
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { serve(); });
  }
  ~FakeBroker() {
    stopping_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR); // ends accept
    std::lock_guard lock(mutex_);
    ::shutdown(connection_.get(), SHUT_RDWR); // ends read
  }

  std::string bootstrap() const { return "127.0.0.1:" + std::to_string(port_); }
  std::int32_t port() const { return port_; }
  std::vector<Request> requests() {
    std::lock_guard lock(mutex_);
    return requests_;
  }

  // A whole response frame.
  static std::string frame(std::int32_t correlation, const Encoder &body) {
    Encoder head;
    head.int32(static_cast<std::int32_t>(body.bytes().size() + 4));
    head.int32(correlation);
    return head.bytes() + body.bytes();
  }

  // The group and SASL requests in the versions that are used.
  static std::string versions(std::int32_t correlation) {
    constexpr std::int16_t kHighest[][2] = {{10, 6}, {11, 9}, {12, 4}, {13, 5},
                                            {14, 5}, {17, 1}, {18, 4}, {36, 2}};
    Encoder body;
    body.int16(0);
    body.int32(std::size(kHighest));
    for (const auto &[key, highest] : kHighest) {
      body.int16(key);
      body.int16(0);
      body.int16(highest);
    }
    return frame(correlation, body);
  }

private:
  static bool read_all(int fd, std::string &data) {
    for (std::size_t done = 0; done < data.size();) {
      const ssize_t n = ::read(fd, data.data() + done, data.size() - done);
      if (n <= 0)
        return false;
      done += static_cast<std::size_t>(n);
    }
    return true;
  }

  void serve() {
    while (!stopping_) {
      UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!connection)
        return;
      const int fd = connection.get();
      {
        std::lock_guard lock(mutex_);
        connection_ = std::move(connection);
      }
      while (!stopping_ && answer_one(fd))
        continue;
      std::lock_guard lock(mutex_);
      connection_.reset();
    }
  }

  bool answer_one(int fd) {
    std::string size(4, '\0');
    if (!read_all(fd, size))
      return false;
    std::string frame(static_cast<std::size_t>(Decoder(size).int32()), '\0');
    if (!read_all(fd, frame))
      return false;
    Decoder in(frame);
    Request request{in.int16(), in.int16(), in.int32(), {}};
    const std::string client = in.string();
    request.body = frame.substr(2 + 2 + 4 + 2 + client.size());
    const bool own = !all_ && request.key == ApiVersions::kKey;
    if (!own) {
      std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    const std::string answer = own ? versions(request.correlation) : answer_(request);
    return answer.empty() || ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) > 0;
  }

  Answer answer_;
  const bool all_;
  UniqueFd listener_;
  std::int32_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_; // guards the following
  UniqueFd connection_;
  std::vector<Request> requests_;
  std::jthread thread_;
};

} // namespace host::wire::test
