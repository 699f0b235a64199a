#pragma once

#include <functional>
#include <string>

#include "host/base/error.h"
#include "host/herder/worker_herder.h"
#include "host/supervisor/supervisor.h"

namespace host::app {

// What a worker of its own and one of a cluster do differently: the herder, and what stands behind
// it. Made, started and stopped by the worker, in the order of the calls below; calls from the main
// thread unless said otherwise.
class WorkerMode {
public:
  using Done = std::function<void(Status)>;

  virtual ~WorkerMode() = default;

  virtual herder::WorkerHerder &herder() = 0;

  // Runs the herder's thread, and reads what is stored: `ready` once, from any thread.
  virtual void start(supervisor::Supervisor &supervisor, Done ready) = 0;
  // Everything that requests need is there. `started` once, with what keeps the worker from its
  // work for good. Any thread.
  virtual void open(std::string kafka_cluster_id, Done started) = 0;
  // While the REST API still answers: what is better done before it ends.
  virtual void leave() = 0;
  virtual void stop() = 0;

  // What start() waits for, in words; empty if nothing. Any thread.
  virtual std::string waiting_for() const = 0;
};

} // namespace host::app
