#include "host/herder/worker_herder.h"

#include <future>
#include <memory>

#include "host/base/log.h"
#include "host/herder/offset_changes.h"
#include "host/herder/offset_listing.h"
#include "host/kafka/client_config.h"

namespace host::herder {
namespace {

const log::Logger kLog{"sluice.herder"};

} // namespace

WorkerHerder::WorkerHerder(WorkerOptions options, const plugin::Catalog &catalog,
                           storage::OffsetStore &offsets, GroupCalls groups, const Clock &clock)
    : options_(std::move(options)), clock_(clock), plugins_(catalog), offsets_(offsets),
      groups_(std::move(groups)), table_(options_.topic_tracking),
      members_(options_.validation.worker, options_.members), began_wall_ms_(clock.wall_ms()),
      tick_(clock), parts_(parts_setting()) {}

WorkerHerder::~WorkerHerder() = default;

WorkerParts::Setting WorkerHerder::parts_setting() {
  return {
      .plugins = plugins_,
      .validation = options_.validation,
      .runner = options_.runner,
      .tick = tick_,
      .jobs = jobs_,
      .table = table_,
      .members = members_,
      .stored_config = [this](const std::string &name) { return stored_config(name); },
      .report = [this](Connector &connector, std::int32_t part, State state,
                       std::string trace) { report(connector, part, state, std::move(trace)); },
      .apply_tasks =
          [this](std::string name, std::uint64_t epoch, std::vector<StringMap> configs) {
            return apply_tasks(std::move(name), epoch, std::move(configs));
          },
      .values_changed =
          [this](const std::string &name) { run_restart_connector(name, [](const Status &) {}); }};
}

void WorkerHerder::start(supervisor::Supervisor &supervisor) {
  use(supervisor);
  tick_.start("herder");
}

void WorkerHerder::use(supervisor::Supervisor &supervisor) {
  supervisor_ = &supervisor;
  parts_.use(supervisor);
}

void WorkerHerder::serve_held() {
  for (const Tick::Work &work : std::exchange(held_, {}))
    work();
}

void WorkerHerder::stop() {
  request_stop();
  auto ended = std::make_shared<std::promise<void>>();
  auto end = ended->get_future();
  const bool posted = tick_.post([this, ended] {
    open_ = false;
    serve_held();
    run_shutdown([ended] { ended->set_value(); });
  });
  if (!tick_.started())
    tick_.run_due();
  if (posted && end.wait_for(options_.stop_timeout) != std::future_status::ready)
    kLog.warn("Connectors did not stop within {} ms; their processes are left to the supervisor",
              options_.stop_timeout.count());
  tick_.stop();
  jobs_.clear();
}

void WorkerHerder::validate(SubmittedConfig config, Callback<config::ConfigInfos> done) {
  request<config::ConfigInfos>(std::move(done), [this, config = std::move(config)](auto done) {
    run_validate(config, std::move(done));
  });
}

Job WorkerHerder::run_validate(SubmittedConfig config, Callback<config::ConfigInfos> done) {
  if (const std::string *name = config.find("name"))
    config = parts_.with_known_passwords(config, *name);
  done(co_await parts_.checked(std::move(config)));
}

void WorkerHerder::offsets(std::string connector, Callback<std::vector<ConnectorOffset>> done) {
  const auto view = snapshot()->find(connector);
  if (view == nullptr)
    return done(fail(Code::NotFound, "Connector " + connector + " not found"));
  if (view->kind == plugin::Kind::Sink)
    return list_sink_offsets(groups_.list,
                             kafka::sink_group(options_.validation.worker, view->config), done);
  offsets_.list(connector, [connector, done = std::move(done)](auto records) {
    done(source_offsets(connector, std::move(records)));
  });
}

void WorkerHerder::alter_offsets(std::string connector,
                                 std::optional<std::vector<OffsetChange>> changes,
                                 Callback<std::string> done) {
  request_settled<std::string>(std::move(done),
                               [this, connector, changes = std::move(changes)](auto done) {
                                 run_alter_offsets(connector, changes, std::move(done));
                               });
}

// The turn is held throughout, so that the connector stays stopped: each step has a deadline.
Job WorkerHerder::run_alter_offsets(std::string name,
                                    std::optional<std::vector<OffsetChange>> changes,
                                    Callback<std::string> done) {
  Turns::Turn turn = co_await turns_.of(name);
  auto config = stopped_config(name);
  if (!config) {
    done(fail(std::move(config).error()));
    co_return;
  }
  Connector stopped;
  stopped.name = name;
  stopped.config = *std::move(config);
  auto spec = parts_.spec(stopped);
  if (!spec) {
    done(fail(std::move(spec).error()));
    co_return;
  }
  OffsetOwner owner{*std::move(spec), stopped.plugin->descriptor.kind,
                    kafka::sink_group(options_.validation.worker, stopped.resolved.values)};
  OffsetTools tools{tick_, *supervisor_, offsets_, groups_};
  done(co_await change_offsets(tools, std::move(owner), std::move(changes)));
}

void WorkerHerder::reset_topics(std::string connector, Callback<void> done) {
  request<void>(std::move(done), [this, connector](auto done) {
    if (!options_.topic_tracking)
      return done(fail(Code::Forbidden, "Topic tracking is disabled."));
    if (!options_.topic_tracking_reset)
      return done(fail(Code::Forbidden, "Topic tracking reset is disabled."));
    forget_topics(connector, std::move(done));
  });
}

std::vector<PluginInfo> WorkerHerder::plugins(bool connectors_only) const {
  return plugins_.list(connectors_only);
}

Result<std::vector<config::ConfigKey>>
WorkerHerder::plugin_config(const std::string &plugin,
                            const std::optional<std::string> &version) const {
  return plugins_.keys(plugin, version);
}

void WorkerHerder::set_log_level(const std::string &prefix, const std::string &level) {
  tick_.post([this, prefix, level] { supervisor_->set_log_level(prefix, level); });
}

void WorkerHerder::follow_log_levels(LogLevels levels) {
  tick_.post([this, levels = std::move(levels)]() mutable { log_levels_ = std::move(levels); });
}

WorkerFigures WorkerHerder::figures() const {
  WorkerFigures figures;
  figures.worker_id = options_.worker_id;
  figures.connectors = parts_.object_starts();
  figures.tasks = parts_.task_starts();
  figures.tick_us = tick_.times_us();
  return figures;
}

void WorkerHerder::ping(Callback<void> done) {
  if (!tick_.post([done] { done({}); }))
    done(fail(shutting_down()));
}

std::optional<Stage> WorkerHerder::stage() const {
  if (ready_)
    return interruption();
  const std::string what = options_.waiting_for();
  return Stage{what.empty() ? start_up() : "waiting for " + what, began_wall_ms_};
}

void WorkerHerder::on_status(const TaskId &task, State state, std::string trace) {
  tick_.post([this, task, state, trace = std::move(trace)]() mutable {
    Connector *connector = table_.find(task.connector);
    if (connector == nullptr || !runs_here(task))
      return;
    const bool object = task.number == link::kConnectorItself;
    parts_.became(task, state);
    report(*connector, task.number, state, std::move(trace));
    if (!object && state == State::Failed)
      members_.ended(task);
    if (object && state == State::Running)
      parts_.came_back(*connector);
  });
}

void WorkerHerder::on_reconfigure_requested(const std::string &connector) {
  tick_.post([this, connector] {
    if (runs_here({connector, link::kConnectorItself}))
      parts_.run_reconfigure(connector);
  });
}

} // namespace host::herder
