#include <utility>

#include "host/supervisor/runner_body.h"

namespace host::supervisor {
namespace {

// Threads give no event when they end.
constexpr Duration kLookAgain{20};

// A runner on threads of this process (`runner.isolation=none`). It cannot be killed: what does not
// end is left behind, and said so by its owner.
class ThreadsBody final : public RunnerBody {
public:
  explicit ThreadsBody(RunnerShared &shared) : shared_(shared) {}

  void start(const link::HostPage &page, Handlers handlers) override {
    handlers_ = std::move(handlers);
    auto [here, there] = link::memory_channels();
    const Status started = start_threads(page, std::move(there));
    // Not before this call has returned, as with processes.
    start_ = shared_.loop.after(
        Duration{0}, [this, started,
                      channel = std::make_shared<std::unique_ptr<link::Channel>>(std::move(here))] {
          if (started)
            handlers_.on_started(std::move(*channel));
          else
            handlers_.on_started(fail(started.error()));
        });
  }

  void signal(int) override {}
  void kill() override { end(); }
  void link_lost() override { look(); }
  std::optional<std::int64_t> look_at_memory(TimePoint) override { return std::nullopt; }
  void allow_threads(std::int32_t) override {}
  std::string stderr_tail() const override { return {}; }
  std::int64_t pid() const override { return 0; }

private:
  Status start_threads(const link::HostPage &page, std::unique_ptr<link::Channel> channel) {
    if (!shared_.start_in_process)
      return fail(Code::Unsupported,
                  "this program was built without runners on threads (runner.isolation=none)");
    HOST_ASSIGN(UniqueFd fd, page.dup_fd());
    HOST_ASSIGN(threads_, shared_.start_in_process(std::move(channel), std::move(fd)));
    return {};
  }

  void look() {
    if (threads_ && !threads_->wait_ended(std::chrono::steady_clock::now()))
      again_ = shared_.loop.after(kLookAgain, [this] { look(); });
    else
      end();
  }

  // Outside of the caller, who may be in the middle of something.
  void end() {
    again_ = shared_.loop.after(Duration{0}, [this] {
      threads_.reset();
      if (const auto on_exit = std::exchange(handlers_.on_exit, {}))
        on_exit(ProcessExit{});
    });
  }

  RunnerShared &shared_;
  Handlers handlers_;
  std::unique_ptr<link::InProcess> threads_;
  link::Timer start_;
  link::Timer again_;
};

} // namespace

std::unique_ptr<RunnerBody> threads_body(RunnerShared &shared, const RunnerSpec &) {
  return std::make_unique<ThreadsBody>(shared);
}

} // namespace host::supervisor
