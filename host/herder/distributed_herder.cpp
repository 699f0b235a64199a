#include "host/herder/distributed_herder.h"

#include <future>
#include <utility>

#include "host/base/log.h"
#include "host/herder/java_map.h"
#include "host/herder/offset_listing.h"
#include "host/kafka/client_config.h"

namespace host::herder {
namespace {

const log::Logger kLog{"sluice.herder"};

Error shutting_down() { return Error(Code::Fatal, "Worker is shutting down"); }

} // namespace

DistributedHerder::DistributedHerder(DistributedOptions options, const plugin::Catalog &catalog,
                                     storage::ConfigStore &configs, storage::StatusStore &statuses,
                                     storage::OffsetStore &offsets, GroupCalls groups,
                                     const Clock &clock)
    : options_(std::move(options)), clock_(clock), plugins_(catalog), configs_(configs),
      statuses_(statuses), offsets_(offsets), groups_(std::move(groups)),
      view_(plugins_, options_.topic_tracking), table_(options_.topic_tracking),
      members_(options_.validation.worker, options_.members), leader_(options_.max_delay),
      began_wall_ms_(clock.wall_ms()), tick_(clock),
      parts_({.plugins = plugins_,
              .validation = options_.validation,
              .runner = options_.runner,
              .tick = tick_,
              .jobs = jobs_,
              .table = table_,
              .members = members_,
              .report =
                  [this](Connector &connector, std::int32_t part, State state, std::string trace) {
                    say({connector.name, part}, state, std::move(trace));
                  },
              .apply_tasks =
                  [this](std::string name, std::uint64_t epoch, std::vector<StringMap> configs) {
                    return apply_tasks(std::move(name), epoch, std::move(configs));
                  },
              .values_changed =
                  [this](const std::string &name) {
                    run_restart_here(name, [](const Status &) {});
                  }}) {}

DistributedHerder::~DistributedHerder() = default;

void DistributedHerder::use(supervisor::Supervisor &supervisor) {
  supervisor_ = &supervisor;
  parts_.use(supervisor);
}

void DistributedHerder::start(supervisor::Supervisor &supervisor) {
  use(supervisor);
  tick_.start("herder");
}

void DistributedHerder::open(std::string kafka_cluster_id) {
  view_.set_cluster_id(std::move(kafka_cluster_id));
  tick_.post([this] { open_ = true; });
}

void DistributedHerder::request_stop() { stopping_ = true; }

void DistributedHerder::stop() {
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
void DistributedHerder::request(Callback<T> done, std::function<void(Callback<T>)> work) {
  if (stopping_) {
    done(fail(shutting_down()));
    return;
  }
  auto run = [this, done, work = std::move(work)] {
    if (open_)
      return work(done);
    done(fail(Code::Conflict, "Cannot complete request momentarily due to no known leader URL, "
                              "likely because a rebalance was underway."));
  };
  if (!tick_.post(std::move(run)))
    done(fail(shutting_down()));
}

std::shared_ptr<const Snapshot> DistributedHerder::snapshot() const {
  return view_.of(configs_.snapshot(), statuses_.snapshot());
}

void DistributedHerder::create(CreateRequest asked, Callback<Changed> done) {
  request<Changed>(std::move(done), [this, asked = std::move(asked)](auto done) {
    run_put(asked.name, asked.config, asked.initial_state, true, std::move(done));
  });
}

void DistributedHerder::put_config(std::string connector, SubmittedConfig config,
                                   Callback<Changed> done) {
  request<Changed>(std::move(done), [this, connector, config = std::move(config)](auto done) {
    run_put(connector, config, std::nullopt, false, std::move(done));
  });
}

void DistributedHerder::patch_config(std::string connector, SubmittedConfig patch,
                                     Callback<Changed> done) {
  request<Changed>(std::move(done), [this, connector, patch = std::move(patch)](auto done) {
    const auto state = configs();
    const storage::ConnectorConfig *config = state->find(connector);
    if (config == nullptr)
      return done(fail(Code::NotFound, "Connector " + connector + " not found"));
    run_put(connector, SubmittedConfig(patched(config->config, patch)), std::nullopt, false,
            std::move(done));
  });
}

void DistributedHerder::remove(std::string connector, Callback<void> done) {
  request<void>(std::move(done),
                [this, connector](auto done) { run_remove(connector, std::move(done)); });
}

// Anybody may pause and resume; a stop takes the tasks away, which is the leader's.
void DistributedHerder::set_target(std::string connector, TargetState target, Callback<void> done) {
  request<void>(std::move(done), [this, connector, target](auto done) {
    if (target == TargetState::Stopped) {
      run_stop(connector, std::move(done));
      return;
    }
    if (configs()->find(connector) == nullptr)
      return done(fail(Code::NotFound, "Unknown connector " + connector));
    configs_.put_target_state(connector, target, std::move(done));
  });
}

void DistributedHerder::restart_connector(std::string connector, Callback<void> done) {
  request<void>(std::move(done), [this, connector](auto done) {
    Status good = settled();
    if (good && configs()->find(connector) == nullptr)
      good = fail(Code::NotFound, "Unknown connector: " + connector);
    if (!good)
      return done(std::move(good));
    run_restart_here(connector, std::move(done));
  });
}

void DistributedHerder::restart_task(TaskId task, Callback<void> done) {
  request<void>(std::move(done), [this, task](auto done) {
    const auto state = configs();
    const storage::ConnectorConfig *config = state->find(task.connector);
    Status good = settled();
    if (good && config == nullptr)
      good = fail(Code::NotFound, "Unknown connector: " + task.connector);
    if (good && (task.number < 0 || static_cast<std::size_t>(task.number) >= config->tasks.size()))
      good = fail(Code::NotFound, "Unknown task: " + task.text());
    if (!good)
      return done(std::move(good));
    run_restart_task_here(task, std::move(done));
  });
}

void DistributedHerder::restart(std::string connector, RestartFlags flags,
                                Callback<std::shared_ptr<const ConnectorView>> done) {
  using View = std::shared_ptr<const ConnectorView>;
  request<View>(std::move(done), [this, connector, flags](auto done) {
    const auto known = snapshot()->find(connector);
    Status good = leading();
    if (good && known == nullptr)
      good = fail(Code::NotFound, "Unknown connector: " + connector);
    if (good && !known->status)
      good = fail(Code::NotFound, "Status for connector " + connector + " not found");
    if (!good)
      return done(fail(std::move(good).error()));
    auto planned = std::make_shared<ConnectorView>(*known);
    const auto wanted = [&](const PartStatus &status) {
      return !flags.only_failed || status.state == State::Failed;
    };
    if (wanted(*planned->status))
      planned->status->state = State::Restarting;
    for (auto &[number, status] : planned->tasks)
      if (flags.include_tasks && wanted(status))
        status.state = State::Restarting;
    configs_.put_restart_request({connector, flags.include_tasks, flags.only_failed},
                                 [done, planned](const Status &written) {
                                   if (written)
                                     done(View(planned));
                                   else
                                     done(fail(Error(written.error())));
                                 });
  });
}

void DistributedHerder::validate(SubmittedConfig config, Callback<config::ConfigInfos> done) {
  request<config::ConfigInfos>(std::move(done), [this, config = std::move(config)](auto done) {
    run_validate(config, std::move(done));
  });
}

void DistributedHerder::offsets(std::string connector,
                                Callback<std::vector<ConnectorOffset>> done) {
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

void DistributedHerder::alter_offsets(std::string connector,
                                      std::optional<std::vector<OffsetChange>> changes,
                                      Callback<std::string> done) {
  request<std::string>(std::move(done), [this, connector, changes = std::move(changes)](auto done) {
    run_alter_offsets(connector, changes, std::move(done));
  });
}

void DistributedHerder::reset_topics(std::string connector, Callback<void> done) {
  request<void>(std::move(done), [this, connector](auto done) {
    if (!options_.topic_tracking)
      return done(fail(Code::Forbidden, "Topic tracking is disabled."));
    if (!options_.topic_tracking_reset)
      return done(fail(Code::Forbidden, "Topic tracking reset is disabled."));
    const auto statuses = statuses_.snapshot();
    if (const storage::ConnectorStatuses *said = statuses->find(connector))
      for (const auto &[topic, use] : said->topics)
        statuses_.remove(storage::TopicUse{topic, connector});
    statuses_.flush(done);
  });
}

void DistributedHerder::put_task_configs(std::string connector, std::vector<StringMap> tasks,
                                         Callback<void> done) {
  request<void>(std::move(done), [this, connector, tasks = std::move(tasks)](auto done) {
    Status good = leading();
    if (good && configs()->find(connector) == nullptr)
      good = fail(Code::NotFound, "Connector " + connector + " not found");
    if (!good)
      return done(std::move(good));
    configs_.put_task_configs(connector, tasks, std::move(done));
  });
}

void DistributedHerder::fence_zombies(std::string, Callback<void> done) {
  done(fail(Code::Unsupported, "This worker does not support exactly-once source connectors."));
}

std::vector<PluginInfo> DistributedHerder::plugins(bool connectors_only) const {
  return plugins_.list(connectors_only);
}

Result<std::vector<config::ConfigKey>>
DistributedHerder::plugin_config(const std::string &plugin,
                                 const std::optional<std::string> &version) const {
  return plugins_.keys(plugin, version);
}

void DistributedHerder::set_log_level(const std::string &prefix, const std::string &level) {
  tick_.post([this, prefix, level] { supervisor_->set_log_level(prefix, level); });
}

void DistributedHerder::ping(Callback<void> done) {
  if (!tick_.post([done] { done({}); }))
    done(fail(shutting_down()));
}

std::optional<Stage> DistributedHerder::stage() const {
  if (ready_)
    return std::nullopt;
  const std::string what = options_.waiting_for();
  return Stage{what.empty() ? "ensuring membership in the cluster" : "waiting for " + what,
               began_wall_ms_};
}

void DistributedHerder::on_status(const TaskId &task, State state, std::string trace) {
  tick_.post([this, task, state, trace = std::move(trace)]() mutable {
    const bool object = task.number == link::kConnectorItself;
    // A part that is no longer this worker's may have one last thing to say.
    if (object ? !objects_.contains(task.connector) : !tasks_.contains(task))
      return;
    say(task, state, std::move(trace));
    if (!object && state == State::Failed)
      members_.ended(task);
    Connector *connector = table_.find(task.connector);
    if (object && state == State::Running && connector != nullptr)
      parts_.came_back(*connector);
  });
}

void DistributedHerder::on_reconfigure_requested(const std::string &connector) {
  tick_.post([this, connector] {
    if (objects_.contains(connector))
      parts_.run_reconfigure(connector);
  });
}

void DistributedHerder::on_topic_active(const TaskId &task, const std::string &topic) {
  if (!options_.topic_tracking)
    return;
  const auto statuses = statuses_.snapshot();
  const storage::ConnectorStatuses *said = statuses->find(task.connector);
  if (said == nullptr || !said->topics.contains(topic))
    statuses_.put_topic({topic, task.connector, task.number, clock_.wall_ms()});
}

} // namespace host::herder
