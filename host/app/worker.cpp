#include "host/app/worker.h"

#include <utility>

#include <fmt/format.h>

#include "host/app/dev_mode.h"
#include "host/app/options.h"
#include "host/app/settings.h"
#include "host/app/version.h"
#include "host/base/log.h"
#include "host/link/messages.h"
#include "host/rest/server_config.h"
#include "host/runner/in_process.h"
#include "host/storage/open_offset_store.h"

namespace host::app {
namespace {

const log::Logger kLog{"sluice.worker"};

Result<std::unique_ptr<rest::Server>> bind(const config::WorkerConfig &config, const Clock &clock,
                                           decltype(rest::ServerOptions::metrics) metrics) {
  HOST_ASSIGN(rest::ServerOptions options, rest::server_options(config));
  options.metrics = std::move(metrics);
  options.info.version = kConnectVersion;
  options.info.commit = link::build_id().substr(0, 16);
  options.info.sluice_version = kVersion;
  return rest::Server::bind(std::move(options), clock);
}

} // namespace

Result<std::unique_ptr<Worker>> Worker::create(WorkerPlan plan) {
  auto worker = std::unique_ptr<Worker>(new Worker(std::move(plan)));
  HOST_ASSIGN(worker->server_,
              bind(worker->plan_.config, worker->clock_,
                   [worker = worker.get()](auto done) { worker->tell_metrics(std::move(done)); }));
  HOST_ASSIGN(auto offsets, storage::open_offset_store(worker->plan_.config.entries));
  HOST_TRY(worker->make(std::move(offsets)));
  return worker;
}

Worker::Worker(WorkerPlan plan) : plan_(std::move(plan)), cluster_(plan_.config.entries) {}

Worker::~Worker() = default;

Status Worker::make(std::unique_ptr<storage::OffsetStore> offsets) {
  const config::Values &values = *plan_.config.values;
  offsets_ = std::move(offsets);
  catalog_ = std::make_unique<supervisor::PluginCatalog>(plugin_paths(values, plan_.plugin_folder),
                                                         plugin_cache_folder(values));
  const rest::Advertised advertised = rest::advertised(values);
  herder::WorkerOptions options;
  options.worker_id =
      rest::worker_id(advertised, rest::advertised_listener(advertised, server_->listeners()));
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
  herder_ = std::make_unique<herder::StandaloneHerder>(std::move(options), *catalog_, *offsets_,
                                                       cluster_.group_calls(), clock_);
  supervisor_ = std::make_unique<supervisor::RunnerSupervisor>(
      supervisor_settings(plan_.config, plan_.log_levels), *herder_, offsets_.get(),
      runner::start_in_process);
  return {};
}

void Worker::start(std::function<void(int)> failed) {
  failed_ = std::move(failed);
  supervisor_->start();
  herder_->start(*supervisor_);
  server_->start(*herder_);
  kLog.info("REST API on {}", url());
  await_parts();
}

// The three things that the herder's requests need: plugins, offsets, the cluster.
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
  herder_->open(cluster_id_, std::move(plan_.connectors), [this](const Status &started) {
    if (!started)
      return fail_start(started.error(), kExitConnectorFailed);
    kLog.info("worker is ready: Kafka cluster {}, {} connector plugins", cluster_id_,
              catalog_->entries()->size());
  });
}

void Worker::fail_start(const Error &error, int exit_code) {
  kLog.error("the worker cannot start: {}", error.message());
  if (!has_failed_.exchange(true))
    failed_(exit_code);
}

void Worker::tell_metrics(std::function<void(std::string)> done) {
  supervisor_->read_counts([this, done = std::move(done)](const auto &runners) {
    done(metrics_.text(*herder_->snapshot(), runners));
  });
}

std::string Worker::waiting_for() const {
  if (!plugins_known_)
    return "the inspection of plugins";
  if (std::string offsets = offsets_->waiting_for(); !offsets.empty())
    return offsets;
  return cluster_.waiting_for();
}

void Worker::stop() {
  kLog.info("stopping");
  server_->request_stop();
  herder_->request_stop();
  server_->stop();
  cluster_.stop();
  herder_->stop();
  supervisor_->request_stop();
  supervisor_->stop();
  member_remover_.stop();
  offsets_->stop();
  kLog.info("stopped");
}

std::string Worker::url() const { return server_->listeners().front().text(); }

} // namespace host::app
