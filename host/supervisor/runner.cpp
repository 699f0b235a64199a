#include "host/supervisor/runner.h"

#include <csignal>
#include <utility>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/metrics/callback_guard.h"
#include "host/supervisor/memory_watch.h"

namespace host::supervisor {
namespace {

const log::Logger kLog{"sluice.supervisor"};

// From the end of the link to that of the process, and the other way round.
constexpr Duration kOtherEnd{500};
// A process that survives SIGKILL for so long hangs in the kernel; people should know.
constexpr Duration kUnkillable{10'000};

} // namespace

Runner::Runner(RunnerShared &shared, RunnerSpec spec, Handlers handlers)
    : shared_(shared), spec_(std::move(spec)), handlers_(std::move(handlers)),
      body_(spec_.in_process ? threads_body(shared, spec_) : process_body(shared, spec_)) {
  slots_[link::SharedPage::kControlSlot] = link::kConnectorItself;
  loss_.memory_max_bytes = spec_.memory_max_bytes;
}

Runner::~Runner() = default;

void Runner::start() {
  auto page = link::HostPage::create();
  if (!page) {
    loss_.reason = LossReason::NotStarted;
    loss_.detail = page.error().message();
    return finish();
  }
  page_ = std::move(*page);
  body_->start(*page_, {[this](auto channel) { on_started(std::move(channel)); },
                        [this](ProcessExit exit) { on_exit(exit); }});
}

void Runner::on_started(Result<std::unique_ptr<link::Channel>> channel) {
  if (!channel) {
    if (phase_ != Phase::Ending) {
      loss_.reason = LossReason::NotStarted;
      loss_.detail = channel.error().message();
    }
    return finish();
  }
  loss_.pid = body_->pid();
  kLog.debug("runner {} started as process {}", spec_.title, loss_.pid);
  peer_ = std::make_unique<link::Peer>(shared_.loop, std::move(*channel));
  peer_->on<link::Hello>([this](link::Hello hello, link::Responder<link::Welcome> responder) {
    on_hello(std::move(hello), responder);
  });
  handlers_.on_open(*peer_);
  peer_->open([this](const Error &reason) { on_link_closed(reason); });
  // Somebody has asked for its end meanwhile.
  if (phase_ == Phase::Ending)
    return body_->kill();
  phase_ = Phase::Greeting;
  timer_ = shared_.loop.after(shared_.settings.hello_timeout, [this] {
    Loss why;
    why.reason = LossReason::NoHello;
    why.waited = shared_.settings.hello_timeout;
    end(std::move(why), Duration{0});
  });
}

void Runner::on_hello(link::Hello hello, const link::Responder<link::Welcome> &responder) {
  if (phase_ != Phase::Greeting)
    return responder.fail(Error(Code::Conflict, "hello was not expected now"));
  if (hello.protocol != link::kProtocol || hello.build_id != link::build_id()) {
    Loss why;
    why.reason = LossReason::Link;
    why.detail = fmt::format("its build is {} with protocol {}, the host's is {} with protocol {}; "
                             "install host and sluice-runner from one build",
                             hello.build_id, hello.protocol, link::build_id(), link::kProtocol);
    responder.fail(Error(Code::Config, why.detail));
    return end(std::move(why), Duration{0});
  }
  link::Welcome welcome;
  welcome.worker_config = shared_.settings.worker_config;
  welcome.secrets = shared_.settings.secrets;
  welcome.log_levels = shared_.log_levels;
  if (spec_.leased)
    welcome.lease_until_boottime_ms = shared_.lease_until_boottime_ms.value_or(0);
  responder.reply(std::move(welcome));
  phase_ = Phase::Ready;
  timer_.reset();
  handlers_.on_ready();
}

void Runner::unless_lost(std::function<void()> then) {
  // Whether an error was the runner's answer or the end of its link shows right after.
  std::weak_ptr<Runner *> self = self_;
  shared_.loop.post([self, then = std::move(then)] {
    if (const auto runner = self.lock();
        runner && (*runner)->phase_ == Phase::Ready && !(*runner)->link_closed_)
      then();
  });
}

std::vector<std::pair<std::int32_t, link::SlotReading>> Runner::readings() const {
  std::vector<std::pair<std::int32_t, link::SlotReading>> readings;
  const std::int64_t now = metrics::boottime_ms();
  for (const auto &[slot, task] : slots_)
    if (page_ && task != link::kConnectorItself)
      readings.emplace_back(task, link::read_slot(page_->page().slots[slot], now));
  return readings;
}

void Runner::watch_slot(std::uint32_t slot, std::int32_t task) {
  slots_[slot] = task;
  body_->allow_threads(kBaseThreads +
                       kThreadsPerTask * static_cast<std::int32_t>(slots_.size() - 1));
}

void Runner::forget_slot(std::uint32_t slot) { slots_.erase(slot); }

std::vector<Occupation> Runner::occupations() const {
  std::vector<Occupation> result;
  if (!page_)
    return result;
  const std::int64_t now = metrics::boottime_ms();
  for (const auto &[slot, task] : slots_) {
    const auto reading = link::read_callback(page_->page().slots[slot], now);
    if (reading.callback != link::Callback::None)
      result.push_back({reading.callback, task, now - reading.age_ms});
  }
  return result;
}

void Runner::look(TimePoint now, std::int64_t boottime_ms) {
  if (phase_ != Phase::Greeting && phase_ != Phase::Ready)
    return;
  const auto memory = body_->look_at_memory(now);
  if (memory && *memory > spec_.memory_max_bytes) {
    Loss why;
    why.reason = LossReason::Memory;
    why.memory_bytes = *memory;
    return end(std::move(why), Duration{0});
  }
  if (stall_timeout_ > Duration{0})
    look_at_callbacks(boottime_ms);
}

void Runner::look_at_callbacks(std::int64_t boottime_ms) {
  for (const auto &[slot, task] : slots_) {
    const auto reading = link::read_callback(page_->page().slots[slot], boottime_ms);
    if (reading.callback == link::Callback::None || reading.age_ms <= stall_timeout_.count())
      continue;
    // Callback and time are two words of memory: only the same pair seen twice is believed.
    const std::int64_t since = boottime_ms - reading.age_ms;
    if (!suspected_ || suspected_->slot != slot || suspected_->since_ms != since) {
      suspected_ = {slot, since};
      return;
    }
    Loss why;
    why.reason = LossReason::Stall;
    why.detail = Occupation{reading.callback, task, since}.text();
    why.waited = Duration(reading.age_ms);
    return end(std::move(why), shared_.settings.shutdown_grace);
  }
  suspected_.reset();
}

void Runner::end(Loss why, Duration grace) {
  if (ending())
    return;
  why.occupations = occupations();
  why.pid = loss_.pid;
  why.memory_max_bytes = loss_.memory_max_bytes;
  loss_ = std::move(why);
  const bool ask = phase_ == Phase::Ready && !link_closed_ && grace > Duration{0};
  const bool started = phase_ != Phase::Starting;
  phase_ = Phase::Ending;
  if (!started)
    return timer_.reset();
  if (!ask)
    return send_signal_term();
  peer_->request(link::Shutdown{grace.count()}, link::kNoDeadline, [](Result<link::Done>) {});
  timer_ =
      shared_.loop.after(grace + shared_.settings.shutdown_grace, [this] { send_signal_term(); });
}

void Runner::send_signal_term() {
  // Memory grows on while one is polite.
  const Duration grace =
      loss_.reason == LossReason::Memory ? Duration{0} : shared_.settings.term_grace;
  if (grace > Duration{0})
    body_->signal(SIGTERM);
  timer_ = shared_.loop.after(grace, [this] {
    body_->kill();
    timer_ = shared_.loop.after(kUnkillable, [this] {
      kLog.error("runner {} (process {}) has not ended {} s after SIGKILL; its process hangs in "
                 "the kernel",
                 spec_.title, loss_.pid, kUnkillable.count() / 1000);
    });
  });
}

void Runner::on_link_closed(const Error &reason) {
  link_closed_ = true;
  if (exited_)
    return finish();
  body_->link_lost();
  if (ending())
    return;
  const bool fault = reason.code() != Code::Unavailable;
  std::string detail = fault ? fmt::format("fault on its link: {}", reason.message())
                             : std::string("it closed its link and went on");
  phase_ = Phase::Lost;
  // A process that ends closes its link a moment before.
  timer_ = shared_.loop.after(fault ? Duration{0} : kOtherEnd, [this, detail] {
    Loss why;
    why.reason = LossReason::Link;
    why.detail = detail;
    end(std::move(why), Duration{0});
  });
}

void Runner::on_exit(ProcessExit exit) {
  exited_ = true;
  loss_.exit = exit;
  if (loss_.reason == LossReason::Ended)
    loss_.occupations = occupations();
  if (loss_.reason == LossReason::Ended && exit.ran_out_of_memory) {
    loss_.reason = LossReason::Memory;
    loss_.memory_bytes = exit.peak_memory_bytes;
  }
  loss_.stderr_tail = body_->stderr_tail();
  if (link_closed_)
    return finish();
  if (!ending())
    phase_ = Phase::Lost;
  // Its last words are still in the socket; a descendant may hold the other end open.
  timer_ = shared_.loop.after(kOtherEnd, [this] {
    peer_->close();
    finish();
  });
}

void Runner::finish() {
  phase_ = Phase::Ended;
  timer_.reset();
  // Later, because the owner destroys this runner then.
  ended_ = shared_.loop.after(Duration{0}, [this] {
    const auto on_ended = std::move(handlers_.on_ended);
    on_ended(std::move(loss_));
  });
}

} // namespace host::supervisor
