#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/kafka/consumer.h"
#include "host/plugin/sink_instance.h"
#include "host/runtime/errant_records.h"
#include "host/runtime/error_reports.h"
#include "host/runtime/offset_holds.h"
#include "host/runtime/sink_batch.h"
#include "host/runtime/sink_committer.h"
#include "host/runtime/sink_conversion.h"
#include "host/runtime/sink_partitions.h"
#include "host/runtime/sink_services.h"
#include "host/runtime/sink_subscription.h"
#include "host/runtime/stale_member.h"
#include "host/runtime/task_thread.h"

namespace host::runtime {

// Where a session belongs: what it needs of its task. All of it outlives the session.
struct SinkSetting {
  const TaskSpec &spec;
  const TaskOptions &options;
  std::shared_ptr<ErrorReports> errors;
  std::shared_ptr<const plugin::Connector> connector;
  metrics::TaskSlot &slot;
  const Clock &clock;
  std::shared_ptr<Signals> signals;
  std::shared_ptr<SinkWaker> waker;
  Gate &gate; // opened while the plugin's instance may be cancelled by others
  std::function<void(State)> report;
  TaskHost &host;
};

// The life of a sink plugin's task, from create to destroy: the loop of contract 6.6 (poll,
// convert, put, commit) and the rebalances, which happen inside poll. On the task's thread.
class SinkSession {
public:
  explicit SinkSession(SinkSetting setting);
  ~SinkSession();
  SinkSession(const SinkSession &) = delete;
  SinkSession &operator=(const SinkSession &) = delete;

  // Until a stop or a failure. Always followed by finish().
  Status run();
  // Closes all partitions with a last commit, stops the plugin's task, leaves the consumer and
  // destroys the task. An error: records were not given back.
  Status finish();

  void cancel() { instance_->cancel(); } // any thread, inside the gate

private:
  Status create();
  Status create_consumer();
  Status start();
  Status turn();
  Status poll(Duration timeout);
  Status put();
  void accepted();
  Status look_after_letters();
  void end_letters(TimePoint deadline);
  Status refused(const Error &error);
  Duration poll_timeout(TimePoint now);

  // Rebalances; failures are kept for the end of the poll.
  void on_assigned(std::span<kafka::NewPartition> partitions);
  void on_revoked(std::span<const TopicPartition> partitions, bool lost);
  void open_partitions(std::span<kafka::NewPartition *const> partitions);
  void refuse_partitions(std::span<kafka::NewPartition *const> partitions);
  void close_partitions(std::span<const TopicPartition> partitions, bool lost);
  void drop_pending(std::span<const TopicPartition> partitions);
  void close_all();

  void rewind_to_committed();
  Status apply_rewinds();
  Status sync_pauses();
  bool wants_pause(const SinkPartition &partition) const;
  void look_at_budget();
  void note_member_id();
  void count_partitions();
  void put_gauges();
  void tell_topics(const kafka::MessageBatch &messages);
  SinkBatch &new_batch();
  void drop_batch();
  TimePoint now() const { return setting_.clock.now(); }
  bool stopping() const { return setting_.signals->stopping(); }
  void stage(metrics::Stage stage);

  const SinkSetting setting_;
  const std::shared_ptr<data::SchemaPool> schemas_;
  const std::shared_ptr<SinkBatchPool> batches_;
  SinkPartitions partitions_;
  const std::shared_ptr<OffsetHolds> holds_ = std::make_shared<OffsetHolds>();
  const std::shared_ptr<ErrantRecords> errant_;
  std::shared_ptr<SinkServices> services_;
  std::unique_ptr<plugin::SinkInstance> instance_; // from create on
  std::unique_ptr<kafka::Consumer> consumer_;
  std::optional<StaleMember> stale_member_;
  std::optional<SinkSubscription> subscription_;
  std::optional<SinkConversion> conversion_;
  std::optional<SinkCommitter> committer_;
  std::size_t batch_records_ = 500;
  SinkBatch *batch_ = nullptr; // polled and not yet accepted
  bool started_ = false;
  bool closed_ = false;       // close_all() was done: nothing more to do in rebalances
  bool redelivering_ = false; // put asked for the same batch again
  bool over_budget_ = false;  // too much is retained
  bool connector_paused_ = false;
  bool pauses_changed_ = false; // one of the three above
  std::optional<Error> rebalance_failure_;
  // Topics that records came from; how many commits there had been when the host was told.
  std::map<std::string, std::uint64_t, std::less<>> told_topics_;
  std::size_t late_errant_ = 0; // records that were counted as put, and reported later
};

} // namespace host::runtime
