#include "host/supervisor/runner_supervisor.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/metrics/callback_guard.h"

namespace host::supervisor {
namespace {

const log::Logger kLog{"sluice.supervisor"};

constexpr Duration kReapPatience{2'000};
// A safety net above the deadlines of all steps.
constexpr Duration kStopPatience{60'000};

std::uint64_t seed_of(const Settings &settings) {
  return settings.random_seed != 0 ? settings.random_seed : std::random_device{}();
}

Error unknown(const std::string &connector) {
  return Error(Code::NotFound,
               fmt::format("connector {} is not known to the supervisor", connector));
}

Error superseded(const std::string &connector) {
  return Error(
      Code::Cancelled,
      fmt::format("connector {} was changed again before this change was begun", connector));
}

} // namespace

RunnerSupervisor::RunnerSupervisor(Settings settings, Events &events, storage::OffsetStore *offsets,
                                   link::StartInProcess start_in_process)
    : settings_(std::move(settings)), start_in_process_(std::move(start_in_process)),
      starter_(loop_, reaper_, settings_),
      shared_{loop_,   settings_,         starter_,
              reaper_, nullptr,           redactor_,
              logs_,   start_in_process_, settings_.log_levels},
      random_(seed_of(settings_)), units_shared_{shared_, events, offsets, random_} {
  redactor_.add(settings_.secrets);
}

RunnerSupervisor::~RunnerSupervisor() { assert(!started_); }

void RunnerSupervisor::start() {
  started_ = true;
  loop_.start("supervisor");
  loop_.post([this] {
    limit_memory();
    starter_.start();
    watch();
  });
}

void RunnerSupervisor::limit_memory() {
  constexpr std::string_view kAlways = "resident memory is watched, RLIMIT_DATA is set";
  auto groups = MemoryGroups::adopt();
  if (groups) {
    shared_.groups = *std::move(groups);
    kLog.info("limits of runner memory: cgroup v2 memory.max, and {}", kAlways);
  } else {
    kLog.info("limits of runner memory: {}; no cgroup: {}", kAlways, groups.error().message());
  }
}

void RunnerSupervisor::request_stop() {
  loop_.post([this] { begin_stop(); });
}

void RunnerSupervisor::stop() {
  if (!started_)
    return;
  request_stop();
  if (stopped_.get_future().wait_for(kStopPatience) != std::future_status::ready)
    kLog.error("runners are left {} ms after the stop was requested; they are killed",
               kStopPatience.count());
  std::promise<void> buried;
  loop_.post([&] {
    watch_.reset();
    connectors_.clear();
    units_.clear();
    plugin_runners_.clear();
    settle_own_lease();
    starter_.stop();
    reaper_.stop(std::chrono::steady_clock::now() + kReapPatience);
    buried.set_value();
  });
  buried.get_future().wait();
  loop_.stop();
  started_ = false;
}

void RunnerSupervisor::begin_stop() {
  if (std::exchange(stopping_, true))
    return;
  for (auto &[name, connector] : connectors_)
    if (connector.next)
      connector.next->second(fail(superseded(name)));
  connectors_.clear();
  // Callbacks of units may drop some of them later, never now.
  for (const auto &unit : units_)
    unit->shut_down();
  for (const auto &[path, runner] : plugin_runners_)
    runner->shut_down();
  settle_stop();
}

void RunnerSupervisor::settle_stop() {
  if (stopping_ && units_.empty() && plugin_runners_.empty() && !std::exchange(all_gone_, true))
    stopped_.set_value();
}

void RunnerSupervisor::watch() {
  const std::int64_t boottime_ms = metrics::boottime_ms();
  const TimePoint now = std::chrono::steady_clock::now();
  for (const auto &unit : units_)
    unit->look(now, boottime_ms);
  for (const auto &[path, runner] : plugin_runners_)
    runner->look(now, boottime_ms);
  // While there is no runner, nothing is there to be watched.
  if (units_.empty() && plugin_runners_.empty())
    return watch_.reset();
  watch_ = loop_.after(settings_.watch_interval, [this] { watch(); });
}

void RunnerSupervisor::call(std::function<void()> action, std::function<void(Error)> refuse) {
  loop_.post([this, action = std::move(action), refuse = std::move(refuse)] {
    if (stopping_)
      return refuse(Error(Code::Cancelled, "the supervisor is stopping"));
    action();
    settle_own_lease();
    if (!watch_.pending())
      watch();
  });
}

// ---- connectors

void RunnerSupervisor::start_connector(ConnectorSpec spec, TargetState target, Done done) {
  call(
      [this, spec = std::move(spec), target, done]() mutable {
        redactor_.add(spec.secrets);
        const std::string name = spec.name;
        Connector &connector = connectors_[name];
        if (connector.id == 0)
          connector.id = ++last_id_;
        connector.spec = std::make_shared<const ConnectorSpec>(std::move(spec));
        set_next(connector, target, std::move(done));
        if (connector.removing)
          return;
        if (connector.object == nullptr)
          return start_next(connector);
        // Its tasks go on meanwhile.
        connector.removing = true;
        std::exchange(connector.object, nullptr)
            ->remove_object(
                [this, name, id = connector.id](const Status &) { on_object_removed(name, id); });
      },
      [done](Error error) { done(fail(std::move(error))); });
}

void RunnerSupervisor::renew_connector(ConnectorSpec spec) {
  call(
      [this, spec = std::move(spec)]() mutable {
        redactor_.add(spec.secrets);
        if (Connector *connector = find(spec.name))
          connector->spec = std::make_shared<const ConnectorSpec>(std::move(spec));
      },
      [](const Error &) {});
}

void RunnerSupervisor::set_next(Connector &connector, TargetState target, Done done) {
  if (connector.next)
    connector.next->second(fail(superseded(connector.spec->name)));
  connector.next.emplace(target, std::move(done));
}

void RunnerSupervisor::on_object_removed(const std::string &name, std::uint64_t id) {
  Connector *connector = find(name);
  if (connector == nullptr || connector->id != id)
    return;
  connector->removing = false;
  start_next(*connector);
}

void RunnerSupervisor::start_next(Connector &connector) {
  auto [target, done] = *std::exchange(connector.next, std::nullopt);
  connector.object = &unit_for(connector, link::kConnectorItself);
  connector.object->start_object(connector.spec, target, std::move(done));
}

void RunnerSupervisor::set_connector_target(const std::string &connector, TargetState target,
                                            Done done) {
  call(
      [this, connector, target, done] {
        Connector *known = find(connector);
        if (known == nullptr)
          return done(fail(unknown(connector)));
        if (known->removing)
          return set_next(*known, target, done);
        known->object->set_object_target(target, done);
      },
      [done](Error error) { done(fail(std::move(error))); });
}

void RunnerSupervisor::remove_connector(const std::string &connector, Done done) {
  call(
      [this, connector, done] {
        const auto known = connectors_.find(connector);
        if (known == connectors_.end())
          return done({});
        if (!known->second.tasks.empty())
          kLog.warn("connector {} is removed with {} tasks, which are stopped", connector,
                    known->second.tasks.size());
        for (const auto &[number, unit] : known->second.tasks)
          unit->stop_task(number, [] {});
        if (known->second.next)
          known->second.next->second(fail(superseded(connector)));
        RunnerUnit *object = known->second.object;
        connectors_.erase(known);
        if (object == nullptr)
          return done({});
        object->remove_object(done);
      },
      [done](Error error) { done(fail(std::move(error))); });
}

void RunnerSupervisor::task_configs(const std::string &connector, std::int32_t max_tasks,
                                    OnConfigs done) {
  call(
      [this, connector, max_tasks, done] {
        const Connector *known = find(connector);
        if (known == nullptr)
          return done(fail(unknown(connector)));
        if (known->object == nullptr)
          return done(fail(Code::Retry, fmt::format("connector {} is being replaced", connector)));
        known->object->task_configs(max_tasks, done);
      },
      [done](Error error) { done(fail(std::move(error))); });
}

// ---- tasks

void RunnerSupervisor::start_task(const TaskId &task, StringMap config, TargetState target) {
  call(
      [this, task, config = std::move(config), target]() mutable {
        Connector *known = find(task.connector);
        const std::string problem =
            known == nullptr ? unknown(task.connector).message()
            : known->tasks.contains(task.number)
                ? fmt::format("task {} is there already; it must be stopped before", task.text())
                : std::string();
        if (!problem.empty())
          return units_shared_.events.on_status(task, State::Failed,
                                                Error(Code::Conflict, problem).trace());
        RunnerUnit &unit = unit_for(*known, task.number);
        known->tasks[task.number] = &unit;
        unit.start_task(known->spec, task.number, std::move(config), target);
      },
      [](const Error &) {});
}

void RunnerSupervisor::set_task_target(const TaskId &task, TargetState target) {
  call(
      [this, task, target] {
        const Connector *known = find(task.connector);
        if (known == nullptr || !known->tasks.contains(task.number))
          return;
        known->tasks.at(task.number)->set_task_target(task.number, target);
      },
      [](const Error &) {});
}

void RunnerSupervisor::stop_tasks(std::vector<TaskId> tasks, Done done) {
  call(
      [this, tasks = std::move(tasks), done] {
        // Called back when the last task has let go of it.
        const std::shared_ptr<void> all(nullptr, [done](void *) { done({}); });
        for (const TaskId &task : tasks) {
          Connector *known = find(task.connector);
          if (known == nullptr || !known->tasks.contains(task.number))
            continue;
          RunnerUnit *unit = known->tasks.extract(task.number).mapped();
          unit->stop_task(task.number, [all] {});
        }
      },
      [done](Error error) { done(fail(std::move(error))); });
}

// ---- units

RunnerSupervisor::Connector *RunnerSupervisor::find(const std::string &connector) {
  const auto known = connectors_.find(connector);
  return known == connectors_.end() ? nullptr : &known->second;
}

// The unit of this connector and plugin file, and with isolation `task` of this task; a new one if
// there is none, or if the file has changed since.
RunnerUnit &RunnerSupervisor::unit_for(Connector &connector, std::int32_t number) {
  const ConnectorSpec &spec = *connector.spec;
  const PluginFile file = look_at_plugin(spec.plugin_path);
  std::erase_if(connector.units, [](const RunnerUnit *unit) { return unit->retired(); });
  if (spec.isolation != Isolation::Task)
    for (RunnerUnit *unit : connector.units) {
      const bool same_file = file.exists() ? unit->file() == file : unit->file().path == file.path;
      if (same_file && unit->isolation() == spec.isolation)
        return *unit;
    }
  std::string title = spec.name;
  if (spec.isolation == Isolation::Task && number != link::kConnectorItself)
    title = TaskId{spec.name, number}.text();
  const auto place = units_.insert(
      units_.end(), std::make_unique<RunnerUnit>(units_shared_, spec, file, std::move(title)));
  RunnerUnit &unit = **place;
  unit.set_on_dropped([this, place] { drop_unit(place); });
  connector.units.push_back(&unit);
  return unit;
}

void RunnerSupervisor::drop_unit(Units::iterator place) {
  RunnerUnit *const unit = place->get();
  if (Connector *connector = find(unit->connector()))
    std::erase(connector->units, unit);
  units_.erase(place);
  settle_own_lease();
  settle_stop();
}

// ---- plugins

PluginRunner &RunnerSupervisor::plugin_runner(const std::string &path) {
  auto &runner = plugin_runners_[path];
  if (!runner)
    runner =
        std::make_unique<PluginRunner>(shared_, path, [this, path] { drop_plugin_runner(path); });
  return *runner;
}

void RunnerSupervisor::drop_plugin_runner(const std::string &path) {
  plugin_runners_.erase(path);
  settle_stop();
}

void RunnerSupervisor::validate(const std::string &plugin_path, const std::string &class_name,
                                StringMap config, OnValidated done) {
  call(
      [this, plugin_path, class_name, config = std::move(config), done]() mutable {
        plugin_runner(plugin_path).validate(class_name, std::move(config), done);
      },
      [done](Error error) { done(fail(std::move(error))); });
}

void RunnerSupervisor::inspect(const std::string &plugin_path, OnInspected done) {
  call([this, plugin_path, done] { plugin_runner(plugin_path).inspect(done); },
       [done](Error error) { done(fail(std::move(error))); });
}

void RunnerSupervisor::alter_offsets(const ConnectorSpec &spec, std::vector<OffsetChange> changes,
                                     OnAltered done) {
  link::AlterOffsets request{{}, spec.class_name, spec.config, spec.secrets, std::move(changes)};
  call([this, path = spec.plugin_path, request = std::move(request),
        done]() mutable { plugin_runner(path).alter_offsets(std::move(request), done); },
       [done](Error error) { done(fail(std::move(error))); });
}

void RunnerSupervisor::renew_lease(std::int64_t until_boottime_ms) {
  call(
      [this, until_boottime_ms] {
        shared_.lease_until_boottime_ms = until_boottime_ms;
        for (const auto &unit : units_)
          unit->on_lease();
      },
      [](const Error &) {});
}

// Runners on threads of this process end only with it.
void RunnerSupervisor::settle_own_lease() {
  if (!shared_.lease_until_boottime_ms)
    return;
  if (std::ranges::none_of(units_, [](const auto &unit) { return unit->lives_here(); }))
    return shared_.own_lease.disarm();
  const Status armed = shared_.own_lease.arm(*shared_.lease_until_boottime_ms);
  if (!armed)
    kLog.error("runners on this worker's threads are not bound to its lease: {}",
               armed.error().message());
}

void RunnerSupervisor::read_counts(std::function<void(std::vector<RunnerCounts>)> done) {
  call(
      [this, done] {
        std::vector<RunnerCounts> counts;
        for (const auto &unit : units_)
          counts.push_back(unit->counts());
        done(std::move(counts));
      },
      [done](const Error &) { done({}); });
}

void RunnerSupervisor::set_log_level(const std::string &prefix, const std::string &level) {
  call(
      [this, prefix, level] {
        shared_.log_levels.set(prefix, level);
        for (const auto &unit : units_)
          unit->set_log_level(prefix, level);
        for (const auto &[path, runner] : plugin_runners_)
          runner->set_log_level(prefix, level);
      },
      [](const Error &) {});
}

std::future<pid_t> RunnerSupervisor::template_pid() {
  const auto promise = std::make_shared<std::promise<pid_t>>();
  loop_.post([this, promise] { promise->set_value(starter_.template_pid()); });
  return promise->get_future();
}

std::future<std::vector<std::int64_t>> RunnerSupervisor::runner_pids() {
  const auto promise = std::make_shared<std::promise<std::vector<std::int64_t>>>();
  loop_.post([this, promise] {
    std::vector<std::int64_t> pids;
    for (const auto &unit : units_)
      if (unit->pid() != 0)
        pids.push_back(unit->pid());
    promise->set_value(std::move(pids));
  });
  return promise->get_future();
}

} // namespace host::supervisor
