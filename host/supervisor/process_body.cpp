#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/base/utf8.h"
#include "host/supervisor/memory_watch.h"
#include "host/supervisor/runner_body.h"
#include "host/supervisor/stderr_tail.h"

namespace host::supervisor {
namespace {

const log::Logger kLog{"sluice.supervisor"};

// A trace carries this much of the standard error; all that is kept goes to the log.
constexpr std::size_t kTraceTailBytes = 8 * 1024;

// A process that died before its forker did is not our child yet.
constexpr Duration kReapAgain{5};
constexpr int kReapTries = 200;

// A runner in a process of its own: its descriptors here, its end, its memory, what it says on
// standard error and through the log pipe.
class ProcessBody final : public RunnerBody {
public:
  ProcessBody(RunnerShared &shared, const RunnerSpec &spec) : shared_(shared), spec_(spec) {}

  ~ProcessBody() override {
    if (child_.pidfd.valid())
      shared_.reaper.bury(std::move(child_));
  }

  void start(const link::HostPage &page, Handlers handlers) override {
    handlers_ = std::move(handlers);
    page_ = &page;
    RunnerShape shape;
    shape.set_title(spec_.title);
    shape.inherit_stdio = spec_.inherit_stdio ? 1 : 0;
    shape.data_limit_bytes = MemoryWatch::data_limit(spec_.memory_max_bytes, kBaseThreads);
    // This body may be gone when the answer comes.
    std::weak_ptr<ProcessBody *> self = self_;
    Reaper &reaper = shared_.reaper;
    shared_.starter.start_runner(
        shape,
        [self]() -> Result<ChildFds> {
          if (const auto body = self.lock())
            return (*body)->open_descriptors();
          return fail(Code::Cancelled, "the runner is not wanted any more");
        },
        [self, &reaper](Result<Child> child) {
          if (const auto body = self.lock())
            (*body)->on_child(std::move(child));
          else if (child)
            reaper.bury(std::move(*child));
        });
  }

  void signal(int number) override { send_signal(child_.pidfd.get(), number); }
  void kill() override { send_signal(child_.pidfd.get(), SIGKILL); }
  void link_lost() override {}

  std::optional<std::int64_t> look_at_memory(TimePoint now) override {
    return memory_ ? memory_->look(now) : std::nullopt;
  }
  void allow_threads(std::int32_t threads) override {
    if (memory_)
      memory_->allow_threads(threads);
  }

  std::string stderr_tail() const override {
    std::string text;
    utf8::append_repaired(text, tail_.last(kTraceTailBytes));
    return shared_.redactor.redact(text);
  }
  std::int64_t pid() const override { return pid_; }

private:
  Result<ChildFds> open_descriptors() {
    HOST_ASSIGN(auto sockets, link::socket_pair());
    HOST_ASSIGN(link::LogPipe logs, link::make_log_pipe());
    int errors[2];
    if (::pipe2(errors, O_CLOEXEC) < 0)
      return fail(Code::Io, fmt::format("cannot make a pipe: {}", std::strerror(errno)));
    error_ = UniqueFd(errors[0]);
    UniqueFd error_write(errors[1]);
    ::fcntl(error_.get(), F_SETFL, O_NONBLOCK);
    HOST_ASSIGN(UniqueFd page, page_->dup_fd());
    link_ = std::move(sockets.first);
    log_ = std::move(logs.read);
    return ChildFds{std::move(sockets.second), std::move(logs.write), std::move(error_write),
                    std::move(page)};
  }

  void on_child(Result<Child> child) {
    if (!child)
      return handlers_.on_started(fail(std::move(child).error()));
    child_ = std::move(*child);
    pid_ = child_.pid;
    exit_watch_ = shared_.loop.watch_exit(child_.pidfd.get(), [this] { on_exit(); });
    log_reader_.emplace(shared_.loop, std::move(log_),
                        [this](link::LogLine line) { shared_.logs.write(spec_.connector, line); });
    error_reader_.emplace(shared_.loop, std::move(error_),
                          [this](std::string_view bytes) { tail_.append(bytes); });
    limit_memory();
    handlers_.on_started(link::socket_channel(std::move(link_)));
  }

  void limit_memory() {
    if (spec_.memory_max_bytes <= 0)
      return;
    memory_.emplace(child_.pid, spec_.memory_max_bytes);
    if (!shared_.groups)
      return;
    if (const Status added = shared_.groups->add(child_.pid, spec_.memory_max_bytes); !added)
      kLog.warn("runner {} has no cgroup of its own: {}", spec_.title, added.error().message());
  }

  void on_exit() {
    exit_watch_.reset();
    // Before it is reaped, so that the group's number cannot be anyone else's.
    if (!reaped_group_)
      ::kill(-child_.pid, SIGKILL);
    reaped_group_ = true;
    auto exit = reap(child_.pidfd.get());
    const bool known = exit && exit->kind != ProcessExit::Kind::Unknown;
    if (!known && ++reap_tries_ < kReapTries) {
      reap_again_ = shared_.loop.after(kReapAgain, [this] { on_exit(); });
      return;
    }
    memory_.reset();
    log_reader_->drain();
    error_reader_->drain();
    child_.pidfd.reset();
    if (exit && shared_.groups) {
      exit->ran_out_of_memory = shared_.groups->ran_out(child_.pid);
      shared_.groups->remove(child_.pid);
    }
    shared_.reaper.reap_rest(child_.pid);
    if (tail_.total() > 0)
      kLog.debug("standard error of runner {} (process {}):\n{}", spec_.title, pid_, stderr_tail());
    handlers_.on_exit(exit.value_or(ProcessExit{}));
  }

  RunnerShared &shared_;
  const RunnerSpec spec_;
  const std::shared_ptr<ProcessBody *> self_ = std::make_shared<ProcessBody *>(this);
  Handlers handlers_;
  const link::HostPage *page_ = nullptr;
  UniqueFd link_; // the host's ends, until they are handed to their readers
  UniqueFd log_;
  UniqueFd error_;
  Child child_;
  std::int64_t pid_ = 0;
  bool reaped_group_ = false;
  int reap_tries_ = 0;
  StderrTail tail_;
  std::optional<link::LogReader> log_reader_;
  std::optional<link::PipeReader> error_reader_;
  std::optional<MemoryWatch> memory_;
  link::Watch exit_watch_;
  link::Timer reap_again_;
};

} // namespace

std::unique_ptr<RunnerBody> process_body(RunnerShared &shared, const RunnerSpec &spec) {
  return std::make_unique<ProcessBody>(shared, spec);
}

} // namespace host::supervisor
