#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/base/ids.h"
#include "host/base/offset_record.h"
#include "host/base/state.h"
#include "host/config/config_infos.h"
#include "host/herder/snapshot.h"
#include "host/herder/submitted_config.h"
#include "host/http/request_signature.h"

namespace host::herder {

struct CreateRequest {
  std::string name;
  SubmittedConfig config;
  TargetState initial_state = TargetState::Started;
};

// The connector as it is after a create, replace or patch.
struct Changed {
  bool created = false;
  std::shared_ptr<const ConnectorView> connector;
};

struct RestartFlags {
  bool include_tasks = false;
  bool only_failed = false;
};

// One source or sink offset as REST shows it; both are JSON texts, `offset` may be `null`.
struct ConnectorOffset {
  std::string partition;
  std::string offset;
};

struct PluginInfo {
  std::string class_name;
  std::string type; // `sink`, `source`, `converter`, …
  std::string version;
};

// What the worker does now that keeps requests waiting (contract 2.2, 2.7).
struct Stage {
  std::string description;
  std::int64_t began_wall_ms = 0;
};

// What REST asks of a worker. Every call may come from any thread and returns at once. A call with
// a callback queues the request for the herder's own thread and calls back exactly once, from any
// thread and after a new snapshot shows the effect; the callback must not block. The error's code
// says the HTTP status (NotFound 404, Conflict and AlreadyExists 409, BadRequest and Config 400, …)
// and its message is what the client reads.
class Herder {
public:
  template <class T> using Callback = std::function<void(Result<T>)>;

  virtual ~Herder() = default;

  virtual std::shared_ptr<const Snapshot> snapshot() const = 0;

  virtual void create(CreateRequest request, Callback<Changed> done) = 0;
  virtual void put_config(std::string connector, SubmittedConfig config,
                          Callback<Changed> done) = 0;
  // A null removes the key.
  virtual void patch_config(std::string connector, SubmittedConfig patch,
                            Callback<Changed> done) = 0;
  virtual void remove(std::string connector, Callback<void> done) = 0;

  virtual void set_target(std::string connector, TargetState target, Callback<void> done) = 0;
  // The connector object alone; done when it runs again.
  virtual void restart_connector(std::string connector, Callback<void> done) = 0;
  // Done when the restart is planned; the view shows what restarts as Restarting.
  virtual void restart(std::string connector, RestartFlags flags,
                       Callback<std::shared_ptr<const ConnectorView>> done) = 0;
  virtual void restart_task(TaskId task, Callback<void> done) = 0;

  virtual void validate(SubmittedConfig config, Callback<config::ConfigInfos> done) = 0;
  virtual void offsets(std::string connector, Callback<std::vector<ConnectorOffset>> done) = 0;
  // Changes stored offsets of a stopped connector; without changes removes all of them. Gives the
  // sentence for the user.
  virtual void alter_offsets(std::string connector,
                             std::optional<std::vector<OffsetChange>> changes,
                             Callback<std::string> done) = 0;
  virtual void reset_topics(std::string connector, Callback<void> done) = 0;
  // What is wrong with the signature of a request that only workers send each other; nothing where
  // this worker asks for none (contract 2.6). At once.
  virtual Status check_internal(const http::Signature &signature, std::string_view body) const = 0;
  // Empty successes and errors of requests that only workers send each other (contract 2.4 #30,
  // #31).
  virtual void put_task_configs(std::string connector, std::vector<StringMap> configs,
                                Callback<void> done) = 0;
  virtual void fence_zombies(std::string connector, Callback<void> done) = 0;

  virtual std::vector<PluginInfo> plugins(bool connectors_only) const = 0;
  // `version`: none, or the range of the query parameter.
  virtual Result<std::vector<config::ConfigKey>>
  plugin_config(const std::string &plugin, const std::optional<std::string> &version) const = 0;

  // In the runners.
  virtual void set_log_level(const std::string &prefix, const std::string &level) = 0;
  using LogLevels = std::function<void(const std::string &logger, const std::string &level)>;
  // Sets a level on every worker of the cluster: each hears of it by what it gave to
  // follow_log_levels(), this one too and perhaps after `done`.
  virtual void set_cluster_log_level(std::string logger, std::string level,
                                     Callback<void> done) = 0;
  // Called once, before the first request. `levels` may be called from any thread.
  virtual void follow_log_levels(LogLevels levels) = 0;

  // Done as soon as the herder's thread gets to it, also while the worker starts.
  virtual void ping(Callback<void> done) = 0;
  // Whether the worker has completed its start-up once.
  virtual bool ready() const = 0;
  // What keeps it from its work: its start-up or, later, that it is cut off from its cluster.
  virtual std::optional<Stage> stage() const = 0;
};

} // namespace host::herder
