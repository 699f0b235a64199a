#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/base/fd.h"
#include "host/wire/group_messages.h"
#include "tests/support/loopback_port.h"
#include "tests/support/wire_request.h"

namespace host::cluster::test {

struct Request : tests::WireRequest {
  int connection = 0; // 1, 2, …
};

// A coordinator of a group with one member, on 127.0.0.1, a thread for each connection. Every
// answer can be replaced by key: by whole frames, halves, or nothing. What is replaced and what was
// asked may be looked at from any thread.
class FakeCoordinator {
public:
  // An empty answer leaves the client waiting.
  using Answer = std::function<std::string(const Request &)>;

  FakeCoordinator();
  ~FakeCoordinator();

  std::string bootstrap() const { return listener_.address(); }
  std::int32_t port() const { return listener_.port(); }

  void on(std::int16_t key, Answer answer);
  void as_usual(std::int16_t key);
  // Answers byte by byte, so many milliseconds between two.
  void dribble(int milliseconds) { dribble_ms_ = milliseconds; }
  // No answers, new connections included, as if the cable was cut.
  void freeze(bool frozen) { frozen_ = frozen; }
  void cut_connections();

  std::vector<Request> requests(std::int16_t key) const;
  // Waits; false after ten seconds.
  bool wait_for(const std::function<bool()> &condition) const;
  bool wait_requests(std::int16_t key, std::size_t count) const;

  // What it does as usual, for answers that differ only now and then.
  std::string usual(const Request &request);

  static std::string error_only(const Request &request, wire::GroupError error);
  static std::string joined(const Request &request, const wire::Joined &joined);
  static std::string synced(const Request &request, const std::string &assignment);
  static std::string found(const Request &request, std::int32_t port);

private:
  struct Client {
    UniqueFd fd;
    std::jthread thread;
  };
  void serve();
  void talk(int fd, int connection);
  bool answer_one(int fd, int connection);
  bool send_all(int fd, const std::string &bytes);

  const tests::LoopbackPort listener_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> frozen_{false};
  std::atomic<int> dribble_ms_{0};
  mutable std::mutex mutex_; // guards the following
  mutable std::condition_variable changed_;
  std::map<std::int16_t, Answer> answers_;
  std::vector<Request> requests_;
  std::list<Client> clients_;
  std::int32_t generation_ = 0;
  std::string assignment_;
  std::jthread thread_;
};

// A text of int16 length at the start of a body after `skip` bytes.
std::string text_at(const std::string &body, std::size_t skip);

} // namespace host::cluster::test
