// std::exchange must be known before Asio of Boost 1.74 (with GCC 12).
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "host/link/io_loop.h"

#include <atomic>
#include <cassert>
#include <thread>

#include "host/base/log.h"
#include "host/base/thread.h"

namespace host::link {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {
const log::Logger kLog{"sluice.link"};
} // namespace

// Shared by the handle and the operation under way. A handle's end sets `cancelled`, which is how a
// completion that is queued already learns of it.
struct Timer::State {
  explicit State(asio::io_context &io) : timer(io) {}
  asio::steady_timer timer;
  IoLoop::Handler handler;
};

struct Watch::State : std::enable_shared_from_this<Watch::State> {
  using Wait = asio::posix::stream_descriptor::wait_type;

  State(asio::io_context &io, Wait wait, bool repeat, IoLoop::Handler handler)
      : descriptor(io), wait(wait), repeat(repeat), handler(std::move(handler)) {}

  void arm() {
    descriptor.async_wait(wait, [self = shared_from_this()](error_code error) {
      if (error || self->cancelled)
        return;
      self->handler();
      if (self->repeat && !self->cancelled)
        self->arm();
    });
  }

  asio::posix::stream_descriptor descriptor;
  const Wait wait;
  const bool repeat;
  bool cancelled = false;
  const IoLoop::Handler handler;
};

struct IoLoop::Impl {
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::thread thread;
  std::atomic<std::thread::id> runs_on{};

  Watch watch(int fd, Watch::State::Wait wait, bool repeat, Handler handler) {
    auto state = std::make_shared<Watch::State>(io, wait, repeat, std::move(handler));
    error_code error;
    state->descriptor.assign(fd, error);
    if (!error) {
      state->arm();
    } else {
      // The handler's own read or write then meets the descriptor's trouble and says it.
      kLog.error("descriptor {} cannot be watched: {}", fd, error.message());
      asio::post(io, [state] {
        if (!state->cancelled)
          state->handler();
      });
    }
    return Watch(std::move(state));
  }
};

Timer::Timer(std::shared_ptr<State> state) : state_(std::move(state)) {}
Timer::Timer(Timer &&) noexcept = default;
Timer &Timer::operator=(Timer &&other) noexcept {
  if (this != &other) {
    reset();
    state_ = std::move(other.state_);
  }
  return *this;
}
Timer::~Timer() { reset(); }
void Timer::reset() {
  if (const auto state = std::exchange(state_, nullptr)) {
    state->handler = nullptr;
    state->timer.cancel();
  }
}
bool Timer::pending() const { return state_ != nullptr && state_->handler != nullptr; }

Watch::Watch(std::shared_ptr<State> state) : state_(std::move(state)) {}
Watch::Watch(Watch &&) noexcept = default;
Watch &Watch::operator=(Watch &&other) noexcept {
  if (this != &other) {
    reset();
    state_ = std::move(other.state_);
  }
  return *this;
}
Watch::~Watch() { reset(); }
void Watch::reset() {
  if (const auto state = std::exchange(state_, nullptr)) {
    state->cancelled = true;
    if (state->descriptor.is_open())
      state->descriptor.release(); // cancels; the descriptor stays open, it is not ours
  }
}

IoLoop::IoLoop() : impl_(std::make_unique<Impl>()) {}

IoLoop::~IoLoop() { assert(!impl_->thread.joinable() && "an IoLoop must be stopped first"); }

void IoLoop::start(const std::string &thread_name) {
  impl_->thread = std::thread([this, thread_name] {
    name_this_thread(thread_name);
    run();
  });
}

void IoLoop::run() {
  impl_->runs_on.store(std::this_thread::get_id());
  impl_->io.run();
  impl_->runs_on.store(std::thread::id());
}

void IoLoop::request_stop() {
  post([this] { impl_->io.stop(); });
}

void IoLoop::stop() {
  request_stop();
  if (impl_->thread.joinable())
    impl_->thread.join();
}

bool IoLoop::may_touch() const {
  const auto runs_on = impl_->runs_on.load();
  return runs_on == std::thread::id() || runs_on == std::this_thread::get_id();
}

void IoLoop::post(Handler handler) { asio::post(impl_->io, std::move(handler)); }

void IoLoop::dispatch(Handler handler) {
  if (impl_->runs_on.load() == std::this_thread::get_id())
    handler();
  else
    post(std::move(handler));
}

Timer IoLoop::after(Duration delay, Handler handler) {
  assert(may_touch());
  auto state = std::make_shared<Timer::State>(impl_->io);
  state->handler = std::move(handler);
  state->timer.expires_after(delay);
  state->timer.async_wait([state](error_code error) {
    if (!error && state->handler)
      std::exchange(state->handler, nullptr)();
  });
  return Timer(std::move(state));
}

Watch IoLoop::watch_readable(int fd, Handler handler) {
  assert(may_touch());
  return impl_->watch(fd, Watch::State::Wait::wait_read, true, std::move(handler));
}

Watch IoLoop::watch_writable(int fd, Handler handler) {
  assert(may_touch());
  return impl_->watch(fd, Watch::State::Wait::wait_write, true, std::move(handler));
}

Watch IoLoop::watch_exit(int pidfd, Handler handler) {
  assert(may_touch());
  return impl_->watch(pidfd, Watch::State::Wait::wait_read, false, std::move(handler));
}

} // namespace host::link
