#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host/cluster/assignment.h"
#include "host/cluster/leader.h"
#include "host/cluster/membership.h"
#include "host/cluster/tether.h"
#include "host/herder/cluster_view.h"
#include "host/herder/worker_herder.h"
#include "host/storage/config_store.h"
#include "host/storage/session_keys.h"
#include "host/storage/status_store.h"

namespace host::herder {

// What a herder asks of its group. Any thread; all return at once.
struct ClusterCalls {
  std::function<void(std::string why)> rejoin = [](const std::string &) {};
  // Those whose death is to be noticed (cluster::Tether): the leader, or as leader all others.
  std::function<void(std::vector<cluster::TetheredWorker>)> hold = [](auto) {};
  // Membership::remove_member.
  std::function<void(std::string member_id, std::function<void(bool was_member)>)> remove_member =
      [](const std::string &, const auto &) {};
  // Membership::figures.
  std::function<cluster::MembershipFigures()> figures = [] { return cluster::MembershipFigures(); };
  // Brings task configs to the leader, whose REST API is at `url`.
  std::function<void(const std::string &url, const std::string &connector, std::vector<StringMap>,
                     std::function<void(Status)>)>
      send_tasks;
};

// A worker's place in its cluster, beside what every worker has.
struct ClusterOptions {
  std::string url;                                         // of the REST API, ending in `/`
  cluster::Protocol newest = cluster::Protocol::Sessioned; // connect.protocol
  Duration max_delay = cluster::kDefaultMaxDelay;          // scheduled.rebalance.max.delay.ms
  Duration sync_timeout{3'000};                            // worker.sync.timeout.ms
  Duration unsync_backoff{1'000};                          // worker.unsync.backoff.ms
  Duration rebalance_wait{10'000};                         // rest.rebalance.wait.ms
  storage::SessionKeySettings session_key;                 // inter.worker.key.*
  std::vector<std::string> verification_algorithms{"HmacSHA256"}; // inter.worker.verification.*
  ClusterCalls calls;
};

// The herder of a worker that shares connectors with others (contract 6.11, 7): what is configured
// and how it fares is in the stores' topics, who runs what is settled in the group. One tick thread
// owns what this worker runs; GET requests are made of the stores' snapshots and wait for nobody.
//
// Life: start() runs the thread, open() once the stores have been read; then the membership may be
// started, which calls back here. stop() ends all parts; the membership leaves the group after
// that. Owned by the app.
class DistributedHerder final : public WorkerHerder, public cluster::MembershipListener {
public:
  DistributedHerder(WorkerOptions worker, ClusterOptions cluster, const plugin::Catalog &catalog,
                    storage::ConfigStore &configs, storage::StatusStore &statuses,
                    storage::OffsetStore &offsets, GroupCalls groups, const Clock &clock);

  void open(std::string kafka_cluster_id);
  // The process of a member of the group is dead: its work moves at once, unless it had left the
  // group before. Any thread.
  void on_worker_dead(const std::string &member_id);
  // For the config store; any thread.
  void on_config_event(const storage::ConfigEvent &event);

  std::shared_ptr<const Snapshot> snapshot() const override;
  void create(CreateRequest request, Callback<Changed> done) override;
  void put_config(std::string connector, SubmittedConfig config, Callback<Changed> done) override;
  void patch_config(std::string connector, SubmittedConfig patch, Callback<Changed> done) override;
  void remove(std::string connector, Callback<void> done) override;
  void set_target(std::string connector, TargetState target, Callback<void> done) override;
  void restart_connector(std::string connector, Callback<void> done) override;
  void restart(std::string connector, RestartFlags flags,
               Callback<std::shared_ptr<const ConnectorView>> done) override;
  void restart_task(TaskId task, Callback<void> done) override;
  Status check_internal(const http::Signature &signature, std::string_view body) const override;
  void put_task_configs(std::string connector, std::vector<StringMap> configs,
                        Callback<void> done) override;
  void fence_zombies(std::string connector, Callback<void> done) override;
  void set_cluster_log_level(std::string logger, std::string level, Callback<void> done) override;

  WorkerFigures figures() const override;

  void on_topic_active(const TaskId &task, const std::string &topic) override;

  void on_joining(Offer offer) override;
  void on_elected(cluster::Seat seat, std::vector<wire::JoinedMember> members, Plan plan) override;
  void on_assigned(cluster::Seat seat, std::string assignment) override;
  void on_revoked(cluster::Revocation kind, const std::string &why) override;
  void on_lease(std::int64_t until_boottime_ms) override;

private:
  std::shared_ptr<const storage::ConfigState> configs() const { return configs_.snapshot(); }

  std::string start_up() const override;
  std::optional<Stage> interruption() const override;
  bool runs_here(const TaskId &part) override;
  void report(Connector &connector, std::int32_t part, State state, std::string trace) override;
  std::optional<StringMap> stored_config(const std::string &connector) const override;
  Result<StringMap> stopped_config(const std::string &connector) override;
  void forget_topics(const std::string &connector, Callback<void> done) override;
  void remove_topics(const std::string &connector);

  // distributed_requests.cpp
  Job run_put(std::string name, SubmittedConfig config, std::optional<TargetState> target,
              bool only_new, Callback<Changed> done);
  Job run_put_tasks(std::string name, std::vector<StringMap> tasks, Callback<void> done);
  Job run_remove(std::string name, Callback<void> done);
  Job run_stop(std::string name, Callback<void> done);
  Job run_restart_connector(std::string name, Callback<void> done) override;
  Job run_restart_task_here(TaskId task, Callback<void> done);
  void when_settled(Tick::Work work) override { when_settled(std::move(work), wait_end()); }
  void when_settled(Tick::Work work, TimePoint end);
  TimePoint wait_end() const { return clock().now() + cluster_.rebalance_wait; }
  // Lets go on who waits for the end of a rebalance.
  void release_waiting();
  // The turn of a connector while no rebalance is under way. One that comes up is waited out, at
  // most rest.rebalance.wait.ms, and without the turn, which it may need.
  Step<Turns::Turn> settled_turn(std::string name);
  // Nothing while no rebalance is under way, or else what the client is told.
  Status settled() const;
  Status leading() const;
  // The error that names the worker that has this part.
  Error elsewhere(const TaskId &part) const;

  void note_place(const cluster::Seat &seat, const std::string &leader_url);
  void note_rebalanced(TimePoint began);
  // For figures().
  void note_assignment();

  // distributed_group.cpp
  Job run_joining(std::uint64_t question, Offer offer);
  Job run_assigned(cluster::Seat seat, std::string bytes);
  Job run_revoked();
  Job run_shutdown(std::function<void()> done) override;
  // Loud: the status topic is told. Quiet: others may have said since that they run it.
  enum class Stop : std::uint8_t { Loud = 1, Quiet };
  Step<Status> stop_parts(std::vector<std::string> connectors, std::vector<TaskId> tasks,
                          Stop how = Stop::Loud);
  Step<Status> stop_everything(Stop how = Stop::Loud);
  Step<Status> say_the_rest();
  Step<bool> catch_up(std::int64_t offset);
  bool may_start(const cluster::Assignment &told, bool caught_up);
  void begin_generation(std::uint64_t question, bool has_revoked);
  void revoke_the_rest(cluster::Assignment &told) const;
  void note_protocol(const std::string &protocol);
  void rejoin(const std::string &why);
  void hold_others(const std::vector<wire::JoinedMember> &members);
  void hold_leader(const std::string &url);
  void rejoin_later(const std::string &why);
  void bury_unknown();
  // The leader makes the key that workers sign their requests to each other with, and a new one
  // when it is time.
  void renew_session_key();

  // distributed_parts.cpp
  // Whose turn tasks of a connector are stopped in; what starts some waits for it.
  static std::string stop_turn(const std::string &connector);
  void start_missing();
  bool is_assigned(const TaskId &task) const;
  Job run_start_object(std::string name);
  Job run_start_tasks(std::string name, std::vector<TaskId> tasks);
  Step<Status> apply_tasks(std::string name, std::uint64_t epoch,
                           std::vector<StringMap> configs) override;
  Step<Status> store_tasks(std::string name, std::vector<StringMap> tasks);
  void erase_gone(const Connector &connector, std::vector<TaskId> &tasks) const;
  // This worker's entry of a connector, as the config topic has it now; null if it has none.
  Connector *mirror(const std::string &name);
  void say(const TaskId &part, State state, std::string trace);
  void forget_if_idle(const std::string &name);

  // distributed_changes.cpp
  void changed(const storage::ConnectorConfigured &event);
  void changed(const storage::ConnectorRemoved &event);
  void changed(const storage::TasksCommitted &event);
  void changed(const storage::TargetStateChanged &event);
  void changed(const storage::SessionKeyChanged &event);
  void changed(const storage::RestartRequest &event);
  void changed(const storage::LoggerLevelChanged &event);
  Job run_new_config(std::string name);
  Job run_tasks_committed(std::string name);
  Job run_resume(std::string name);
  Job run_restart_request(std::string name);

  const ClusterOptions cluster_;
  storage::ConfigStore &configs_;
  storage::StatusStore &statuses_;
  mutable ClusterView view_;

  // Tick thread. Whose objects and tasks were started here.
  std::set<std::string> objects_;
  std::set<TaskId> tasks_;
  std::map<std::string, storage::RestartRequest> restarts_; // those that wait, by connector

  // Set by the membership's thread; never over before the first.
  std::atomic<std::int64_t> lease_until_boottime_ms_ = std::numeric_limits<std::int64_t>::max();

  // Tick thread. This worker's place in the group.
  cluster::Seat seat_;
  std::optional<cluster::Assignment> assignment_;    // all that is assigned
  std::atomic<bool> joining_ = true;                 // what is assigned is being settled
  std::vector<std::shared_ptr<Tick::Work>> waiting_; // for that; null when it waited too long
  std::uint64_t question_ = 0;                       // the last on_joining
  std::uint64_t revocations_ = 0;                    // counts on_revoked
  std::uint64_t key_watch_ = 0;                      // the last look at the session key
  cluster::Leader leader_;
  std::shared_ptr<const storage::ConfigState> known_; // when this worker joined
  std::shared_ptr<const cluster::Owners> owners_;     // null: this worker has not led
  metrics::Measure rebalance_ms_{};                   // completed ones
  std::atomic<std::size_t> assigned_connectors_ = 0;  // of assignment_; any thread reads them
  std::atomic<std::size_t> assigned_tasks_ = 0;
  mutable std::mutex place_mutex_;
  TimePoint assigned_at_{};
  RebalanceCounts place_;                         // guarded by place_mutex_, without times
  std::optional<TimePoint> last_rebalance_;       // likewise: its end
  std::set<std::string> dead_;                    // members whose processes are, until they left
  std::atomic<std::int64_t> cut_off_wall_ms_ = 0; // since then no member; 0: a member; any thread
  std::atomic<bool> sessioned_; // members sign what they ask of each other; any thread reads it
};

} // namespace host::herder
