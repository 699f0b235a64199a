// What REST asks for: the leader writes it on the config topic, and all workers act when they read
// it there.
#include <utility>

#include "host/herder/distributed_herder.h"
#include "host/herder/submitted_config.h"

namespace host::herder {
namespace {

Error not_found(const std::string &name) {
  return Error(Code::NotFound, "Connector " + name + " not found");
}

// The reply to a change has the config in the order in which it was sent.
std::shared_ptr<const ConnectorView> in_order_of(const SubmittedConfig &config,
                                                 const ConnectorView &view) {
  auto shown = std::make_shared<ConnectorView>(view);
  shown->config = {};
  for (const auto &[key, value] : config)
    if (const std::string *stored = view.config.find(key))
      shown->config.set(key, *stored);
  return shown;
}

} // namespace

// Connect's requests wait as well: its one thread is in the rebalance.
void DistributedHerder::when_settled(Tick::Work work, TimePoint end) {
  const TimePoint now = clock().now();
  if (!joining_ || now >= end)
    return work();
  std::erase_if(waiting_, [](const auto &one) { return !*one; });
  const auto waiting = std::make_shared<Tick::Work>(std::move(work));
  waiting_.push_back(waiting);
  tick().after(std::chrono::duration_cast<Duration>(end - now), [waiting] {
    if (*waiting)
      std::exchange(*waiting, nullptr)();
  });
}

void DistributedHerder::release_waiting() {
  for (const auto &waiting : std::exchange(waiting_, {}))
    if (*waiting)
      std::exchange(*waiting, nullptr)();
}

Step<Turns::Turn> DistributedHerder::settled_turn(std::string name) {
  const TimePoint end = wait_end();
  for (;;) {
    (void)co_await ask<Status>([&](auto done) { when_settled([done] { done({}); }, end); });
    Turns::Turn turn = co_await turns().of(name);
    if (!joining_ || clock().now() >= end)
      co_return std::move(turn);
  }
}

Status DistributedHerder::settled() const {
  if (!joining_)
    return {};
  return fail(Code::Conflict, "Cannot complete request momentarily due to stale configuration "
                              "(typically caused by a concurrent config change)");
}

Status DistributedHerder::leading() const {
  HOST_TRY(settled());
  if (seat_.leads())
    return {};
  return fail(Error(Code::Conflict, "Only the leader can do this.")
                  .elsewhere(assignment_ ? assignment_->leader_url : ""));
}

// Only the leader knows who has what.
Error DistributedHerder::elsewhere(const TaskId &part) const {
  const bool object = part.number == link::kConnectorItself;
  Error error(Code::Conflict, "Only the worker that has " +
                                  (object ? "connector " + part.connector : "task " + part.text()) +
                                  " can do this.");
  std::string url = assignment_ ? assignment_->leader_url : "";
  if (seat_.leads()) {
    const std::string *owner = owners_ == nullptr ? nullptr
                               : object           ? owners_->of_connector(part.connector)
                                                  : owners_->of_task(part);
    url = owner == nullptr ? "" : *owner;
  }
  return std::move(error).elsewhere(std::move(url));
}

Job DistributedHerder::run_put(std::string name, SubmittedConfig config,
                               std::optional<TargetState> target, bool only_new,
                               Callback<Changed> done) {
  config = parts().with_known_passwords(config, name);
  auto infos = co_await parts().checked(config);
  Status good = infos ? no_errors(*infos) : Status(fail(std::move(infos).error()));
  if (!good) {
    done(fail(std::move(good).error()));
    co_return;
  }
  Turns::Turn turn = co_await settled_turn(name);
  if (good = leading(); !good) {
    done(fail(std::move(good).error()));
    co_return;
  }
  const bool created = configs()->find(name) == nullptr;
  if (!created && only_new) {
    done(fail(Code::AlreadyExists, "Connector " + name + " already exists"));
    co_return;
  }
  Status written = co_await ask<Status>([&](auto written_) {
    configs_.put_connector(name, config.values(), target, std::move(written_));
  });
  auto view = snapshot()->find(name);
  if (!written)
    done(fail(std::move(written).error()));
  else if (view == nullptr)
    done(fail(not_found(name)));
  else
    done(Changed{created, in_order_of(config, *view)});
}

Job DistributedHerder::run_put_tasks(std::string name, std::vector<StringMap> tasks,
                                     Callback<void> done) {
  done(co_await store_tasks(std::move(name), std::move(tasks)));
}

Job DistributedHerder::run_remove(std::string name, Callback<void> done) {
  Turns::Turn turn = co_await settled_turn(name);
  Status good = leading();
  if (good && configs()->find(name) == nullptr)
    good = fail(not_found(name));
  if (good)
    good = co_await ask<Status>(
        [&](auto written) { configs_.remove_connector(name, std::move(written)); });
  done(std::move(good));
}

// Tasks first: should only that be written, the connector runs without them and makes them again.
Job DistributedHerder::run_stop(std::string name, Callback<void> done) {
  Turns::Turn turn = co_await settled_turn(name);
  Status good = leading();
  if (good && configs()->find(name) == nullptr)
    good = fail(Code::NotFound, "Unknown connector " + name);
  if (good)
    good = co_await ask<Status>(
        [&](auto written) { configs_.put_task_configs(name, {}, std::move(written)); });
  if (good)
    good = co_await ask<Status>([&](auto written) {
      configs_.put_target_state(name, TargetState::Stopped, std::move(written));
    });
  done(std::move(good));
}

Job DistributedHerder::run_restart_connector(std::string name, Callback<void> done) {
  Turns::Turn turn = co_await turns().of(name);
  Connector *connector = mirror(name);
  if (connector == nullptr || !objects_.contains(name)) {
    done(fail(elsewhere({name, link::kConnectorItself})));
    co_return;
  }
  table().renew(*connector);
  const std::uint64_t epoch = connector->epoch;
  turn.end();
  Status started = co_await parts().start_object(name, epoch);
  const bool good = started.has_value();
  done(std::move(started));
  if (good)
    (void)co_await parts().make_tasks(name, epoch);
}

Job DistributedHerder::run_restart_task_here(TaskId task, Callback<void> done) {
  Turns::Turn turn = co_await turns().of(task.connector);
  if (!tasks_.contains(task)) {
    done(fail(elsewhere(task)));
    co_return;
  }
  std::vector<TaskId> tasks(1, task);
  const std::uint64_t revocations = revocations_;
  const Turns::Turn stops = co_await turns().of(stop_turn(task.connector));
  (void)co_await parts().stop_tasks(task.connector, tasks);
  Connector *connector = revocations == revocations_ ? mirror(task.connector) : nullptr;
  if (connector != nullptr)
    erase_gone(*connector, tasks);
  if (connector != nullptr && !tasks.empty()) {
    say(task, State::Unassigned, ""); // the end before is not one of the new start
    parts().start_tasks(*connector, tasks);
  }
  done({});
}

} // namespace host::herder
