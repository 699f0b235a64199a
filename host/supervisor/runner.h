#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "host/link/page.h"
#include "host/link/peer.h"
#include "host/supervisor/loss.h"
#include "host/supervisor/runner_body.h"

namespace host::supervisor {

// One runner from its start to its end: the greeting, requests over its link, the watch over its
// callbacks and memory, and the ways to end it. It says once how it ended and is of no use then.
// Owned by a RunnerUnit or a PluginRunner; on the supervisor's thread. May be destroyed at any time
// (also in on_ended): what lives is killed and nothing is called back.
class Runner {
public:
  struct Handlers {
    std::function<void(link::Peer &)> on_open; // sets message handlers
    std::function<void()> on_ready;            // it has said hello and was welcomed
    std::function<void(Loss)> on_ended;
  };

  Runner(RunnerShared &shared, RunnerSpec spec, Handlers handlers);
  ~Runner();
  Runner(const Runner &) = delete;
  Runner &operator=(const Runner &) = delete;

  void start();
  bool ready() const { return phase_ == Phase::Ready; }
  bool ending() const { return phase_ == Phase::Ending || phase_ == Phase::Ended; }
  std::int64_t pid() const { return body_->pid(); }

  // Only while ready. When the runner is lost before the answer, `done` is not called: on_ended
  // tells. Without a timeout the watch over callbacks is what bounds the wait.
  template <link::RequestMessage M>
  void request(M message, std::function<void(Result<typename M::Reply>)> done,
               Duration timeout = link::kNoDeadline);
  template <link::ToldMessage M> void tell(M message) {
    if (phase_ == Phase::Ready)
      peer_->tell(std::move(message));
  }

  // Slot 0 (load, connector object, validate) is watched from the start with this timeout.
  void set_stall_timeout(Duration timeout) { stall_timeout_ = timeout; }
  void watch_slot(std::uint32_t slot, std::int32_t task);
  void forget_slot(std::uint32_t slot);

  // Ends it: with a grace it is asked to stop its tasks first, then follow SIGTERM and SIGKILL,
  // each after a deadline. The first reason given is the one that on_ended tells.
  void end(Loss why, Duration grace);

  // What its task loops say of themselves, by task.
  std::vector<std::pair<std::int32_t, link::SlotReading>> readings() const;

  // Regularly, while it lives.
  void look(TimePoint now, std::int64_t boottime_ms);

private:
  // Lost: of process and link one has ended by itself, the other is about to.
  enum class Phase : std::uint8_t { Starting = 1, Greeting, Ready, Lost, Ending, Ended };
  struct Stall {
    std::uint32_t slot = 0;
    std::int64_t since_ms = 0;
  };

  void on_started(Result<std::unique_ptr<link::Channel>> channel);
  void on_hello(link::Hello hello, const link::Responder<link::Welcome> &responder);
  void on_link_closed(const Error &reason);
  void on_exit(ProcessExit exit);
  void look_at_callbacks(std::int64_t boottime_ms);
  void send_signal_term();
  void finish();
  std::vector<Occupation> occupations() const;
  // Runs `then` only if the runner turns out to be alive.
  void unless_lost(std::function<void()> then);

  RunnerShared &shared_;
  const RunnerSpec spec_;
  Handlers handlers_;
  std::optional<link::HostPage> page_;
  std::unique_ptr<RunnerBody> body_;
  std::unique_ptr<link::Peer> peer_;
  Phase phase_ = Phase::Starting;
  Duration stall_timeout_{0};
  std::map<std::uint32_t, std::int32_t> slots_; // slot → task
  std::optional<Stall> suspected_;
  Loss loss_;
  bool link_closed_ = false;
  bool exited_ = false;
  link::Timer timer_; // of the phase: greeting, ladder, the rest of the link
  link::Timer ended_;
  std::shared_ptr<Runner *> self_ = std::make_shared<Runner *>(this);
};

template <link::RequestMessage M>
void Runner::request(M message, std::function<void(Result<typename M::Reply>)> done,
                     Duration timeout) {
  if (phase_ != Phase::Ready)
    return;
  using R = typename M::Reply;
  std::weak_ptr<Runner *> self = self_;
  peer_->request(std::move(message), timeout, [self, done = std::move(done)](Result<R> reply) {
    const auto runner = self.lock();
    if (!runner)
      return;
    const bool perhaps_lost = !reply && (reply.error().code() == Code::Unavailable ||
                                         reply.error().code() == Code::Cancelled);
    if (perhaps_lost)
      (*runner)->unless_lost([done, reply = std::move(reply)] { done(reply); });
    else
      done(std::move(reply));
  });
}

} // namespace host::supervisor
