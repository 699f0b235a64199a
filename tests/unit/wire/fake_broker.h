#pragma once

#include <sys/socket.h>

#include <atomic>
#include <functional>
#include <iterator>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/base/fd.h"
#include "host/wire/codec.h"
#include "host/wire/group_messages.h"
#include "tests/support/loopback_port.h"
#include "tests/support/wire_request.h"

namespace host::wire::test {

using Request = tests::WireRequest;

// Answers requests on 127.0.0.1 with what a function says: whole frames, half ones, or nothing (an
// empty answer leaves the client waiting). Offers its versions by itself. One connection at a time.
class FakeBroker {
public:
  using Answer = std::function<std::string(const Request &)>;

  // All: the function is asked for the versions too.
  explicit FakeBroker(Answer answer, bool all = false)
      : answer_(std::move(answer)), all_(all), thread_([this] { serve(); }) {}
  ~FakeBroker() {
    stopping_ = true;
    listener_.shut();
    std::lock_guard lock(mutex_);
    ::shutdown(connection_.get(), SHUT_RDWR); // ends read
  }

  std::string bootstrap() const { return listener_.address(); }
  std::int32_t port() const { return listener_.port(); }
  std::vector<Request> requests() {
    std::lock_guard lock(mutex_);
    return requests_;
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
    return tests::response_frame(correlation, body);
  }

private:
  void serve() {
    while (!stopping_) {
      UniqueFd connection = listener_.accept();
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
    const auto read = tests::read_request(fd);
    if (!read)
      return false;
    const Request &request = *read;
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
  const tests::LoopbackPort listener_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_; // guards the following
  UniqueFd connection_;
  std::vector<Request> requests_;
  std::jthread thread_;
};

} // namespace host::wire::test
