#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "host/base/error.h"
#include "host/base/state.h"
#include "host/link/messages.h"
#include "host/link/peer.h"
#include "host/metrics/task_slot.h"
#include "host/plugin/connector_object.h"

namespace host::runner {

class JobThread;
class Outlet;

// The connector object of this runner through Connect's life cycle (contract 6.3): which call the
// plugin gets for a new target state, what status is told, what the requester is answered.
//
// Life: made by the Runner at StartConnector, gets target states, ends with remove(). The plugin is
// called on the control thread only (but for cancel); the public functions may come from any thread
// and return at once. Jobs under way keep the object alive.
class ConnectorHost : public std::enable_shared_from_this<ConnectorHost> {
public:
  ConnectorHost(link::StartConnector spec, Outlet &outlet, JobThread &control,
                metrics::TaskSlot &slot);

  const std::string &name() const { return spec_.connector; }

  // A target that comes before the one before it was begun takes its place, and the first requester
  // is told so.
  void request(TargetState target, link::Responder<link::Done> responder);
  void task_configs(std::int32_t max_tasks, link::Responder<link::TaskConfigList> responder);
  // Stops the object if it is started, tells Unassigned and destroys it; then calls `removed`, on
  // the control thread.
  void remove(std::function<void()> removed);
  // remove() takes too long: the plugin is asked to return, and nothing it causes is told any more.
  // Calls the plugin on this thread.
  void cancel();

private:
  enum class Phase : std::uint8_t { Init = 1, Started, Paused, Stopped, Failed, Removed };
  struct Pending {
    TargetState target;
    link::Responder<link::Done> responder;
  };

  // Control thread.
  void take_pending();
  Status move_to(TargetState target);
  Status open();
  Status start();
  Status suspend(Phase phase);
  void shut_down();
  void fail_once(const Error &error, bool raised);
  void raised(const Error &error);
  Result<link::TaskConfigList> make_task_configs(std::int32_t max_tasks);

  void preempt(std::optional<Pending> old, const std::string &by) const;
  void tell(State state, const std::string &trace = {});
  bool muted();
  std::string label() const { return "WorkerConnector{id=" + name() + "}"; }

  const link::StartConnector spec_;
  Outlet &outlet_;
  JobThread &control_;
  metrics::TaskSlot &slot_;

  std::mutex mutex_;                                // leaf; guards the next three
  std::optional<Pending> pending_;                  // not begun yet
  std::shared_ptr<plugin::ConnectorObject> object_; // changed on the control thread only
  bool muted_ = false;

  Phase phase_ = Phase::Init; // control thread
};

} // namespace host::runner
