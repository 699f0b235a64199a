#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/app/cluster.h"
#include "host/app/version.h"
#include "host/app/worker_mode.h"
#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/base/strings.h"
#include "host/config/worker_config.h"
#include "host/herder/metrics_report.h"
#include "host/herder/worker_herder.h"
#include "host/rest/forwarder.h"
#include "host/rest/server.h"
#include "host/storage/offset_store.h"
#include "host/supervisor/catalog.h"
#include "host/supervisor/runner_supervisor.h"
#include "host/wire/member_remover.h"

namespace host::app {

// What the worker is made from, beside its configuration.
struct WorkerPlan {
  config::WorkerConfig config; // valid
  std::vector<herder::CreateRequest> connectors;
  StringMap log_levels;      // logger prefix → level, for the runners too
  std::string plugin_folder; // used when plugin.path is not set
  bool dev = false;
};

// A worker: owns its parts, brings them together, starts and stops them in order. REST is bound
// first and answers while everything else comes up; the herder lets requests through once the
// plugins are known, the stores are read and Kafka has answered. Used by the main thread.
class Worker {
public:
  // Binds the REST port. An error is one of configuration or of the port.
  static Result<std::unique_ptr<Worker>> create(WorkerPlan plan);
  ~Worker();

  // Starts all parts. `failed` is called at most once, from any thread, with the exit code with
  // which the program should stop: a connector file was refused, a setting is wrong.
  void start(std::function<void(int exit_code)> failed);
  // A worker of a cluster first stops its tasks and leaves its group; then come REST, connectors,
  // runners, stores, each with its deadline.
  void stop();

  // `http://host:port` of the first listener.
  std::string url() const;

private:
  explicit Worker(WorkerPlan plan);
  Status make(std::unique_ptr<storage::OffsetStore> offsets);
  Result<std::unique_ptr<WorkerMode>> make_mode();
  herder::WorkerOptions worker_options(std::string worker_id);
  void await_parts();
  void open_when_ready();
  void tell_metrics(std::function<void(std::string)> done);
  void fail_start(const Error &error, int exit_code);
  std::string waiting_for() const;

  WorkerPlan plan_;
  SystemClock clock_;
  std::function<void(int)> failed_;
  std::atomic<bool> has_failed_ = false;

  std::unique_ptr<rest::Forwarder> forwarder_; // of a worker of a cluster
  std::unique_ptr<rest::Server> server_;
  std::unique_ptr<storage::OffsetStore> offsets_;
  Cluster cluster_;
  wire::MemberRemover member_remover_;
  std::unique_ptr<supervisor::PluginCatalog> catalog_;
  std::unique_ptr<WorkerMode> mode_;
  std::unique_ptr<supervisor::RunnerSupervisor> supervisor_;
  herder::MetricsReport metrics_; // supervisor's thread

  // What open() waits for; each part reports once, from its own thread.
  std::atomic<int> parts_missing_ = 4;
  std::atomic<bool> plugins_known_ = false;
  std::string cluster_id_; // written before its part is reported
};

} // namespace host::app
