#include "host/herder/standalone_herder.h"

#include <utility>

#include "host/herder/offset_changes.h"

namespace host::herder {

StandaloneHerder::StandaloneHerder(WorkerOptions options, const plugin::Catalog &catalog,
                                   storage::OffsetStore &offsets, GroupCalls groups,
                                   const Clock &clock)
    : WorkerHerder(std::move(options), catalog, offsets, std::move(groups), clock) {
  tick().set_rest([this] { table().publish(); });
}

void StandaloneHerder::open(std::string kafka_cluster_id, std::vector<CreateRequest> connectors,
                            Callback<void> started) {
  tick().post([this, id = std::move(kafka_cluster_id), connectors = std::move(connectors),
               started = std::move(started)]() mutable {
    table().set_cluster_id(std::move(id));
    table().publish();
    set_open();
    run_open(std::move(connectors), std::move(started));
    serve_held();
  });
}

std::string StandaloneHerder::start_up() const {
  return "starting the connectors of the command line";
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

Status StandaloneHerder::check_internal(const http::Signature &signature, std::string_view) const {
  return http::check_form(signature);
}

void StandaloneHerder::put_task_configs(std::string, std::vector<StringMap>, Callback<void> done) {
  done(fail(Code::Unsupported, "Kafka Connect in standalone mode does not support externally "
                               "setting task configurations."));
}

void StandaloneHerder::fence_zombies(std::string, Callback<void> done) {
  done(fail(Code::Unsupported, "Kafka Connect in standalone mode does not support exactly-once "
                               "source connectors."));
}

// A worker of its own is its whole cluster.
void StandaloneHerder::set_cluster_log_level(std::string logger, std::string level,
                                             Callback<void> done) {
  request<void>(std::move(done), [this, logger, level](auto done) {
    log_levels()(logger, level);
    done({});
  });
}

std::optional<StringMap> StandaloneHerder::stored_config(const std::string &name) const {
  const Connector *connector = table().find(name);
  return connector == nullptr ? std::nullopt : std::optional(connector->config);
}

Result<StringMap> StandaloneHerder::stopped_config(const std::string &name) {
  const Connector *connector = table().find(name);
  if (connector == nullptr)
    return fail(Code::NotFound, "Connector " + name + " not found");
  if (connector->target != TargetState::Stopped || !connector->task_configs.empty())
    return fail(not_stopped(name));
  return connector->config;
}

void StandaloneHerder::forget_topics(const std::string &connector, Callback<void> done) {
  table().reset_topics(connector);
  answer<void>(done, {});
}

bool StandaloneHerder::runs_here(const TaskId &part) {
  const Connector *connector = table().find(part.connector);
  return connector != nullptr &&
         (part.number == link::kConnectorItself ||
          static_cast<std::size_t>(part.number) < connector->task_configs.size());
}

void StandaloneHerder::on_topic_active(const TaskId &task, const std::string &topic) {
  if (!options().topic_tracking)
    return;
  tick().post([this, name = task.connector, topic] { table().add_topic(name, topic); });
}

} // namespace host::herder
