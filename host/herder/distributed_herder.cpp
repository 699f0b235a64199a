#include "host/herder/distributed_herder.h"

#include <utility>

#include "host/herder/offset_changes.h"

namespace host::herder {
namespace {

std::int64_t ms_of(TimePoint time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

} // namespace

DistributedHerder::DistributedHerder(WorkerOptions worker, ClusterOptions cluster,
                                     const plugin::Catalog &catalog, storage::ConfigStore &configs,
                                     storage::StatusStore &statuses, storage::OffsetStore &offsets,
                                     GroupCalls groups, const Clock &clock)
    : WorkerHerder(std::move(worker), catalog, offsets, std::move(groups), clock),
      cluster_(std::move(cluster)), configs_(configs), statuses_(statuses),
      view_(this->catalog(), options().topic_tracking), leader_(cluster_.max_delay),
      sessioned_(cluster_.newest == cluster::Protocol::Sessioned) {}

void DistributedHerder::open(std::string kafka_cluster_id) {
  view_.set_cluster_id(std::move(kafka_cluster_id));
  tick().post([this] {
    set_open();
    serve_held();
  });
}

std::string DistributedHerder::start_up() const { return "ensuring membership in the cluster"; }

std::shared_ptr<const Snapshot> DistributedHerder::snapshot() const {
  return view_.of(configs_.snapshot(), statuses_.snapshot());
}

std::optional<Stage> DistributedHerder::interruption() const {
  const std::int64_t since = cut_off_wall_ms_;
  if (since == 0)
    return std::nullopt;
  const std::string what = options().waiting_for();
  return Stage{"no member of its cluster and runs nothing" + (what.empty() ? "" : ": " + what),
               since};
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
  request_settled<Changed>(std::move(done), [this, connector, patch = std::move(patch)](auto done) {
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
  request_settled<void>(std::move(done), [this, connector](auto done) {
    Status good = settled();
    if (good && configs()->find(connector) == nullptr)
      good = fail(Code::NotFound, "Unknown connector: " + connector);
    if (!good)
      return done(std::move(good));
    run_restart_connector(connector, std::move(done));
  });
}

void DistributedHerder::restart_task(TaskId task, Callback<void> done) {
  request_settled<void>(std::move(done), [this, task](auto done) {
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
  request_settled<View>(std::move(done), [this, connector, flags](auto done) {
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

Result<StringMap> DistributedHerder::stopped_config(const std::string &name) {
  HOST_TRY(leading());
  const auto state = configs();
  const storage::ConnectorConfig *config = state->find(name);
  if (config == nullptr)
    return fail(Code::NotFound, "Connector " + name + " not found");
  if (config->target_state != TargetState::Stopped || !config->tasks.empty())
    return fail(not_stopped(name));
  return config->config;
}

std::optional<StringMap> DistributedHerder::stored_config(const std::string &connector) const {
  const auto state = configs();
  const storage::ConnectorConfig *config = state->find(connector);
  return config == nullptr ? std::nullopt : std::optional(config->config);
}

void DistributedHerder::forget_topics(const std::string &connector, Callback<void> done) {
  remove_topics(connector);
  statuses_.flush(std::move(done));
}

void DistributedHerder::remove_topics(const std::string &connector) {
  const auto statuses = statuses_.snapshot();
  if (const storage::ConnectorStatuses *said = statuses->find(connector))
    for (const auto &[topic, use] : said->topics)
      statuses_.remove(storage::TopicUse{topic, connector});
}

Status DistributedHerder::check_internal(const http::Signature &signature,
                                         std::string_view body) const {
  if (!sessioned_)
    return http::check_form(signature);
  const auto state = configs();
  const auto key = state->session_key ? std::optional(state->session_key->secret) : std::nullopt;
  return http::verify(signature, body, key, cluster_.verification_algorithms);
}

void DistributedHerder::put_task_configs(std::string connector, std::vector<StringMap> tasks,
                                         Callback<void> done) {
  request_settled<void>(std::move(done), [this, connector, tasks = std::move(tasks)](auto done) {
    if (Status good = leading(); !good)
      done(std::move(good));
    else
      run_put_tasks(connector, tasks, std::move(done));
  });
}

void DistributedHerder::fence_zombies(std::string, Callback<void> done) {
  done(fail(Code::Unsupported, "This worker does not support exactly-once source connectors."));
}

void DistributedHerder::set_cluster_log_level(std::string logger, std::string level,
                                              Callback<void> done) {
  request<void>(std::move(done), [this, logger, level](auto done) {
    configs_.put_logger_level(logger, level, std::move(done));
  });
}

bool DistributedHerder::runs_here(const TaskId &part) {
  return part.number == link::kConnectorItself ? objects_.contains(part.connector)
                                               : tasks_.contains(part);
}

void DistributedHerder::report(Connector &connector, std::int32_t part, State state,
                               std::string trace) {
  if (part == link::kConnectorItself) // what it says next may be less than this
    connector.status = PartStatus{state, options().worker_id, std::nullopt, trace};
  say({connector.name, part}, state, std::move(trace));
}

WorkerFigures DistributedHerder::figures() const {
  WorkerFigures figures = WorkerHerder::figures();
  figures.skipped_records = {{"config", configs_.skipped_records()},
                             {"status", statuses_.skipped_records()}};
  figures.member = {cluster_.calls.figures(), assigned_connectors_, assigned_tasks_};
  const TimePoint now = clock().now();
  const std::lock_guard lock(place_mutex_);
  RebalanceCounts &counts = figures.rebalances.emplace(place_);
  counts.rebalancing = joining_;
  counts.time_ms = metrics::read(rebalance_ms_, ms_of(now));
  if (last_rebalance_)
    counts.since_last = std::chrono::duration_cast<Duration>(now - *last_rebalance_);
  return figures;
}

void DistributedHerder::note_place(const cluster::Seat &seat, const std::string &leader_url) {
  const std::lock_guard lock(place_mutex_);
  place_.protocol = seat.protocol;
  place_.leader_url = leader_url;
  place_.epoch = seat.generation;
}

void DistributedHerder::note_rebalanced(TimePoint began) {
  const TimePoint now = clock().now();
  rebalance_ms_.add(static_cast<std::uint64_t>(ms_of(now) - ms_of(began)), ms_of(now));
  const std::lock_guard lock(place_mutex_);
  last_rebalance_ = now;
}

void DistributedHerder::note_assignment() {
  assigned_connectors_ = assignment_ ? assignment_->connectors.size() : 0;
  assigned_tasks_ = assignment_ ? assignment_->tasks.size() : 0;
}

void DistributedHerder::on_topic_active(const TaskId &task, const std::string &topic) {
  if (!options().topic_tracking)
    return;
  const auto statuses = statuses_.snapshot();
  const storage::ConnectorStatuses *said = statuses->find(task.connector);
  if (said == nullptr || !said->topics.contains(topic))
    statuses_.put_topic({topic, task.connector, task.number, clock().wall_ms()});
}

} // namespace host::herder
