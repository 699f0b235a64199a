#include <utility>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/supervisor/runner_unit.h"

// The parts of a unit, the connector object and tasks, and what the runner says of them.
namespace host::supervisor {
namespace {

const log::Logger kLog{"sluice.supervisor"};

State state_of(TargetState target) {
  return target == TargetState::Paused ? State::Paused : State::Stopped;
}

Error preempted(TargetState before, TargetState now) {
  return Error(Code::Cancelled, exception::kConnect,
               fmt::format("Could not begin changing connector state to {} before another request "
                           "to change state was made; the new request (which is to change the "
                           "state to {}) has pre-empted this one",
                           name_of(before), name_of(now)));
}

} // namespace

void RunnerUnit::tell(Part &part, std::int32_t number, State state, std::string trace) {
  if (part.told == state && part.told_trace == trace)
    return;
  part.told = state;
  part.told_trace = trace;
  shared_.events.on_status(id_of(number), state, std::move(trace));
}

void RunnerUnit::fail_part(Part &part, std::int32_t number, const std::string &trace) {
  part.phase = Phase::Failed;
  tell(part, number, State::Failed, shared_.runners.redactor.redact(trace));
}

// ---- the connector object

void RunnerUnit::start_object(SharedSpec spec, TargetState target, Done done) {
  limits_ = spec->limits;
  object_.emplace();
  object_->spec = std::move(spec);
  object_->target = target;
  if (target != TargetState::Started)
    return change_absent_object(target, done);
  object_->changes.add(std::move(done));
  ensure_runner();
}

void RunnerUnit::send_object() {
  object_->phase = Phase::Sent;
  object_->held = true;
  object_->incarnation = shared_.next_incarnation();
  link::StartConnector message;
  message.connector = connector_;
  message.incarnation = object_->incarnation;
  message.plugin_path = object_->spec->plugin_path;
  message.class_name = object_->spec->class_name;
  message.config = object_->spec->config;
  message.secrets = object_->spec->secrets;
  message.target = object_->target;
  runner_->request(std::move(message),
                   [this, incarnation = object_->incarnation](Result<link::Done> reply) {
                     if (!object_ || object_->incarnation != incarnation)
                       return;
                     if (!reply && object_->phase == Phase::Sent && object_->told != State::Failed)
                       fail_part(*object_, link::kConnectorItself, reply.error().trace());
                     object_->changes.settle_all(reply ? Status() : Status(reply.error()));
                   });
}

void RunnerUnit::set_object_target(TargetState target, Done done) {
  if (!object_ || object_->phase == Phase::Stopping)
    return done(fail(Code::NotFound, fmt::format("connector {} has no object here", connector_)));
  if (object_->held && runner_ && runner_->ready())
    return change_held_object(target, std::move(done));
  change_absent_object(target, done);
  if (object_ && object_->phase == Phase::Waiting && target == TargetState::Started)
    object_->changes.add(std::move(done));
  if (object_ && object_->phase == Phase::Waiting && target == TargetState::Started)
    ensure_runner();
}

// The runner keeps Connect's rules for an object that it has, also that of pre-emption.
void RunnerUnit::change_held_object(TargetState target, Done done) {
  object_->target = target;
  const auto settle = object_->changes.add(std::move(done));
  const auto on_reply = [settle](const Result<link::Done> &reply) {
    settle(reply ? Status() : Status(reply.error()));
  };
  const TaskId itself = id_of(link::kConnectorItself);
  if (target == TargetState::Started)
    runner_->request(link::Resume{itself}, on_reply);
  else if (target == TargetState::Paused)
    runner_->request(link::Pause{itself}, on_reply);
  else
    runner_->request(link::Stop{itself, limits_.graceful_timeout.count()}, on_reply);
}

// There is no object that a plugin would have to hear of it: it was never started, or its process
// is lost. Calls `done` unless the object is to be started.
void RunnerUnit::change_absent_object(TargetState target, const Done &done) {
  if (object_->phase == Phase::Failed && target != TargetState::Stopped)
    return done(fail(Code::Conflict, exception::kConnect,
                     fmt::format("WorkerConnector{{id={}}} Cannot transition connector to {} since "
                                 "it has failed",
                                 connector_, name_of(target))));
  const TargetState before = std::exchange(object_->target, target);
  if (before != target)
    object_->changes.settle_all(Status(preempted(before, target)));
  object_->phase = Phase::Waiting;
  if (target == TargetState::Started)
    return;
  tell(*object_, link::kConnectorItself, state_of(target));
  done({});
}

void RunnerUnit::remove_object(Done done) {
  if (!object_)
    return done({});
  object_->removed.push_back(std::move(done));
  if (object_->phase == Phase::Stopping)
    return;
  object_->phase = Phase::Stopping;
  if (!object_->held)
    return object_removed();
  if (!runner_ || !runner_->ready())
    return; // it is ending; on_ended goes on
  const Duration timeout = limits_.graceful_timeout;
  object_->deadline = shared_.runners.loop.after(timeout + shared_.runners.settings.stop_margin,
                                                 [this, timeout] { end_hung(timeout); });
  runner_->request(link::RemoveConnector{connector_, timeout.count()},
                   [this, timeout](const Result<link::Done> &reply) {
                     if (!object_ || object_->phase != Phase::Stopping)
                       return;
                     if (!reply && reply.error().code() == Code::Timeout)
                       return end_hung(timeout);
                     if (!reply)
                       kLog.warn("while stopping connector {}: {}", connector_,
                                 reply.error().message());
                     object_removed();
                   });
}

void RunnerUnit::object_removed() {
  auto object = std::exchange(object_, std::nullopt);
  object->changes.settle_all(Status(
      Error(Code::Cancelled, exception::kConnect,
            fmt::format("Could not begin changing connector state to {} as the connector has "
                        "been scheduled for shutdown",
                        name_of(object->target)))));
  drop_if_empty();
  for (const Done &removed : object->removed)
    removed({});
}

void RunnerUnit::task_configs(std::int32_t max_tasks, Supervisor::OnConfigs done) {
  if (!object_ || object_->phase != Phase::Sent || !runner_ || !runner_->ready())
    return done(fail(Code::Retry, fmt::format("connector {} is not running now", connector_)));
  const auto settle = asked_configs_.add(std::move(done));
  runner_->request(link::TaskConfigs{connector_, max_tasks},
                   [settle](Result<link::TaskConfigList> reply) {
                     if (reply)
                       settle(Result<std::vector<StringMap>>(std::move(reply->configs)));
                     else
                       settle(Result<std::vector<StringMap>>(reply.error()));
                   });
}

// ---- tasks

void RunnerUnit::start_task(SharedSpec spec, std::int32_t number, StringMap config,
                            TargetState target) {
  limits_ = spec->limits;
  Task &task = tasks_[number];
  task.spec = std::move(spec);
  task.config = std::move(config);
  task.target = target;
  ensure_runner();
}

RunnerCounts RunnerUnit::counts() const {
  RunnerCounts counts{connector_, pid(), {}};
  if (runner_)
    for (auto &[number, slot] : runner_->readings())
      counts.tasks.push_back({id_of(number), std::move(slot)});
  return counts;
}

std::uint32_t RunnerUnit::free_slot() const {
  std::vector<bool> used(link::SharedPage::kSlots);
  used[link::SharedPage::kControlSlot] = true;
  for (const auto &[number, task] : tasks_)
    if (task.held)
      used[task.slot] = true;
  std::uint32_t slot = 0;
  while (slot < used.size() && used[slot])
    ++slot;
  return slot;
}

void RunnerUnit::send_task(std::int32_t number) {
  Task &task = tasks_.at(number);
  const std::uint32_t slot = free_slot();
  if (slot == link::SharedPage::kSlots)
    return fail_part(task, number,
                     Error(Code::Fatal, fmt::format("a runner has room for {} tasks; set "
                                                    "runner.isolation=task",
                                                    slot - 1))
                         .trace());
  task.slot = slot;
  task.phase = Phase::Sent;
  task.held = true;
  task.incarnation = shared_.next_incarnation();
  runner_->watch_slot(slot, number);
  link::StartTask message;
  message.task = id_of(number);
  message.incarnation = task.incarnation;
  message.slot = slot;
  message.plugin_path = task.spec->plugin_path;
  message.class_name = task.spec->class_name;
  message.connector_config = task.spec->config;
  message.task_config = task.config;
  message.secrets = task.spec->secrets;
  message.target = task.target;
  runner_->request(std::move(message), [this, number, incarnation = task.incarnation](
                                           const Result<link::Done> &reply) {
    const auto known = tasks_.find(number);
    if (reply || known == tasks_.end() || known->second.incarnation != incarnation ||
        known->second.phase != Phase::Sent)
      return;
    known->second.held = false;
    runner_->forget_slot(known->second.slot);
    fail_part(known->second, number, reply.error().trace());
  });
}

void RunnerUnit::set_task_target(std::int32_t number, TargetState target) {
  const auto known = tasks_.find(number);
  if (known == tasks_.end() || known->second.phase == Phase::Stopping)
    return;
  Task &task = known->second;
  task.target = target;
  if (task.phase != Phase::Sent || !task.held || !runner_ || !runner_->ready())
    return; // StartTask will say it
  const auto on_reply = [id = id_of(number)](const Result<link::Done> &reply) {
    if (!reply)
      kLog.warn("while changing the target of task {}: {}", id.text(), reply.error().message());
  };
  if (target == TargetState::Started)
    runner_->request(link::Resume{id_of(number)}, on_reply);
  else
    runner_->request(link::Pause{id_of(number)}, on_reply);
}

void RunnerUnit::stop_task(std::int32_t number, std::function<void()> done) {
  const auto known = tasks_.find(number);
  if (known == tasks_.end())
    return done();
  Task &task = known->second;
  task.stopped.push_back(std::move(done));
  if (task.phase == Phase::Stopping)
    return;
  task.phase = Phase::Stopping;
  if (!task.held)
    return task_stopped(number);
  if (!runner_ || !runner_->ready())
    return; // it is ending; on_ended goes on
  const Settings &settings = shared_.runners.settings;
  const Duration timeout = limits_.graceful_timeout + settings.stop_margin;
  // The runner answers Timeout by itself; the timer is for one that does not answer at all.
  task.deadline = shared_.runners.loop.after(timeout + settings.shutdown_grace,
                                             [this, timeout] { end_hung(timeout); });
  runner_->request(
      link::Stop{id_of(number), timeout.count()},
      [this, number, timeout, incarnation = task.incarnation](const Result<link::Done> &reply) {
        const auto stopping = tasks_.find(number);
        if (stopping == tasks_.end() || stopping->second.incarnation != incarnation)
          return;
        if (reply)
          return task_stopped(number);
        kLog.error("Graceful stop of task {} failed.", id_of(number).text());
        end_hung(timeout);
      });
}

void RunnerUnit::task_stopped(std::int32_t number) {
  auto node = tasks_.extract(number);
  if (runner_ && node.mapped().held)
    runner_->forget_slot(node.mapped().slot);
  drop_if_empty();
  for (const auto &stopped : node.mapped().stopped)
    stopped();
}

// ---- what the runner says

void RunnerUnit::on_status(const link::Status &status) {
  if (status.task.connector != connector_)
    return;
  const std::int32_t number = status.task.number;
  Part *part = nullptr;
  if (number == link::kConnectorItself && object_)
    part = &*object_;
  else if (const auto task = tasks_.find(number); task != tasks_.end())
    part = &task->second;
  // Of a part that was asked to stop, only its end is of interest.
  if (part == nullptr || part->incarnation != status.incarnation || part->phase == Phase::Stopping)
    return;
  if (status.state == State::Failed)
    return fail_part(*part, number, status.trace);
  tell(*part, number, status.state, shared_.runners.redactor.redact(status.trace));
}

void RunnerUnit::on_commit(link::CommitOffsets message,
                           const link::Responder<link::Done> &responder) {
  const auto task = tasks_.find(message.task.number);
  if (message.task.connector != connector_ || task == tasks_.end() ||
      task->second.incarnation != message.incarnation)
    return responder.fail(
        Error(Code::Conflict, fmt::format("task {} was started anew since; its offsets are not "
                                          "taken from an older start",
                                          message.task.text())));
  if (shared_.runners.lease_is_over())
    return responder.fail(Error(Code::Conflict, "the worker's lease has ended: another worker may "
                                                "run the task already"));
  if (shared_.offsets == nullptr)
    return responder.fail(Error(Code::Unavailable, "this worker keeps no source offsets"));
  shared_.offsets->write(std::move(message.entries),
                         [responder](const Status &result) { responder.settle(result); });
}

void RunnerUnit::on_read(link::ReadOffsets message,
                         const link::Responder<link::OffsetsRead> &responder) {
  if (message.connector != connector_)
    return responder.fail(Error(Code::Conflict, "a runner may read its own connector's offsets"));
  if (shared_.offsets == nullptr)
    return responder.fail(Error(Code::Unavailable, "this worker keeps no source offsets"));
  shared_.offsets->read(std::move(message.keys),
                        [responder](Result<std::vector<std::optional<std::string>>> values) {
                          if (values)
                            responder.reply(link::OffsetsRead{std::move(*values)});
                          else
                            responder.fail(values.error());
                        });
}

void RunnerUnit::on_connector_failed(const link::ConnectorFailed &message) {
  if (object_ && object_->incarnation == message.incarnation && object_->phase == Phase::Sent)
    fail_part(*object_, link::kConnectorItself, message.trace);
}

} // namespace host::supervisor
