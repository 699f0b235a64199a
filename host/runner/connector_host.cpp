#include "host/runner/connector_host.h"

#include <fmt/format.h>

#include <utility>

#include "host/base/log.h"
#include "host/metrics/callback_guard.h"
#include "host/runner/job_thread.h"
#include "host/runner/outlet.h"
#include "host/runner/plugin_calls.h"

namespace host::runner {
namespace {

using metrics::Callback;
using metrics::CallbackGuard;

const log::Logger kLog{"sluice.runner.connector"};

} // namespace

ConnectorHost::ConnectorHost(link::StartConnector spec, Outlet &outlet, JobThread &control,
                             metrics::TaskSlot &slot)
    : spec_(std::move(spec)), outlet_(outlet), control_(control), slot_(slot) {}

void ConnectorHost::request(TargetState target, link::Responder<link::Done> responder) {
  std::optional<Pending> old;
  {
    std::lock_guard lock(mutex_);
    old = std::exchange(pending_, Pending{target, std::move(responder)});
  }
  preempt(std::move(old),
          fmt::format("before another request to change state was made; the new request (which is "
                      "to change the state to {}) has pre-empted this one",
                      name_of(target)));
  control_.post([self = shared_from_this()] { self->take_pending(); });
}

void ConnectorHost::preempt(std::optional<Pending> old, const std::string &by) const {
  if (old)
    old->responder.fail(Error(Code::Conflict, exception::kConnect,
                              fmt::format("Could not begin changing connector state to {} {}",
                                          name_of(old->target), by)));
}

void ConnectorHost::take_pending() {
  const log::ScopedContext context(log::connector_context(name()));
  std::optional<Pending> pending;
  {
    std::lock_guard lock(mutex_);
    pending = std::exchange(pending_, std::nullopt);
  }
  if (!pending || phase_ == Phase::Removed)
    return; // taken by an earlier job, or cut short by the removal
  if (phase_ == Phase::Failed && pending->target != TargetState::Stopped) {
    pending->responder.fail(Error(Code::Conflict, exception::kConnect,
                                  fmt::format("{} Cannot transition connector to {} since it has "
                                              "failed",
                                              label(), name_of(pending->target))));
    return;
  }
  if (Status moved = move_to(pending->target); !moved)
    outlet_.fail(
        pending->responder,
        std::move(moved).error().wrap(Code::Fatal, exception::kConnect,
                                      fmt::format("Failed to transition connector {} to state {}",
                                                  name(), name_of(pending->target))));
  else
    pending->responder.reply({});
}

Status ConnectorHost::move_to(TargetState target) {
  kLog.debug("{} Transition connector to {}", label(), name_of(target));
  if (object_ == nullptr)
    if (Status opened = open(); !opened) {
      kLog.error("{} cannot be made: {}", label(), outlet_.redact(opened.error().message()));
      fail_once(opened.error(), false);
      return opened;
    }
  switch (target) {
  case TargetState::Started:
    return start();
  case TargetState::Paused:
    return suspend(Phase::Paused);
  case TargetState::Stopped:
    return suspend(Phase::Stopped);
  }
  return {};
}

Status ConnectorHost::open() {
  HOST_ASSIGN(auto connector, find_connector(spec_.plugin_path, spec_.class_name, slot_));
  plugin::ConnectorEvents events;
  events.reconfigure_requested = [this, weak = weak_from_this()] {
    if (const auto self = weak.lock())
      outlet_.peer().tell(link::RequestReconfigure{name(), spec_.incarnation});
  };
  // In the order of the calls on the object, so that RUNNING is never told after this failure.
  events.failed = [this, weak = weak_from_this()](Error error) {
    if (const auto self = weak.lock())
      control_.post([self, error = std::move(error)] { self->raised(error); });
  };
  const CallbackGuard guard(slot_, Callback::Create);
  HOST_ASSIGN(std::shared_ptr<plugin::ConnectorObject> object,
              plugin::ConnectorObject::create(std::move(connector), name(), std::move(events)));
  std::lock_guard lock(mutex_);
  object_ = std::move(object);
  return {};
}

Status ConnectorHost::start() {
  if (phase_ == Phase::Started)
    return {};
  Status started;
  {
    const CallbackGuard guard(slot_, Callback::Start);
    started = object_->start(spec_.config);
  }
  if (!started) {
    kLog.error("{} Error while starting connector: {}", label(),
               outlet_.redact(started.error().message()));
    fail_once(started.error(), false);
    return started;
  }
  phase_ = Phase::Started;
  tell(State::Running);
  return {};
}

// A stop that fails while pausing fails the connector; while stopping it is stopped all the same.
Status ConnectorHost::suspend(Phase phase) {
  if (phase_ == phase)
    return {};
  Status stopped;
  if (phase_ == Phase::Started) {
    const CallbackGuard guard(slot_, Callback::Stop);
    stopped = object_->stop();
  }
  if (!stopped)
    kLog.error("{} Error while {} connector: {}", label(),
               phase == Phase::Paused ? "pausing" : "stopping",
               outlet_.redact(stopped.error().message()));
  if (!stopped && phase == Phase::Paused) {
    fail_once(stopped.error(), false);
    return stopped;
  }
  phase_ = phase;
  tell(phase == Phase::Paused ? State::Paused : State::Stopped);
  return stopped;
}

void ConnectorHost::fail_once(const Error &error, bool raised) {
  if (phase_ == Phase::Failed)
    return; // the first trace stays
  phase_ = Phase::Failed;
  if (!raised)
    tell(State::Failed, error.trace());
  else if (!muted())
    outlet_.connector_failed(name(), spec_.incarnation, error);
}

void ConnectorHost::raised(const Error &error) {
  const log::ScopedContext context(log::connector_context(name()));
  if (phase_ == Phase::Removed)
    return;
  kLog.error("{} Connector raised an error: {}", label(), outlet_.redact(error.message()));
  fail_once(error, true);
}

void ConnectorHost::task_configs(std::int32_t max_tasks,
                                 link::Responder<link::TaskConfigList> responder) {
  control_.post([self = shared_from_this(), max_tasks, responder = std::move(responder)] {
    const log::ScopedContext context(log::connector_context(self->name()));
    if (auto configs = self->make_task_configs(max_tasks))
      responder.reply(std::move(*configs));
    else
      self->outlet_.fail(responder, configs.error());
  });
}

Result<link::TaskConfigList> ConnectorHost::make_task_configs(std::int32_t max_tasks) {
  if (phase_ != Phase::Started)
    return fail(
        Code::Conflict, exception::kConnect,
        fmt::format("Connector {} is not started, so it has no task configurations", name()));
  const CallbackGuard guard(slot_, Callback::TaskConfigs);
  HOST_ASSIGN(auto configs, object_->task_configs(max_tasks));
  return link::TaskConfigList{std::move(configs)};
}

void ConnectorHost::remove(std::function<void()> removed) {
  std::optional<Pending> old;
  {
    std::lock_guard lock(mutex_);
    old = std::exchange(pending_, std::nullopt);
  }
  preempt(std::move(old), "as the connector has been scheduled for shutdown");
  control_.post([self = shared_from_this(), removed = std::move(removed)] {
    const log::ScopedContext context(log::connector_context(self->name()));
    self->shut_down();
    removed();
  });
}

void ConnectorHost::shut_down() {
  if (phase_ == Phase::Removed)
    return;
  Status stopped;
  if (phase_ == Phase::Started) {
    const CallbackGuard guard(slot_, Callback::Stop);
    stopped = object_->stop();
  }
  if (stopped) {
    tell(State::Unassigned);
  } else {
    kLog.error("{} Error while shutting down connector: {}", label(),
               outlet_.redact(stopped.error().message()));
    tell(State::Failed, stopped.error().trace());
  }
  phase_ = Phase::Removed;
  std::shared_ptr<plugin::ConnectorObject> object;
  {
    std::lock_guard lock(mutex_);
    object = std::move(object_);
  }
  const CallbackGuard guard(slot_, Callback::Destroy);
  object.reset();
}

void ConnectorHost::cancel() {
  std::shared_ptr<plugin::ConnectorObject> object;
  {
    std::lock_guard lock(mutex_);
    muted_ = true;
    object = object_;
  }
  if (object)
    object->cancel();
}

bool ConnectorHost::muted() {
  std::lock_guard lock(mutex_);
  return muted_;
}

void ConnectorHost::tell(State state, const std::string &trace) {
  if (!muted())
    outlet_.status({name(), link::kConnectorItself}, spec_.incarnation, state, trace);
}

} // namespace host::runner
