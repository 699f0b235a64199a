#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "host/base/clock.h"
#include "host/base/death_timer.h"
#include "host/base/error.h"
#include "host/base/redactor.h"
#include "host/link/channel.h"
#include "host/link/io_loop.h"
#include "host/link/page.h"
#include "host/link/peer.h"
#include "host/runner/connector_host.h"
#include "host/runner/outlet.h"
#include "host/runner/parts.h"
#include "host/runner/task_table.h"

namespace host::runner {

// How a runner came to its end.
enum class End : std::uint8_t {
  Ordered = 1, // the host sent Shutdown
  LinkLost,    // the host is gone, or one of us broke the rules of the link
  Refused      // the host did not want this runner
};

// Where a runner lives. Owned process: nothing else is in it, so the log levels are the runner's to
// set, and at the loss of the link nothing needs to be stopped, the process just ends.
enum class Home : std::uint8_t { OwnProcess = 1, HostProcess };

// What runs inside a runner: at most one connector object and any number of its tasks, as the host
// orders over the link; or, with neither, inspection and validation of plugin files.
//
// Life: construct, start() says hello, `on_end` is called once. In a process of its own the runner
// is then abandoned and the process ends; in the host's process all of its code has returned by
// then and it may be destroyed, after its loop has stopped. Everything runs on the loop's thread
// but what Parts names.
class Runner {
public:
  Runner(link::IoLoop &loop, std::unique_ptr<link::Channel> channel, link::RunnerPage &page,
         Redactor &redactor, const Clock &clock, Home home, std::function<void(End)> on_end);
  ~Runner();

  void start();
  // Ends without the host's word, as if the link were lost.
  void give_up() { lost(Error(Code::Cancelled, "the runner was given up")); }

private:
  using Done = link::Responder<link::Done>;

  void welcomed(Result<link::Welcome> welcome);
  void serve_plugin_requests();
  void serve_connector_requests();
  void serve_task_requests();
  void serve_runner_requests();

  void start_connector(link::StartConnector request, Done responder);
  void set_target(const TaskId &task, TargetState target, Done responder);
  void remove_connector(link::RemoveConnector request, Done responder);
  // The connector, if it is the one that is meant; else the responder is told.
  template <class R>
  std::shared_ptr<ConnectorHost> connector(const std::string &name,
                                           const link::Responder<R> &responder);

  // False, and the runner ends, if it cannot be bound to it.
  bool take_lease(std::int64_t until_boottime_ms);
  void shut_down(Duration timeout, Done responder);
  void drain();
  void check_drained();
  void lost(const Error &reason);
  void end_if_due();

  link::IoLoop &loop_;
  link::RunnerPage &page_;
  Redactor &redactor_;
  const Home home_;
  std::function<void(End)> on_end_;
  link::Peer peer_;
  Outlet outlet_;
  std::optional<Parts> parts_; // from Welcome on
  std::optional<TaskTable> tasks_;
  std::shared_ptr<ConnectorHost> connector_;

  // The way to the end: Shutdown or the loss of the link → draining → drained, and closed.
  bool draining_ = false;
  bool control_drained_ = false;
  bool drained_ = false; // tasks and connector are gone
  bool idle_ = false;    // and no call of theirs is under way
  bool closed_ = false;
  End end_ = End::LinkLost;
  std::optional<Done> shutdown_;
  link::Timer deadline_;
  const Clock &clock_;
  DeathTimer lease_; // of a process that is leased
};

} // namespace host::runner
