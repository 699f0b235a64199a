#include <fmt/format.h>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "host/link/channel.h"
#include "host/link/io_loop.h"

namespace host::link {
namespace {

class MemoryChannel;

// What one end has sent and the other has not taken yet. The mutex is a leaf: nothing is called
// under it but IoLoop::post.
struct Lane {
  std::deque<std::string> frames;
  std::size_t bytes = 0;
  bool closed = false;    // the sender is gone
  IoLoop *loop = nullptr; // the receiver's, once it is open
  std::weak_ptr<MemoryChannel *> receiver;
  bool notified = false; // a take() of the receiver is posted
};
struct Lanes {
  std::mutex mutex;
  Lane lane[2]; // lane[i] is read by end i
};

class MemoryChannel final : public Channel {
public:
  MemoryChannel(std::shared_ptr<Lanes> lanes, int side) : lanes_(std::move(lanes)), side_(side) {}
  ~MemoryChannel() override { close(); }

  void open(IoLoop &loop, Handlers handlers) override {
    loop_ = &loop;
    handlers_ = std::make_shared<const Handlers>(std::move(handlers));
    self_ = std::make_shared<MemoryChannel *>(this);
    std::lock_guard lock(lanes_->mutex);
    in().loop = &loop;
    in().receiver = self_;
    notify(in());
  }

  void send(std::string frame) override {
    if (!self_ || finishing_ || failing_)
      return;
    std::lock_guard lock(lanes_->mutex);
    if (in().closed)
      return; // nobody reads; take() says it
    const std::size_t waiting =
        out().frames.empty() ? 0 : out().bytes - out().frames.front().size();
    if (waiting > 0 && waiting + frame.size() > kMaxQueuedBytes) {
      fail_later(
          Error(Code::Timeout,
                fmt::format("the other end does not read: {} bytes wait for it", out().bytes)));
      return;
    }
    out().bytes += frame.size();
    out().frames.push_back(std::move(frame));
    notify(out());
  }

  // What was sent is the other end's already.
  void finish() override {
    if (!self_ || finishing_)
      return;
    finishing_ = true;
    fail_later(Error(Code::Cancelled, "the link was closed by this end"));
  }

  void close() override {
    self_.reset();
    std::lock_guard lock(lanes_->mutex);
    if (out().closed)
      return;
    out().closed = true;
    in().frames.clear();
    in().bytes = 0;
    in().loop = nullptr;
    notify(out());
  }

private:
  Lane &in() { return lanes_->lane[side_]; }
  Lane &out() { return lanes_->lane[1 - side_]; }

  // Under the mutex.
  static void notify(Lane &lane) {
    if (lane.loop == nullptr || lane.notified || (lane.frames.empty() && !lane.closed))
      return;
    lane.notified = true;
    lane.loop->post([receiver = lane.receiver] {
      if (const auto self = receiver.lock())
        (*self)->take();
    });
  }

  // One frame a turn, as fair to others on the loop as a socket is.
  void take() {
    const auto handlers = handlers_; // one of them may destroy this
    std::optional<std::string> frame;
    {
      std::lock_guard lock(lanes_->mutex);
      in().notified = false;
      if (!in().frames.empty()) {
        frame = std::move(in().frames.front());
        in().frames.pop_front();
        in().bytes -= frame->size();
      }
      if (frame)
        notify(in());
    }
    if (frame) {
      if (!finishing_ && !failing_)
        handlers->on_frame(std::move(*frame));
    } else if (!failing_) {
      report(Error(Code::Unavailable, "the other end of the link is closed"));
    }
  }

  void fail_later(Error reason) {
    failing_ = true;
    loop_->post([reason = std::move(reason), receiver = std::weak_ptr(self_)]() mutable {
      if (const auto self = receiver.lock())
        (*self)->report(std::move(reason));
    });
  }

  void report(Error reason) {
    const auto handlers = handlers_;
    close();
    handlers->on_closed(std::move(reason));
  }

  std::shared_ptr<Lanes> lanes_;
  int side_;
  IoLoop *loop_ = nullptr;
  std::shared_ptr<const Handlers> handlers_;
  std::shared_ptr<MemoryChannel *> self_; // gone after close()
  bool finishing_ = false;
  bool failing_ = false; // the reason is on its way
};

} // namespace

std::pair<std::unique_ptr<Channel>, std::unique_ptr<Channel>> memory_channels() {
  auto lanes = std::make_shared<Lanes>();
  return {std::make_unique<MemoryChannel>(lanes, 0), std::make_unique<MemoryChannel>(lanes, 1)};
}

} // namespace host::link
