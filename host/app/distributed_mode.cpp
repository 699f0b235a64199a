#include "host/app/distributed_mode.h"

#include <atomic>
#include <optional>
#include <utility>

#include "host/cluster/membership_settings.h"
#include "host/http/request_signature.h"
#include "host/http/url.h"
#include "host/json/writer.h"
#include "host/rest/server_config.h"

namespace host::app {
namespace {

// Calls `ready` when all have reported, or at the first that failed.
WorkerMode::Done when_all(int parts, WorkerMode::Done ready) {
  auto missing = std::make_shared<std::atomic<int>>(parts);
  return [missing, ready = std::move(ready)](Status status) {
    if (!status)
      return missing->exchange(0) > 0 ? ready(std::move(status)) : void();
    if (missing->fetch_sub(1) == 1)
      ready({});
  };
}

std::string body_of(const std::vector<StringMap> &tasks) {
  std::string text;
  json::Writer writer(text);
  writer.begin_array();
  for (const StringMap &task : tasks)
    writer.value(task);
  writer.end_array();
  return text;
}

} // namespace

Result<std::unique_ptr<DistributedMode>> DistributedMode::create(const config::WorkerConfig &config,
                                                                 Parts parts) {
  HOST_ASSIGN(auto between_workers, rest::forwarder_options(config));
  auto mode = std::unique_ptr<DistributedMode>(
      new DistributedMode(*config.values, parts.forwarder,
                          between_workers.tls ? std::move(between_workers.tls->set_up) : nullptr));
  HOST_ASSIGN(auto settings, cluster::membership_settings(config.entries, parts.worker.worker_id));
  HOST_ASSIGN(mode->configs_, storage::open_config_store(config.entries));
  HOST_ASSIGN(mode->statuses_, storage::open_status_store(config.entries));
  parts.cluster.calls = mode->cluster_calls();
  mode->herder_ = std::make_unique<herder::DistributedHerder>(
      std::move(parts.worker), std::move(parts.cluster), parts.catalog, *mode->configs_,
      *mode->statuses_, parts.offsets, std::move(parts.groups), parts.clock);
  HOST_ASSIGN(mode->membership_, cluster::Membership::create(std::move(settings), *mode->herder_));
  return mode;
}

DistributedMode::DistributedMode(const config::Values &values, rest::Forwarder &forwarder,
                                 cluster::TetherTls tls)
    : signature_algorithm_(values.text("inter.worker.signature.algorithm")),
      is_tethered_(values.text("worker.death.detection") == "tether"), forwarder_(forwarder),
      tether_([this](const std::string &member) { herder_->on_worker_dead(member); },
              std::move(tls)) {}

DistributedMode::~DistributedMode() = default;

void DistributedMode::start(supervisor::Supervisor &supervisor, Done ready) {
  herder_->start(supervisor);
  const Done read = when_all(2, std::move(ready));
  configs_->start([this](const storage::ConfigEvent &event) { herder_->on_config_event(event); },
                  read);
  statuses_->start(read);
}

void DistributedMode::open(std::string kafka_cluster_id, Done started) {
  herder_->open(std::move(kafka_cluster_id));
  tether_.start();
  membership_->start();
  started({});
}

void DistributedMode::leave() {
  herder_->stop();
  membership_->stop();
  tether_.stop();
}

void DistributedMode::stop() {
  configs_->stop();
  statuses_->stop();
}

std::string DistributedMode::waiting_for() const {
  for (std::string what : {configs_->waiting_for(), statuses_->waiting_for()})
    if (!what.empty())
      return what;
  return membership_->trouble();
}

herder::ClusterCalls DistributedMode::cluster_calls() {
  return {.rejoin = [this](std::string why) { membership_->request_rejoin(std::move(why)); },
          .hold =
              [this](auto workers) {
                if (is_tethered_)
                  tether_.hold(std::move(workers));
              },
          .remove_member =
              [this](auto member, auto done) {
                membership_->remove_member(std::move(member), std::move(done));
              },
          .figures = [this] { return membership_->figures(); },
          .send_tasks = [this](const std::string &url, const std::string &connector, auto tasks,
                               auto done) { send_tasks(url, connector, tasks, std::move(done)); }};
}

void DistributedMode::send_tasks(const std::string &leader_url, const std::string &connector,
                                 const std::vector<StringMap> &tasks,
                                 std::function<void(Status)> done) {
  std::optional<http::SigningKey> key;
  if (const auto &session = configs_->snapshot()->session_key)
    key = http::SigningKey{session->secret, signature_algorithm_};
  forwarder_.send("POST", leader_url, "/connectors/" + http::encode_segment(connector) + "/tasks",
                  body_of(tasks), key, [done = std::move(done)](const rest::Reply &reply) {
                    if (reply.status < 300)
                      return done({});
                    done(fail(Code::Retry, "the leader did not take them: " + reply.body));
                  });
}

} // namespace host::app
