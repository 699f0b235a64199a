#include "host/runner/in_process.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "host/base/log.h"
#include "host/base/redactor.h"
#include "host/link/io_loop.h"
#include "host/link/page.h"
#include "host/runner/runner.h"

namespace host::runner {
namespace {

const log::Logger kLog{"sluice.runner"};

// For code that was told to stop already; whoever can wait longer has called wait_ended().
constexpr std::chrono::milliseconds kLastWait{100};

// All that a runner needs, so that it can be left behind as a whole.
struct Body {
  explicit Body(link::RunnerPage page) : page(std::move(page)) {}
  ~Body() {
    loop.stop();
    runner.reset(); // while its loop is still there
  }

  bool wait_ended(TimePoint deadline) {
    std::unique_lock lock(mutex);
    return changed.wait_until(lock, deadline, [&] { return ended; });
  }

  SystemClock clock;
  link::IoLoop loop;
  link::RunnerPage page;
  std::optional<Runner> runner;
  std::mutex mutex;
  std::condition_variable changed;
  bool ended = false; // guarded by mutex
};

class InProcessRunner final : public link::InProcess {
public:
  InProcessRunner(std::unique_ptr<link::Channel> channel, link::RunnerPage page)
      : body_(std::make_unique<Body>(std::move(page))) {
    Body &body = *body_;
    body.runner.emplace(body.loop, std::move(channel), body.page, process_redactor(), body.clock,
                        Home::HostProcess, [&body](End) {
                          {
                            std::lock_guard lock(body.mutex);
                            body.ended = true;
                          }
                          body.changed.notify_all();
                        });
    body.loop.post([&body] { body.runner->start(); });
    body.loop.start("link");
  }

  ~InProcessRunner() override {
    if (!wait_ended(SystemClock().now())) {
      body_->loop.post([body = body_.get()] { body->runner->give_up(); });
      if (!wait_ended(SystemClock().now() + kLastWait)) {
        kLog.error("plugin code in this process does not return; its threads stay until the "
                   "process ends (runner.isolation=none cannot end them)");
        body_.release();
      }
    }
  }

  bool wait_ended(TimePoint deadline) override { return body_->wait_ended(deadline); }

private:
  std::unique_ptr<Body> body_;
};

} // namespace

Result<std::unique_ptr<link::InProcess>> start_in_process(std::unique_ptr<link::Channel> channel,
                                                          UniqueFd page) {
  HOST_ASSIGN(auto mapped, link::RunnerPage::map(std::move(page)));
  return std::make_unique<InProcessRunner>(std::move(channel), std::move(mapped));
}

} // namespace host::runner
