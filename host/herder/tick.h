#pragma once

#include <functional>
#include <map>
#include <string>
#include <thread>

#include "host/base/clock.h"
#include "host/base/mailbox.h"
#include "host/metrics/measure.h"

namespace host::herder {

// The herder's one thread: everything that changes a connector's state runs on it, one message at a
// time, so that state needs no lock. Owned by the herder. Tests do not start it and call run_due()
// on their own thread instead.
class Tick {
public:
  using Work = std::function<void()>;

  explicit Tick(const Clock &clock) : clock_(clock) {}
  ~Tick();
  Tick(const Tick &) = delete;
  Tick &operator=(const Tick &) = delete;

  // `rest` runs on the tick's thread whenever nothing is left to do, and now and then while much
  // is: for what is cheaper once after many messages than after each. Before start().
  void set_rest(Work rest) { rest_ = std::move(rest); }
  void start(const std::string &thread_name);
  // What is queued still runs, what is posted later is dropped. Any thread.
  void request_stop() { mailbox_.close(); }
  void stop();
  bool started() const { return thread_.joinable(); }

  // Any thread. False once the stop was requested.
  bool post(Work work) { return mailbox_.post(std::move(work)); }
  // Tick thread only.
  void after(Duration delay, Work work) { timers_.emplace(clock_.now() + delay, std::move(work)); }

  // How long pieces of work have kept the thread, in microseconds. Any thread.
  metrics::MeasureReading times_us() const;

  // Runs what is queued and what is due; for tests that own the clock.
  void run_due();

private:
  void loop();
  void run(const Work &work);
  void rest();
  // Runs the first timer that is due; false if there is none.
  bool run_timer();

  const Clock &clock_;
  Mailbox<Work> mailbox_;
  std::multimap<TimePoint, Work> timers_;
  Work rest_;
  int since_rest_ = 0; // messages
  metrics::Measure times_us_{};
  std::thread thread_;
};

} // namespace host::herder
