#pragma once

#include <functional>
#include <memory>
#include <string>

#include "host/base/clock.h"

namespace host::link {

// A pending call or a watched descriptor of an IoLoop. Destroying or resetting it cancels it: its
// handler does not run afterwards. A handler may destroy its own handle. Belongs to the loop's
// thread; may also be destroyed by anyone once the loop has stopped, but not after the loop's end.
// Move only.
class Timer {
public:
  struct State;
  Timer() = default;
  explicit Timer(std::shared_ptr<State> state);
  Timer(Timer &&) noexcept;
  Timer &operator=(Timer &&) noexcept;
  ~Timer();
  void reset();
  bool pending() const;

private:
  std::shared_ptr<State> state_;
};

class Watch {
public:
  struct State;
  Watch() = default;
  explicit Watch(std::shared_ptr<State> state);
  Watch(Watch &&) noexcept;
  Watch &operator=(Watch &&) noexcept;
  ~Watch();
  void reset();
  bool active() const { return state_ != nullptr; }

private:
  std::shared_ptr<State> state_;
};

// One thread that waits for timers and local descriptors and runs handlers one at a time: the
// supervisor's in the host, the main thread of a runner. State that belongs to a loop is touched by
// its handlers only and needs no lock. Handlers must not block and must not throw.
//
// Life: construct, then either start() (a thread of its own) and later stop(), or run() on the
// calling thread until somebody asks for the stop. What was posted before the request still runs;
// what is pending after it never does, and is dropped with the loop.
class IoLoop {
public:
  using Handler = std::function<void()>;

  IoLoop();
  ~IoLoop(); // must have stopped
  IoLoop(const IoLoop &) = delete;
  IoLoop &operator=(const IoLoop &) = delete;

  void start(const std::string &thread_name);
  void run();
  void request_stop(); // any thread
  void stop();         // request and join; not on the loop's thread

  // True on the loop's thread, and for everybody before the loop runs or after it has stopped.
  bool may_touch() const;

  void post(Handler handler);     // any thread; runs later, in order
  void dispatch(Handler handler); // any thread; at once when already on the loop's thread

  // The rest: on the loop's thread, or before it runs.
  [[nodiscard]] Timer after(Duration delay, Handler handler);
  // The handler runs as long as the descriptor is readable (writable), end of file and errors
  // included. Not owned: reset the watch before the descriptor is closed. One watch a descriptor.
  [[nodiscard]] Watch watch_readable(int fd, Handler handler);
  [[nodiscard]] Watch watch_writable(int fd, Handler handler);
  // Once, when the process of the pidfd has ended.
  [[nodiscard]] Watch watch_exit(int pidfd, Handler handler);

private:
  friend class Timer;
  friend class Watch;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace host::link
