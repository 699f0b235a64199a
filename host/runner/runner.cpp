#include "host/runner/runner.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "host/base/log.h"
#include "host/runner/plugin_calls.h"

namespace host::runner {
namespace {

const log::Logger kLog{"sluice.runner"};

// For the last answers to leave, if the host does not read them.
constexpr std::chrono::seconds kFinishTimeout{2};
// For a connector object to stop by itself when nobody is left to say how long it may take.
constexpr std::chrono::seconds kOrphanTimeout{5};

Duration timeout_of(std::int64_t ms) {
  constexpr std::int64_t kDay = 24 * 3600 * 1000;
  return Duration(std::clamp<std::int64_t>(ms, 0, kDay));
}

} // namespace

Runner::Runner(link::IoLoop &loop, std::unique_ptr<link::Channel> channel, link::RunnerPage &page,
               Redactor &redactor, const Clock &clock, Home home, std::function<void(End)> on_end)
    : loop_(loop), page_(page), redactor_(redactor), home_(home), on_end_(std::move(on_end)),
      peer_(loop, std::move(channel)), outlet_(peer_, redactor_), clock_(clock) {}

Runner::~Runner() = default;

void Runner::start() {
  peer_.open([this](const Error &reason) { lost(reason); });
  peer_.request(link::Hello{link::kProtocol, std::string(link::build_id()), ::getpid()},
                link::kNoDeadline,
                [this](Result<link::Welcome> welcome) { welcomed(std::move(welcome)); });
}

void Runner::welcomed(Result<link::Welcome> welcome) {
  if (!welcome && welcome.error().code() == Code::Unavailable)
    return; // lost() follows
  if (!welcome || welcome->protocol != link::kProtocol) {
    kLog.error("the host refuses this runner: {}",
               welcome ? "it speaks another protocol" : welcome.error().message());
    end_ = End::Refused;
    peer_.close();
    return lost(Error(Code::Cancelled, "refused"));
  }
  if (welcome->lease_until_boottime_ms != 0 && !take_lease(welcome->lease_until_boottime_ms))
    return;
  redactor_.add(welcome->secrets);
  if (home_ == Home::OwnProcess)
    for (const auto &[prefix, level] : welcome->log_levels)
      if (const auto known = log::level_of(level))
        log::set_level(prefix, *known);
  parts_.emplace(loop_, clock_, page_, outlet_, std::move(welcome->worker_config));
  tasks_.emplace(*parts_, [this] { check_drained(); });
  serve_plugin_requests();
  serve_connector_requests();
  serve_task_requests();
  serve_runner_requests();
}

void Runner::serve_plugin_requests() {
  peer_.on<link::Inspect>(
      [this](link::Inspect request, link::Responder<link::Inspected> responder) {
        parts_->control.post([this, request = std::move(request), responder] {
          if (auto inspected = inspect(request.plugin_path, parts_->control_slot()))
            responder.reply(std::move(*inspected));
          else
            outlet_.fail(responder, inspected.error());
        });
      });
  peer_.on<link::Validate>(
      [this](link::Validate request, link::Responder<link::Validated> responder) {
        parts_->control.post([this, request = std::move(request), responder] {
          if (auto validated = validate(request, parts_->control_slot()))
            responder.reply(std::move(*validated));
          else
            outlet_.fail(responder, validated.error());
        });
      });
  peer_.on<link::AlterOffsets>(
      [this](link::AlterOffsets request, link::Responder<link::OffsetsAltered> responder) {
        redactor_.add(request.secrets);
        parts_->control.post([this, request = std::move(request), responder] {
          if (auto altered = alter_offsets(request, parts_->control_slot()))
            responder.reply(*altered);
          else
            outlet_.fail(responder, altered.error());
        });
      });
}

void Runner::serve_connector_requests() {
  peer_.on<link::StartConnector>([this](link::StartConnector request, Done responder) {
    start_connector(std::move(request), std::move(responder));
  });
  peer_.on<link::TaskConfigs>(
      [this](const link::TaskConfigs &request, link::Responder<link::TaskConfigList> responder) {
        if (const auto object = connector(request.connector, responder))
          object->task_configs(request.max_tasks, std::move(responder));
      });
  peer_.on<link::RemoveConnector>([this](link::RemoveConnector request, Done responder) {
    remove_connector(std::move(request), std::move(responder));
  });
}

void Runner::serve_task_requests() {
  peer_.on<link::StartTask>([this](link::StartTask request, Done responder) {
    if (draining_)
      return responder.fail(Error(Code::Cancelled, "the runner is shutting down"));
    redactor_.add(request.secrets);
    tasks_->start(std::move(request), std::move(responder));
  });
  peer_.on<link::Pause>([this](const link::Pause &request, Done responder) {
    set_target(request.task, TargetState::Paused, std::move(responder));
  });
  peer_.on<link::Resume>([this](const link::Resume &request, Done responder) {
    set_target(request.task, TargetState::Started, std::move(responder));
  });
  peer_.on<link::Stop>([this](const link::Stop &request, Done responder) {
    if (request.task.number == link::kConnectorItself)
      set_target(request.task, TargetState::Stopped, std::move(responder));
    else
      tasks_->stop(request.task, timeout_of(request.timeout_ms), std::move(responder));
  });
}

// In the host's process it is the host that is bound to its lease.
bool Runner::take_lease(std::int64_t until_boottime_ms) {
  if (home_ == Home::HostProcess)
    return true;
  const Status armed = lease_.arm(until_boottime_ms);
  if (armed)
    return true;
  kLog.error("a runner that cannot be bound to its lease must not run: {}",
             armed.error().message());
  end_ = End::Refused;
  peer_.close();
  lost(armed.error());
  return false;
}

void Runner::serve_runner_requests() {
  peer_.on<link::Lease>([this](const link::Lease &lease) { take_lease(lease.until_boottime_ms); });
  peer_.on<link::SetLogLevel>([this](const link::SetLogLevel &request) {
    const auto level = log::level_of(request.level);
    if (level && home_ == Home::OwnProcess)
      log::set_level(request.prefix, *level);
  });
  peer_.on<link::Shutdown>([this](const link::Shutdown &request, Done responder) {
    shut_down(timeout_of(request.timeout_ms), std::move(responder));
  });
}

void Runner::start_connector(link::StartConnector request, Done responder) {
  if (draining_)
    return responder.fail(Error(Code::Cancelled, "the runner is shutting down"));
  if (connector_)
    return responder.fail(
        Error(Code::AlreadyExists, exception::kConnect,
              fmt::format("Connector with name {} already exists", connector_->name())));
  redactor_.add(request.secrets);
  parts_->control_slot().incarnation.store(request.incarnation.value, std::memory_order_relaxed);
  const TargetState target = request.target;
  connector_ = std::make_shared<ConnectorHost>(std::move(request), outlet_, parts_->control,
                                               parts_->control_slot());
  connector_->request(target, std::move(responder));
}

template <class R>
std::shared_ptr<ConnectorHost> Runner::connector(const std::string &name,
                                                 const link::Responder<R> &responder) {
  if (connector_ && connector_->name() == name)
    return connector_;
  responder.fail(Error(Code::NotFound, fmt::format("connector {} does not run here", name)));
  return nullptr;
}

void Runner::set_target(const TaskId &task, TargetState target, Done responder) {
  if (task.number != link::kConnectorItself)
    return tasks_->set_target(task, target, std::move(responder));
  if (const auto object = connector(task.connector, responder))
    object->request(target, std::move(responder));
}

void Runner::remove_connector(link::RemoveConnector request, Done responder) {
  const auto object = connector(request.connector, responder);
  if (!object)
    return;
  connector_.reset(); // the name is free for the next one, whose jobs come after this one's
  const auto deadline = std::make_shared<link::Timer>();
  *deadline = loop_.after(timeout_of(request.timeout_ms), [this, object, responder] {
    parts_->nudge.post([object] { object->cancel(); });
    responder.fail(
        Error(Code::Timeout, exception::kConnect,
              fmt::format("Connector {} did not stop in time; it was cancelled", object->name())));
  });
  object->remove([this, deadline, responder] {
    loop_.post([deadline, responder] {
      deadline->reset();
      responder.reply({});
    });
  });
}

void Runner::shut_down(Duration timeout, Done responder) {
  if (shutdown_)
    return responder.fail(Error(Code::Conflict, "the runner is shutting down already"));
  shutdown_ = std::move(responder);
  end_ = End::Ordered;
  deadline_ = loop_.after(timeout, [this] {
    if (const auto object = connector_)
      parts_->nudge.post([object] { object->cancel(); });
    outlet_.fail(*shutdown_,
                 Error(Code::Timeout, exception::kConnect, "not everything stopped in time"));
    peer_.finish();
    deadline_ = loop_.after(kFinishTimeout, [this] { lost(Error(Code::Timeout, "")); });
  });
  drain();
}

void Runner::drain() {
  if (std::exchange(draining_, true))
    return;
  const auto control_done = [this] {
    loop_.post([this] {
      control_drained_ = true;
      check_drained();
    });
  };
  tasks_->stop_all();
  if (connector_)
    connector_->remove(control_done);
  else
    parts_->control.post(control_done);
}

void Runner::check_drained() {
  if (!draining_ || !control_drained_ || !tasks_->empty() || std::exchange(drained_, true))
    return;
  // Tasks are destroyed on the nudge thread; the runner ends when the last is.
  parts_->nudge.post([this] {
    loop_.post([this] {
      idle_ = true;
      if (shutdown_ && !closed_) {
        shutdown_->reply({});
        peer_.finish();
        deadline_ = loop_.after(kFinishTimeout, [this] { lost(Error(Code::Timeout, "")); });
      }
      end_if_due();
    });
  });
}

void Runner::lost(const Error &reason) {
  peer_.close();
  deadline_.reset();
  closed_ = true;
  if (end_ == End::LinkLost)
    kLog.warn("the link to the host is lost: {}", reason.message());
  if (home_ == Home::HostProcess && parts_) {
    drain();
    deadline_ = loop_.after(kOrphanTimeout, [this] {
      if (const auto object = connector_)
        parts_->nudge.post([object] { object->cancel(); });
    });
  }
  end_if_due();
}

void Runner::end_if_due() {
  const bool all_returned = idle_ || !parts_ || home_ == Home::OwnProcess;
  if (closed_ && all_returned && on_end_)
    std::exchange(on_end_, nullptr)(end_);
}

} // namespace host::runner
