#include "host/cluster/tether.h"

#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <memory>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "host/base/fd.h"
#include "tests/support/loopback_port.h"
#include "tests/support/tls_identity.h"

namespace host::cluster {
namespace {

enum class Worker { Ours, Java, Silent };

// A worker's REST port: answers each request the same, until it dies. With an identity it speaks
// TLS.
class RestPort {
public:
  explicit RestPort(Worker worker = Worker::Ours, std::string head = "HTTP/1.1 200 OK\r\n")
      : worker_(worker), head_(std::move(head)), thread_([this] { serve(); }) {}
  explicit RestPort(const tests::Identity &identity)
      : worker_(Worker::Ours), head_("HTTP/1.1 200 OK\r\n") {
    ::signal(SIGPIPE, SIG_IGN); // OpenSSL writes to sockets as if they were files
    tls_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(tls_.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(tls_.get(), identity.key.get());
    thread_ = std::jthread([this] { serve(); });
  }
  ~RestPort() { die(); }

  std::string url() const { return (tls_ ? "https://" : "http://") + listener_.address() + "/"; }

  // As at the end of its process: the port closes first, then its connections.
  void die() {
    listener_.shut();
    cut();
    if (thread_.joinable())
      thread_.join();
    listener_.close();
  }
  void cut() {
    const std::lock_guard lock(mutex_);
    ::shutdown(connection_.get(), SHUT_RDWR);
  }
  bool wait_requests(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return requests_ >= count; });
  }

  // Whether some connection was asked more than once.
  bool was_held() {
    const std::lock_guard lock(mutex_);
    return connections_ < requests_;
  }

private:
  using Tls = std::unique_ptr<SSL, void (*)(SSL *)>;

  Tls secure(int fd) {
    Tls tls(tls_ ? SSL_new(tls_.get()) : nullptr, SSL_free);
    if (tls) {
      SSL_set_fd(tls.get(), fd);
      SSL_accept(tls.get()); // or reads fail
    }
    return tls;
  }
  void serve() {
    for (;;) {
      UniqueFd fd = listener_.accept();
      if (!fd)
        break;
      const int raw = fd.get();
      {
        const std::lock_guard lock(mutex_);
        connection_ = std::move(fd);
        ++connections_;
      }
      const Tls tls = secure(raw);
      char request[1024];
      for (ssize_t size; (size = tls ? SSL_read(tls.get(), request, sizeof request)
                                     : ::read(raw, request, sizeof request)) > 0;) {
        const std::lock_guard lock(mutex_);
        ++requests_;
        changed_.notify_all();
        const std::string answer = answer_to({request, static_cast<std::size_t>(size)});
        if (worker_ == Worker::Silent)
          continue;
        if ((tls ? SSL_write(tls.get(), answer.data(), static_cast<int>(answer.size()))
                 : ::send(raw, answer.data(), answer.size(), MSG_NOSIGNAL)) < 0)
          break;
      }
    }
    const std::lock_guard lock(mutex_);
    connection_.reset();
  }

  std::string answer_to(std::string_view request) const {
    std::string answer = head_ + "Content-Length: 33\r\n";
    if (const auto id = request.find("X-Request-Id: ");
        worker_ == Worker::Ours && id != std::string_view::npos)
      answer += request.substr(id, request.find("\r\n", id) + 2 - id);
    return answer + "\r\n";
  }

  const Worker worker_;
  const std::string head_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX *)> tls_{nullptr, SSL_CTX_free};
  tests::LoopbackPort listener_;
  std::mutex mutex_; // guards the following
  std::condition_variable changed_;
  UniqueFd connection_;
  int connections_ = 0;
  int requests_ = 0;
  std::jthread thread_;
};

class TetherTest : public testing::Test {
protected:
  TetherTest() { tether.start(); }
  ~TetherTest() override { tether.stop(); }

  // Everybody who was told dead, once this one was.
  std::vector<std::string> wait_dead(const std::string &member) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(20), [&] {
      return std::ranges::find(dead_, member) != dead_.end();
    })) << member;
    return dead_;
  }
  // What was not told dead by the time that a whole other life and death has been.
  void expect_nobody_dead(std::vector<TetheredWorker> held) {
    RestPort last;
    held.push_back({"last", last.url()});
    tether.hold(held);
    ASSERT_TRUE(last.wait_requests(3));
    last.die();
    EXPECT_EQ(wait_dead("last"), std::vector<std::string>{"last"});
  }

  std::mutex mutex_; // guards the following
  std::condition_variable changed_;
  std::vector<std::string> dead_;
  Tether tether{[this](const std::string &member) {
                  const std::lock_guard lock(mutex_);
                  dead_.push_back(member);
                  changed_.notify_all();
                },
                {},
                {.connect = Duration(2'000),
                 .answer = Duration(100),
                 .interval = Duration(30),
                 .pause = Duration(20)}};
};

TEST_F(TetherTest, ABrokenConnectionAndAClosedPortAreDeath) {
  RestPort worker;
  tether.hold({{"w", worker.url()}});
  ASSERT_TRUE(worker.wait_requests(2));
  worker.die();
  EXPECT_EQ(wait_dead("w"), std::vector<std::string>{"w"});
}

TEST_F(TetherTest, SoTheyAreOverTls) {
  RestPort worker(tests::Identity("IP:127.0.0.1"));
  tether.hold({{"w", worker.url()}});
  ASSERT_TRUE(worker.wait_requests(5));
  EXPECT_TRUE(worker.was_held());
  worker.cut();
  ASSERT_TRUE(worker.wait_requests(7)) << "it is held again";
  worker.die();
  EXPECT_EQ(wait_dead("w"), std::vector<std::string>{"w"});
}

TEST_F(TetherTest, WhoWantsToKnowWhoAsksIsOurs) {
  RestPort worker(Worker::Ours, "HTTP/1.1 401 Unauthorized\r\n");
  tether.hold({{"w", worker.url()}});
  ASSERT_TRUE(worker.wait_requests(2));
  worker.die();
  EXPECT_EQ(wait_dead("w"), std::vector<std::string>{"w"});
}

TEST_F(TetherTest, ABrokenConnectionAloneIsNot) {
  RestPort worker;
  tether.hold({{"w", worker.url()}});
  ASSERT_TRUE(worker.wait_requests(2));
  worker.cut();
  ASSERT_TRUE(worker.wait_requests(4)) << "it is held again";
  expect_nobody_dead({{"w", worker.url()}});
}

TEST_F(TetherTest, SilenceIsNot) {
  RestPort worker(Worker::Silent);
  expect_nobody_dead({{"w", worker.url()}});
}

TEST_F(TetherTest, WhoWasNeverSeenIsNot) {
  std::string url;
  {
    const RestPort gone;
    url = gone.url();
  }
  expect_nobody_dead({{"w", url}, {"https", "https://127.0.0.1:1/"}, {"odd", "x"}});
}

TEST_F(TetherTest, AJavaWorkerIsNot) {
  RestPort worker(Worker::Java);
  tether.hold({{"w", worker.url()}});
  ASSERT_TRUE(worker.wait_requests(1));
  worker.die();
  expect_nobody_dead({{"w", worker.url()}});
}

TEST_F(TetherTest, WhoSaidGoodbyeIsNot) {
  RestPort worker(Worker::Ours, "HTTP/1.1 200 OK\r\nConnection: close\r\n");
  tether.hold({{"w", worker.url()}});
  ASSERT_TRUE(worker.wait_requests(1));
  worker.die();
  expect_nobody_dead({{"w", worker.url()}});
}

TEST_F(TetherTest, WhoIsNotHeldAnyMoreIsNot) {
  RestPort worker;
  tether.hold({{"w", worker.url()}});
  ASSERT_TRUE(worker.wait_requests(2));
  tether.hold({});
  worker.die();
  expect_nobody_dead({});
}

} // namespace
} // namespace host::cluster
