#include "host/app/worker.h"

#include <utility>

#include <fmt/format.h>

#include "host/app/dev_mode.h"
#include "host/app/distributed_mode.h"
#include "host/app/options.h"
#include "host/app/settings.h"
#include "host/app/standalone_mode.h"
#include "host/app/version.h"
#include "host/base/log.h"
#include "host/base/own_code.h"
#include "host/config/cluster_keys.h"
#include "host/link/messages.h"
#include "host/rest/server_config.h"
#include "host/runner/in_process.h"
#include "host/storage/open_offset_store.h"

namespace host::app {
namespace {

const log::Logger kLog{"sluice.worker"};

// Of what this program was built; Kafka shows as much of it.
std::string commit() { return std::string(link::build_id().substr(0, 16)); }

Result<std::unique_ptr<rest::Server>> bind_server(const config::WorkerConfig &config,
                                                  const Clock &clock,
                                                  decltype(rest::ServerOptions::metrics) metrics,
                                                  rest::Forward forward) {
  HOST_ASSIGN(rest::ServerOptions options, rest::server_options(config));
  options.metrics = std::move(metrics);
  options.forward = std::move(forward);
  options.info.version = kConnectVersion;
  options.info.commit = commit();
  options.info.sluice_version = kVersion;
  return rest::Server::bind(std::move(options), clock);
}

} // namespace

Result<std::unique_ptr<Worker>> Worker::create(WorkerPlan plan) {
  auto worker = std::unique_ptr<Worker>(new Worker(std::move(plan)));
  const auto metrics = [self = worker.get()](auto done) { self->tell_metrics(std::move(done)); };
  rest::Forward forward; // a worker of its own has nobody to forward to
  if (config::is_distributed(worker->plan_.config.entries)) {
    HOST_ASSIGN(auto forwarding, rest::forwarder_options(worker->plan_.config));
    worker->forwarder_ = std::make_unique<rest::Forwarder>(std::move(forwarding));
    forward = [self = worker.get()](const rest::Request &request, const std::string &url,
                                    rest::Responder respond) {
      self->forwarder_->forward(request, url, std::move(respond));
    };
  }
  HOST_ASSIGN(worker->server_,
              bind_server(worker->plan_.config, worker->clock_, metrics, std::move(forward)));
  HOST_ASSIGN(auto offsets, storage::open_offset_store(worker->plan_.config.entries));
  HOST_TRY(worker->make(std::move(offsets)));
  return worker;
}

Worker::Worker(WorkerPlan plan)
    : plan_(std::move(plan)), cluster_(plan_.config.entries),
      metrics_(clock_, {std::string(kVersion), std::string(kConnectVersion), commit()}) {}

Worker::~Worker() = default;

Status Worker::make(std::unique_ptr<storage::OffsetStore> offsets) {
  const config::Values &values = *plan_.config.values;
  offsets_ = std::move(offsets);
  catalog_ = std::make_unique<supervisor::PluginCatalog>(plugin_paths(values, plan_.plugin_folder),
                                                         plugin_cache_folder(values));
  HOST_ASSIGN(mode_, make_mode());
  supervisor_ = std::make_unique<supervisor::RunnerSupervisor>(
      supervisor_settings(plan_.config, plan_.log_levels), mode_->herder(), offsets_.get(),
      runner::start_in_process);
  return {};
}

Result<std::unique_ptr<WorkerMode>> Worker::make_mode() {
  const config::Values &values = *plan_.config.values;
  const rest::Advertised advertised = rest::advertised(values);
  const rest::Listener &listener = rest::advertised_listener(advertised, server_->listeners());
  herder::WorkerOptions options = worker_options(rest::worker_id(advertised, listener));
  if (!config::is_distributed(plan_.config.entries))
    return std::make_unique<StandaloneMode>(std::move(options), std::move(plan_.connectors),
                                            *catalog_, *offsets_, cluster_.group_calls(), clock_);
  herder::ClusterOptions cluster = cluster_options(values);
  cluster.url = rest::advertised_url(advertised, listener) + "/";
  HOST_ASSIGN(auto mode, DistributedMode::create(plan_.config, {.worker = std::move(options),
                                                                .cluster = std::move(cluster),
                                                                .catalog = *catalog_,
                                                                .offsets = *offsets_,
                                                                .groups = cluster_.group_calls(),
                                                                .forwarder = *forwarder_,
                                                                .clock = clock_}));
  return mode;
}

herder::WorkerOptions Worker::worker_options(std::string worker_id) {
  const config::Values &values = *plan_.config.values;
  herder::WorkerOptions options;
  options.worker_id = std::move(worker_id);
  options.runner = runner_settings(values);
  options.validation = validation_context(plan_.config);
  options.topic_tracking = values.boolean("topic.tracking.enable");
  options.topic_tracking_reset = values.boolean("topic.tracking.allow.reset");
  options.waiting_for = [this] { return waiting_for(); };
  if (plan_.dev)
    options.validation.refuse = refused_in_dev_mode;
  else // the in-memory broker does not know LeaveGroup by static name
    options.members = {
        [this](wire::StaticMember member) { member_remover_.remove(std::move(member)); },
        [this](const wire::StaticMember &member) { member_remover_.keep(member); }};
  return options;
}

void Worker::start(std::function<void(int)> failed) {
  failed_ = std::move(failed);
  supervisor_->start();
  if (forwarder_)
    forwarder_->start();
  mode_->start(*supervisor_, [this](const Status &ready) {
    if (!ready)
      return fail_start(ready.error(), kExitStartFailed);
    open_when_ready();
  });
  server_->start(mode_->herder());
  kLog.info("REST API on {}", url());
  await_parts();
}

// What the herder's requests need beside its stores: plugins, offsets, the Kafka cluster.
void Worker::await_parts() {
  catalog_->scan(*supervisor_, [this] {
    plugins_known_ = true;
    open_when_ready();
  });
  offsets_->start([this](const Status &ready) {
    if (!ready)
      return fail_start(ready.error(), kExitStartFailed);
    open_when_ready();
  });
  cluster_.start(
      [this](std::string id) {
        cluster_id_ = std::move(id);
        open_when_ready();
      },
      [this](const Error &error) { fail_start(error, kExitStartFailed); });
}

void Worker::open_when_ready() {
  if (parts_missing_.fetch_sub(1) != 1)
    return;
  mode_->open(cluster_id_, [this](const Status &started) {
    if (!started)
      return fail_start(started.error(), kExitConnectorFailed);
    kLog.info("worker is ready: Kafka cluster {}, {} connector plugins", cluster_id_,
              catalog_->entries()->size());
    let_go_of_code();
  });
}

void Worker::fail_start(const Error &error, int exit_code) {
  kLog.error("the worker cannot start: {}", error.message());
  if (!has_failed_.exchange(true))
    failed_(exit_code);
}

void Worker::tell_metrics(std::function<void(std::string)> done) {
  supervisor_->read_counts([this, done = std::move(done)](const auto &runners) {
    done(metrics_.text(*mode_->herder().snapshot(), runners, mode_->herder().figures()));
  });
}

std::string Worker::waiting_for() const {
  if (!plugins_known_)
    return "the inspection of plugins";
  for (std::string what : {cluster_.waiting_for(), offsets_->waiting_for()})
    if (!what.empty())
      return what;
  return mode_->waiting_for();
}

void Worker::stop() {
  kLog.info("stopping");
  mode_->herder().request_stop();
  mode_->leave();
  server_->request_stop();
  server_->stop();
  if (forwarder_)
    forwarder_->stop();
  cluster_.stop();
  mode_->stop();
  supervisor_->request_stop();
  supervisor_->stop();
  member_remover_.stop();
  offsets_->stop();
  kLog.info("stopped");
}

std::string Worker::url() const { return server_->listeners().front().text(); }

} // namespace host::app
