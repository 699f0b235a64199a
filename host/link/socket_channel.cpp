#include <fcntl.h>
#include <sys/socket.h>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "host/link/channel.h"
#include "host/link/frame_reader.h"
#include "host/link/io_loop.h"

namespace host::link {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10;
// Reads of one turn, so that one busy runner does not keep the others waiting.
constexpr int kReadsPerTurn = 16;

Error gone() { return Error(Code::Unavailable, "the other end of the link is closed"); }
Error system_error(std::string_view what, int error) {
  return Error(Code::Io, fmt::format("{} the link failed: {}", what, std::strerror(error)));
}

// Writes are tried at once; what the socket does not take waits for it to become writable. An idle
// channel holds no buffer. A failed write is not reported by itself: what the other end sent before
// it died is still in the socket and is read first.
class SocketChannel final : public Channel {
public:
  explicit SocketChannel(UniqueFd socket) : socket_(std::move(socket)) {}

  void open(IoLoop &loop, Handlers handlers) override {
    loop_ = &loop;
    handlers_ = std::make_shared<const Handlers>(std::move(handlers));
    ::fcntl(socket_.get(), F_SETFL, ::fcntl(socket_.get(), F_GETFL) | O_NONBLOCK);
    alive_ = std::make_shared<bool>(true);
    watch_ = loop.watch_readable(socket_.get(), [this] { read(kReadsPerTurn); });
  }

  void send(std::string frame) override {
    if (!socket_ || finishing_ || reason_)
      return;
    const std::size_t size = kFrameHeaderBytes + frame.size();
    const std::size_t waiting = queue_.empty() ? 0 : queued_ - (queue_.front().size() - written_);
    if (waiting > 0 && waiting + size > kMaxQueuedBytes) {
      fail_later(Error(Code::Timeout,
                       fmt::format("the other end does not read: {} bytes wait for it", queued_)));
      return;
    }
    std::string bytes = frame_header(frame.size());
    bytes += frame;
    queued_ += bytes.size();
    queue_.push_back(std::move(bytes));
    if (queue_.size() == 1)
      write();
  }

  void finish() override {
    if (!socket_ || finishing_)
      return;
    finishing_ = true;
    if (queue_.empty())
      fail_later(Error(Code::Cancelled, "the link was closed by this end"));
  }

  void close() override {
    watch_.reset();
    write_watch_.reset();
    alive_.reset();
    write_fd_.reset();
    socket_.reset();
    queue_.clear();
    queued_ = 0;
  }

private:
  void read(int turns) {
    char bytes[kReadBytes];
    const std::weak_ptr<bool> alive = alive_;
    const auto handlers = handlers_; // one of them may destroy this
    while (turns-- > 0) {
      const ssize_t n = ::recv(socket_.get(), bytes, sizeof bytes, MSG_DONTWAIT);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return write_error_ != 0 ? report(system_error("writing to", write_error_)) : void();
      if (n == 0 || (n < 0 && errno == ECONNRESET))
        return report(gone());
      if (n < 0)
        return report(system_error("reading from", errno));
      const host::Status fed =
          reader_.feed({bytes, static_cast<std::size_t>(n)}, [&](std::string frame) {
            if (!finishing_ && !reason_)
              handlers->on_frame(std::move(frame));
            return !alive.expired();
          });
      if (alive.expired())
        return;
      if (!fed)
        return report(fed.error());
    }
  }

  void write() {
    while (!queue_.empty()) {
      std::string &front = queue_.front();
      const ssize_t n = ::send(socket_.get(), front.data() + written_, front.size() - written_,
                               MSG_DONTWAIT | MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return wait_writable();
      if (n < 0)
        return lose_writer(errno);
      written_ += static_cast<std::size_t>(n);
      queued_ -= static_cast<std::size_t>(n);
      if (written_ < front.size())
        continue;
      queue_.pop_front();
      written_ = 0;
    }
    write_watch_.reset();
    if (finishing_)
      fail_later(Error(Code::Cancelled, "the link was closed by this end"));
  }

  // A descriptor can be watched once, so the direction that is rarely needed gets a copy.
  void wait_writable() {
    if (write_watch_.active())
      return;
    if (!write_fd_)
      write_fd_.reset(::fcntl(socket_.get(), F_DUPFD_CLOEXEC, 0));
    if (!write_fd_)
      return lose_writer(errno);
    write_watch_ = loop_->watch_writable(write_fd_.get(), [this] { write(); });
  }

  // Takes what has arrived before saying that the other end is lost.
  void lose_writer(int error) {
    write_watch_.reset();
    queue_.clear();
    queued_ = 0;
    write_error_ = error;
    loop_->post([this, alive = std::weak_ptr<bool>(alive_)] {
      if (!alive.expired())
        read(static_cast<int>(kMaxFrameBytes / kReadBytes) + 1);
    });
  }

  void fail_later(Error reason) {
    reason_ = std::move(reason);
    loop_->post([this, alive = std::weak_ptr<bool>(alive_)] {
      if (!alive.expired())
        report(*reason_);
    });
  }

  void report(Error reason) {
    const auto handlers = handlers_;
    close();
    handlers->on_closed(std::move(reason));
  }

  UniqueFd socket_;
  UniqueFd write_fd_;
  IoLoop *loop_ = nullptr;
  std::shared_ptr<const Handlers> handlers_;
  std::shared_ptr<bool> alive_; // gone after close(), also while a handler runs
  FrameReader reader_;
  std::deque<std::string> queue_;
  std::size_t written_ = 0; // of the front
  std::size_t queued_ = 0;
  int write_error_ = 0;
  bool finishing_ = false;
  std::optional<Error> reason_; // set: about to be reported
  Watch watch_;
  Watch write_watch_;
};

} // namespace

std::unique_ptr<Channel> socket_channel(UniqueFd socket) {
  return std::make_unique<SocketChannel>(std::move(socket));
}

Result<std::pair<UniqueFd, UniqueFd>> socket_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
    return fail(Code::Io, fmt::format("no socket pair for a runner's link: {} (raise the limit of "
                                      "open files, or end other programs)",
                                      std::strerror(errno)));
  return std::pair(UniqueFd(ends[0]), UniqueFd(ends[1]));
}

} // namespace host::link
