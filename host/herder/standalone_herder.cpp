#include "host/herder/standalone_herder.h"

#include <cassert>
#include <future>
#include <utility>

#include "host/base/log.h"
#include "host/kafka/client_config.h"

namespace host::herder {
namespace {

const log::Logger kLog{"sluice.herder"};

Error shutting_down() { return Error(Code::Fatal, "Worker is shutting down"); }

} // namespace

StandaloneHerder::StandaloneHerder(StandaloneOptions options, const plugin::Catalog &catalog,
                                   storage::OffsetStore &offsets, GroupCalls groups,
                                   const Clock &clock)
    : options_(std::move(options)), clock_(clock), plugins_(catalog), offsets_(offsets),
      groups_(std::move(groups)), table_(options_.topic_tracking),
      members_(options_.validation.worker, options_.members), began_wall_ms_(clock.wall_ms()),
      tick_(clock),
      parts_({.plugins = plugins_,
              .validation = options_.validation,
              .runner = options_.runner,
              .tick = tick_,
              .jobs = jobs_,
              .table = table_,
              .members = members_,
              .report =
                  [this](Connector &connector, std::int32_t part, State state, std::string trace) {
                    set_status(connector, part, state, std::move(trace));
                  },
              .apply_tasks =
                  [this](std::string name, std::uint64_t epoch, std::vector<StringMap> configs) {
                    return replace_tasks(std::move(name), epoch, std::move(configs));
                  },
              .values_changed =
                  [this](const std::string &name) {
                    run_restart_connector(name, [](const Status &) {});
                  }}) {
  tick_.set_rest([this] { table_.publish(); });
}

StandaloneHerder::~StandaloneHerder() = default;

void StandaloneHerder::start(supervisor::Supervisor &supervisor) {
  use(supervisor);
  tick_.start("herder");
}

void StandaloneHerder::use(supervisor::Supervisor &supervisor) {
  supervisor_ = &supervisor;
  parts_.use(supervisor);
}

void StandaloneHerder::open(std::string kafka_cluster_id, std::vector<CreateRequest> connectors,
                            Callback<void> started) {
  tick_.post([this, id = std::move(kafka_cluster_id), connectors = std::move(connectors),
              started = std::move(started)]() mutable {
    table_.set_cluster_id(std::move(id));
    table_.publish();
    open_ = true;
    run_open(std::move(connectors), std::move(started));
    for (Tick::Work &work : std::exchange(held_, {}))
      work();
  });
}

void StandaloneHerder::request_stop() { stopping_ = true; }

void StandaloneHerder::stop() {
  request_stop();
  auto ended = std::make_shared<std::promise<void>>();
  auto end = ended->get_future();
  const bool posted = tick_.post([this, ended] { run_shutdown([ended] { ended->set_value(); }); });
  if (!tick_.started())
    tick_.run_due();
  if (posted && end.wait_for(options_.stop_timeout) != std::future_status::ready)
    kLog.warn("Connectors did not stop within {} ms; their processes are left to the supervisor",
              options_.stop_timeout.count());
  tick_.stop();
  jobs_.clear();
}

template <class T>
void StandaloneHerder::request(Callback<T> done, std::function<void(Callback<T>)> work) {
  if (stopping_) {
    done(fail(shutting_down()));
    return;
  }
  auto run = [this, done, work = std::move(work)] {
    if (open_)
      work(done);
    else
      held_.push_back([done, work] { work(done); });
  };
  if (!tick_.post(std::move(run)))
    done(fail(shutting_down()));
}

void StandaloneHerder::create(CreateRequest request_, Callback<Changed> done) {
  request<Changed>(std::move(done), [this, request_ = std::move(request_)](auto done) {
    run_create(request_, std::move(done));
  });
}

void StandaloneHerder::put_config(std::string connector, SubmittedConfig config,
                                  Callback<Changed> done) {
  request<Changed>(std::move(done), [this, connector, config = std::move(config)](auto done) {
    run_put(connector, config, std::move(done));
  });
}

void StandaloneHerder::patch_config(std::string connector, SubmittedConfig patch,
                                    Callback<Changed> done) {
  request<Changed>(std::move(done), [this, connector, patch = std::move(patch)](auto done) {
    run_patch(connector, patch, std::move(done));
  });
}

void StandaloneHerder::remove(std::string connector, Callback<void> done) {
  request<void>(std::move(done),
                [this, connector](auto done) { run_remove(connector, std::move(done)); });
}

void StandaloneHerder::set_target(std::string connector, TargetState target, Callback<void> done) {
  request<void>(std::move(done), [this, connector, target](auto done) {
    if (target == TargetState::Stopped)
      run_stop(connector, std::move(done));
    else
      pause_or_resume(connector, target, done);
  });
}

void StandaloneHerder::restart_connector(std::string connector, Callback<void> done) {
  request<void>(std::move(done), [this, connector](auto done) {
    run_restart_connector(connector, std::move(done));
  });
}

void StandaloneHerder::restart(std::string connector, RestartFlags flags,
                               Callback<std::shared_ptr<const ConnectorView>> done) {
  request<std::shared_ptr<const ConnectorView>>(
      std::move(done),
      [this, connector, flags](auto done) { run_restart(connector, flags, std::move(done)); });
}

void StandaloneHerder::restart_task(TaskId task, Callback<void> done) {
  request<void>(std::move(done),
                [this, task](auto done) { run_restart_task(task, std::move(done)); });
}

void StandaloneHerder::validate(SubmittedConfig config, Callback<config::ConfigInfos> done) {
  request<config::ConfigInfos>(std::move(done), [this, config = std::move(config)](auto done) {
    run_validate(config, std::move(done));
  });
}

void StandaloneHerder::offsets(std::string connector, Callback<std::vector<ConnectorOffset>> done) {
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

void StandaloneHerder::alter_offsets(std::string connector,
                                     std::optional<std::vector<OffsetChange>> changes,
                                     Callback<std::string> done) {
  request<std::string>(std::move(done), [this, connector, changes = std::move(changes)](auto done) {
    run_alter_offsets(connector, changes, std::move(done));
  });
}

void StandaloneHerder::reset_topics(std::string connector, Callback<void> done) {
  request<void>(std::move(done), [this, connector](auto done) {
    if (!options_.topic_tracking)
      return done(fail(Code::Forbidden, "Topic tracking is disabled."));
    if (!options_.topic_tracking_reset)
      return done(fail(Code::Forbidden, "Topic tracking reset is disabled."));
    table_.reset_topics(connector);
    answer<void>(done, {});
  });
}

void StandaloneHerder::put_task_configs(std::string, std::vector<StringMap>, Callback<void> done) {
  done(fail(Code::Unsupported, "Kafka Connect in standalone mode does not support externally "
                               "setting task configurations."));
}

void StandaloneHerder::fence_zombies(std::string, Callback<void> done) {
  done(fail(Code::Unsupported, "Kafka Connect in standalone mode does not support exactly-once "
                               "source connectors."));
}

std::vector<PluginInfo> StandaloneHerder::plugins(bool connectors_only) const {
  return plugins_.list(connectors_only);
}

Result<std::vector<config::ConfigKey>>
StandaloneHerder::plugin_config(const std::string &plugin,
                                const std::optional<std::string> &version) const {
  return plugins_.keys(plugin, version);
}

void StandaloneHerder::set_log_level(const std::string &prefix, const std::string &level) {
  tick_.post([this, prefix, level] { supervisor_->set_log_level(prefix, level); });
}

void StandaloneHerder::ping(Callback<void> done) {
  if (!tick_.post([done] { done({}); }))
    done(fail(shutting_down()));
}

std::optional<Stage> StandaloneHerder::stage() const {
  if (ready_)
    return std::nullopt;
  const std::string what = options_.waiting_for();
  return Stage{what.empty() ? "starting the connectors of the command line" : "waiting for " + what,
               began_wall_ms_};
}

void StandaloneHerder::on_status(const TaskId &task, State state, std::string trace) {
  tick_.post([this, task, state, trace = std::move(trace)]() mutable {
    Connector *connector = table_.find(task.connector);
    const auto count = connector == nullptr ? 0 : connector->task_configs.size();
    // A task that is no more may have one last thing to say.
    if (connector == nullptr ||
        (task.number != link::kConnectorItself && static_cast<std::size_t>(task.number) >= count))
      return;
    set_status(*connector, task.number, state, std::move(trace));
    if (task.number != link::kConnectorItself && state == State::Failed)
      members_.ended(task);
    if (task.number == link::kConnectorItself && state == State::Running)
      parts_.came_back(*connector);
  });
}

void StandaloneHerder::on_reconfigure_requested(const std::string &connector) {
  tick_.post([this, connector] { parts_.run_reconfigure(connector); });
}

void StandaloneHerder::on_topic_active(const TaskId &task, const std::string &topic) {
  if (!options_.topic_tracking)
    return;
  tick_.post([this, name = task.connector, topic] { table_.add_topic(name, topic); });
}

} // namespace host::herder
