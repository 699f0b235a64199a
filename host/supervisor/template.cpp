#include "host/supervisor/template.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/supervisor/process_exit.h"

namespace host::supervisor {
namespace {

const log::Logger kLog{"sluice.supervisor.template"};

constexpr Duration kFirstRespawnDelay{50};
constexpr Duration kLastRespawnDelay{10'000};
constexpr int kStopPatienceMs = 1000;

} // namespace

Template::Template(link::IoLoop &loop, Reaper &reaper, Settings settings)
    : loop_(loop), reaper_(reaper), settings_(std::move(settings)) {}

Template::~Template() { stop(); }

void Template::start() {
  running_ = true;
  spawn();
}

void Template::stop() {
  running_ = false;
  watch_.reset();
  respawn_.reset();
  deadline_.reset();
  bury_unclaimed();
  if (child_.pidfd.valid())
    reaper_.bury(std::exchange(child_, {}));
  socket_.reset();
  waiting_.clear();
  in_flight_.clear();
}

// A request in flight may already be a process that nobody but us could reap.
void Template::bury_unclaimed() {
  while (!in_flight_.empty()) {
    pollfd readable{socket_.get(), POLLIN, 0};
    ForkReply reply;
    if (::poll(&readable, 1, kStopPatienceMs) <= 0)
      return;
    const ReceiveResult got = receive_reply(socket_.get(), reply);
    if (got.closed || got.error != 0)
      return;
    if (in_flight_.erase(reply.id) == 0 || reply.pid <= 0)
      continue;
    if (auto pidfd = open_pidfd(reply.pid))
      reaper_.bury({reply.pid, std::move(*pidfd)});
  }
}

void Template::fork_runner(const RunnerShape &shape, OpenChildFds open, OnChild done) {
  waiting_.push_back({shape, std::move(open), std::move(done)});
  send_waiting();
}

void Template::spawn() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
    kLog.error("cannot make a socket for the template: {}", std::strerror(errno));
    ++failures_;
    return schedule_spawn();
  }
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  auto child = spawn_template(theirs, settings_.environment, settings_.inherit_stdio);
  if (!child) {
    kLog.error("cannot start the template: {}", child.error().message());
    ++failures_;
    return schedule_spawn();
  }
  child_ = std::move(*child);
  socket_ = std::move(ours);
  spawned_at_ = std::chrono::steady_clock::now();
  watch_ = loop_.watch_readable(socket_.get(), [this] { on_readable(); });
  kLog.debug("template started as process {}", child_.pid);
  send_waiting();
}

void Template::send_waiting() {
  while (socket_.valid() && !waiting_.empty() && in_flight_.size() < kMaxInFlight) {
    Request request = std::move(waiting_.front());
    waiting_.pop_front();
    send(std::move(request));
  }
}

void Template::send(Request request) {
  auto fds = request.open();
  if (!fds)
    return request.done(fail(std::move(fds).error()));
  const std::uint64_t id = ++last_id_;
  ++request.tries;
  const int error = send_request(socket_.get(), {id, request.shape}, *fds);
  // A template that is gone shows at the watch, where this request is taken up again.
  if (error != 0 && error != EPIPE && error != ECONNRESET)
    return request.done(fail(
        Code::Io, fmt::format("cannot ask the template for a runner: {}", std::strerror(error))));
  in_flight_.emplace(id, std::move(request));
  arm_deadline();
}

void Template::arm_deadline() {
  if (in_flight_.empty())
    return deadline_.reset();
  deadline_ = loop_.after(settings_.reply_timeout, [this] {
    kLog.error("the template (process {}) did not answer within {} ms; it is replaced", child_.pid,
               settings_.reply_timeout.count());
    send_signal(child_.pidfd.get(), SIGKILL);
  });
}

void Template::on_readable() {
  ForkReply reply;
  const ReceiveResult got = receive_reply(socket_.get(), reply);
  if (got.error == EAGAIN || got.error == EINTR)
    return;
  if (got.closed || got.error != 0)
    return on_lost();
  on_reply(reply);
}

void Template::on_reply(const ForkReply &reply) {
  failures_ = 0;
  if (reply.id == kTemplateReady) {
    const auto took =
        std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - spawned_at_);
    kLog.debug("template ready after {} ms", took.count());
    return;
  }
  const auto found = in_flight_.find(reply.id);
  if (found == in_flight_.end())
    return;
  const Request request = std::move(found->second);
  in_flight_.erase(found);
  arm_deadline();
  if (reply.pid > 0) {
    auto pidfd = open_pidfd(reply.pid);
    request.done(pidfd ? Result<Child>(Child{reply.pid, std::move(*pidfd)})
                       : Result<Child>(std::move(pidfd).error()));
  } else {
    request.done(
        fail(Code::Io, fmt::format("cannot fork a runner: {}", std::strerror(reply.error))));
  }
  send_waiting();
}

void Template::on_lost() {
  watch_.reset();
  deadline_.reset();
  socket_.reset();
  const Child child = std::exchange(child_, {});
  // Its descriptors close shortly before it has ended; one that only closed its socket is killed.
  send_signal(child.pidfd.get(), SIGKILL);
  pollfd ended{child.pidfd.get(), POLLIN, 0};
  ::poll(&ended, 1, kStopPatienceMs);
  kLog.warn("template (process {}) {}; no runner is affected, it is replaced", child.pid,
            reap(child.pidfd.get()).value_or(ProcessExit{}).text());
  // A process between it and a runner may be left.
  reaper_.reap_rest(child.pid);
  ++failures_;
  // In the order of the calls, before those that were not sent yet.
  for (auto it = in_flight_.rbegin(); it != in_flight_.rend(); ++it)
    waiting_.push_front(std::move(it->second));
  in_flight_.clear();
  while (!waiting_.empty() && waiting_.front().tries >= kMaxTries) {
    const Request request = std::move(waiting_.front());
    waiting_.pop_front();
    request.done(
        fail(Code::Unavailable, "the template ended each time it was asked for this runner"));
  }
  schedule_spawn();
}

void Template::schedule_spawn() {
  if (!running_)
    return;
  if (failures_ == kFailuresAllowed)
    give_up_waiting();
  Duration delay = failures_ <= 1 ? Duration{0} : kFirstRespawnDelay;
  for (int i = 2; i < failures_ && delay < kLastRespawnDelay; ++i)
    delay *= 2;
  respawn_ = loop_.after(std::min(delay, kLastRespawnDelay), [this] { spawn(); });
}

void Template::give_up_waiting() {
  kLog.error("the template ended {} times without forking a runner; runners are started by exec "
             "until it works (see runner.spawn)",
             failures_);
  auto waiting = std::exchange(waiting_, {});
  for (Request &request : waiting)
    request.done(fail(Code::Unavailable, "the template cannot be used"));
}

} // namespace host::supervisor
