#include "host/supervisor/runner_unit.h"

#include <utility>

#include <fmt/format.h>

#include "host/base/log.h"

// The process of a unit: start, loss, replacement, end. Its parts are in runner_unit_parts.cpp.
namespace host::supervisor {
namespace {

const log::Logger kLog{"sluice.supervisor"};

// A renewal is passed on when it gains this part of what is left.
constexpr std::int64_t kLeaseSteps = 20;

// In [0, 1).
double fraction(std::mt19937_64 &random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

} // namespace

RunnerUnit::RunnerUnit(UnitShared &shared, const ConnectorSpec &spec, PluginFile file,
                       std::string title)
    : shared_(shared), connector_(spec.name), isolation_(spec.isolation), title_(std::move(title)),
      limits_(spec.limits), file_(std::move(file)) {}

RunnerUnit::~RunnerUnit() = default;

void RunnerUnit::ensure_runner() {
  if (runner_ && runner_->ready())
    return on_ready();
  if (!runner_ && !restart_.pending())
    start_runner();
}

void RunnerUnit::start_runner() {
  awaits_lease_ = shared_.runners.lease_is_over();
  if (awaits_lease_)
    return;
  // A file that was replaced meanwhile is the one that gets loaded.
  if (const PluginFile present = look_at_plugin(file_.path); present.exists())
    file_ = present;
  RunnerSpec spec;
  spec.title = title_;
  spec.connector = connector_;
  spec.in_process = isolation_ == Isolation::None;
  spec.leased = true;
  spec.inherit_stdio = shared_.runners.settings.inherit_stdio;
  spec.memory_max_bytes = limits_.memory_max_bytes;
  runner_ = std::make_unique<Runner>(
      shared_.runners, std::move(spec),
      Runner::Handlers{[this](link::Peer &peer) { on_open(peer); },
                       [this] {
                         told_lease_until_ = shared_.runners.lease_until_boottime_ms.value_or(0);
                         on_ready();
                       },
                       [this](const Loss &loss) { on_ended(loss); }});
  runner_->set_stall_timeout(limits_.stall_timeout);
  runner_->start();
}

void RunnerUnit::on_open(link::Peer &peer) {
  peer.on<link::Status>([this](const link::Status &status) { on_status(status); });
  peer.on<link::CommitOffsets>(
      [this](link::CommitOffsets message, const link::Responder<link::Done> &responder) {
        on_commit(std::move(message), responder);
      });
  peer.on<link::ReadOffsets>(
      [this](link::ReadOffsets message, const link::Responder<link::OffsetsRead> &responder) {
        on_read(std::move(message), responder);
      });
  peer.on<link::TopicActive>([this](const link::TopicActive &message) {
    if (message.task.connector == connector_ && tasks_.contains(message.task.number))
      shared_.events.on_topic_active(message.task, message.topic);
  });
  peer.on<link::ConnectorFailed>(
      [this](const link::ConnectorFailed &message) { on_connector_failed(message); });
  peer.on<link::RequestReconfigure>([this](const link::RequestReconfigure &message) {
    if (object_ && object_->incarnation == message.incarnation)
      shared_.events.on_reconfigure_requested(connector_);
  });
}

void RunnerUnit::on_ready() {
  if (object_ && object_->phase == Phase::Waiting && object_->wanted())
    send_object();
  for (auto &[number, task] : tasks_)
    if (task.phase == Phase::Waiting)
      send_task(number);
}

void RunnerUnit::log_loss(const Loss &loss) const {
  const log::ScopedContext context(log::connector_context(connector_));
  kLog.error("{} (process {}, {})", loss.summary(), loss.pid, title_);
}

void RunnerUnit::on_ended(const Loss &loss) {
  runner_.reset();
  if (object_)
    object_->held = false;
  for (auto &[number, task] : tasks_)
    task.held = false;
  if (!loss.expected)
    log_loss(loss);
  settle_stopping();
  const Error error(Code::Fatal, exception::kConnect, loss.summary());
  asked_configs_.settle_all(Result<std::vector<StringMap>>(error));
  if (object_)
    object_->changes.settle_all(Status(error));
  if (empty())
    return drop_if_empty();
  replace_runner(loss);
}

// What was to be stopped is, now that there is no process.
void RunnerUnit::settle_stopping() {
  for (auto it = tasks_.begin(); it != tasks_.end();) {
    const auto &[number, task] = *it++;
    if (task.phase == Phase::Stopping)
      task_stopped(number);
  }
  if (object_ && object_->phase == Phase::Stopping)
    object_removed();
}

// It is no fault of the runner's that it was killed: it starts again when the worker is back in its
// group, if that is still wanted then.
void RunnerUnit::await_lease(const Loss &loss) {
  const std::string next =
      "the worker's lease has ended; the runner is replaced when it is renewed";
  kLog.warn("{}: {}", title_, next);
  awaits_lease_ = true;
  mark_lost(State::Restarting, Phase::Waiting, loss.trace(next));
}

// A process is not woken by each heartbeat, only when it gains something by it; threads of this
// process live by its own lease.
void RunnerUnit::on_lease() {
  if (!runner_) {
    if (std::exchange(awaits_lease_, false) && !empty())
      ensure_runner();
    return;
  }
  const std::int64_t until = *shared_.runners.lease_until_boottime_ms;
  const std::int64_t length = until - metrics::boottime_ms();
  if (lives_here() || (until - told_lease_until_) * kLeaseSteps < length)
    return;
  told_lease_until_ = until;
  runner_->tell(link::Lease{until});
}

// What the process knew may be a little less than what the host knows.
bool RunnerUnit::told_lease_is_over() const {
  return told_lease_until_ != 0 && told_lease_until_ <= metrics::boottime_ms();
}

void RunnerUnit::replace_runner(const Loss &loss) {
  // An object that was paused or stopped is made anew when it is resumed.
  if (object_ && object_->phase == Phase::Sent && object_->target != TargetState::Started)
    object_->phase = Phase::Waiting;
  bool wanted = object_ && object_->wanted();
  for (const auto &[number, task] : tasks_)
    wanted = wanted || task.phase == Phase::Waiting || task.phase == Phase::Sent;
  if (!wanted)
    return;
  if (shared_.runners.lease_is_over() || told_lease_is_over())
    return await_lease(loss);
  // A runner that was killed because of a part that is no longer here is not to blame.
  RestartBudget::Restart restart;
  std::string next = "the runner is replaced at once";
  if (loss.reason != LossReason::NotStopped) {
    const auto granted =
        budget_.on_loss(std::chrono::steady_clock::now(), limits_, fraction(shared_.random));
    if (!granted) {
      next = fmt::format("given up: more than {} losses within {} ms (runner.restart.max, "
                         "runner.restart.window.ms); restart it when the cause is removed",
                         limits_.restart_max, limits_.restart_window.count());
      kLog.error("{}: {}", title_, next);
      return mark_lost(State::Failed, Phase::Failed, loss.trace(next));
    }
    restart = *granted;
    next = fmt::format("restart {} of {} in {} ms", restart.number, limits_.restart_max,
                       restart.delay.count());
  }
  kLog.info("{}: {}", title_, next);
  restart_ = shared_.runners.loop.after(restart.delay, [this] { start_runner(); });
  mark_lost(State::Restarting, Phase::Waiting, loss.trace(next));
}

void RunnerUnit::mark_lost(State state, Phase phase, const std::string &trace) {
  if (object_ && object_->wanted()) {
    object_->phase = phase;
    tell(*object_, link::kConnectorItself, state, trace);
  }
  for (auto &[number, task] : tasks_)
    if (task.phase == Phase::Waiting || task.phase == Phase::Sent) {
      task.phase = phase;
      tell(task, number, state, trace);
    }
}

void RunnerUnit::end_hung(Duration waited) {
  if (!runner_)
    return;
  Loss why;
  why.reason = LossReason::NotStopped;
  why.waited = waited;
  runner_->end(std::move(why), shared_.runners.settings.shutdown_grace);
}

void RunnerUnit::drop_if_empty() {
  if (!empty())
    return;
  retired_ = true;
  restart_.reset();
  if (runner_)
    return runner_->end(Loss::none(), limits_.graceful_timeout);
  // Later, because the caller may be in the middle of this unit.
  restart_ = shared_.runners.loop.after(Duration{0}, [this] {
    const auto on_dropped = std::move(on_dropped_);
    on_dropped();
  });
}

void RunnerUnit::shut_down() {
  retired_ = true;
  restart_.reset();
  const Error error(Code::Cancelled, "the supervisor is stopping");
  asked_configs_.settle_all(Result<std::vector<StringMap>>(error));
  if (object_) {
    object_->changes.settle_all(Status(error));
    object_->phase = Phase::Stopping;
  }
  // Tasks stay known until the process has ended: their last offsets are still to come.
  for (auto &[number, task] : tasks_)
    task.phase = Phase::Stopping;
  if (runner_)
    return runner_->end(Loss::none(), limits_.graceful_timeout);
  settle_stopping();
  drop_if_empty();
}

void RunnerUnit::look(TimePoint now, std::int64_t boottime_ms) {
  if (runner_)
    runner_->look(now, boottime_ms);
}

void RunnerUnit::set_log_level(const std::string &prefix, const std::string &level) {
  if (runner_)
    runner_->tell(link::SetLogLevel{prefix, level});
}

} // namespace host::supervisor
