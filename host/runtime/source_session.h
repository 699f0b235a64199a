#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "host/metrics/callback_guard.h"
#include "host/runtime/error_reports.h"
#include "host/runtime/flight_deck.h"
#include "host/runtime/ledger.h"
#include "host/runtime/producer_pool.h"
#include "host/runtime/source_committer.h"
#include "host/runtime/source_partitions.h"
#include "host/runtime/source_sender.h"
#include "host/runtime/source_services.h"
#include "host/runtime/task_options.h"
#include "host/runtime/task_thread.h"
#include "host/runtime/topic_creation.h"

namespace host::runtime {

// Where a session belongs: what it needs of its task and runner. All of it outlives the session.
struct SourceSetting {
  const TaskSpec &spec;
  const TaskOptions &options;
  std::shared_ptr<ErrorReports> errors;
  std::shared_ptr<const plugin::Connector> connector;
  TaskHost &host;
  ProducerPool &pool;
  metrics::TaskSlot &slot;
  const Clock &clock;
  std::shared_ptr<Signals> signals;
  Gate &gate; // opened while the plugin's instance may be called by others
  std::function<void(State)> report;
};

// One life of a source plugin's task, from create to destroy: the loop of contract 6.7 (poll,
// convert, produce, deliveries, ledger, commit). On the task's thread. A task has a second one only
// when its producer was lost: then everything starts again at the stored offsets.
class SourceSession {
public:
  explicit SourceSession(SourceSetting setting);
  ~SourceSession();
  SourceSession(const SourceSession &) = delete;
  SourceSession &operator=(const SourceSession &) = delete;

  // Until a stop, a failure or the loss of the producer. Always followed by finish().
  Status run();
  // Sees what is under way through, commits, stops and destroys the plugin's task.
  void finish();

  bool producer_lost() const { return producer_lost_; }
  std::uint64_t delivered_records() const { return deck_ ? deck_->port().records() : 0; }

  // Any thread, inside the gate.
  void cancel() { deck_->instance().cancel(); }
  void wake() { deck_->instance().wake(); }

private:
  Status create();
  Status start();
  Status turn();
  Status poll();
  Status send(const plugin::SourceBatch &batch);
  Status look_after_deliveries();
  Status delivery_failure();
  // Records that failed and were let pass have no letter, or none in time.
  void end_letters(TimePoint deadline);
  void look_after_commits();
  void settle(Flight &flight);
  void count();
  void wait_while_paused();
  std::int64_t poll_wait_ms(TimePoint now) const;
  void wait_for_deliveries(TimePoint deadline);
  void commit_last();
  bool stopping() const { return setting_.signals->stopping(); }
  TimePoint now() const { return setting_.clock.now(); }
  void stage(metrics::Stage stage);

  const SourceSetting setting_;
  const std::shared_ptr<data::SchemaPool> schemas_;
  SourcePartitions partitions_;
  Ledger ledger_;
  std::shared_ptr<SourceServices> services_;
  std::shared_ptr<SharedProducer> producer_; // from the first record on
  std::unique_ptr<FlightDeck> deck_;         // from create on
  std::optional<TopicCreation> creation_;
  std::unique_ptr<SourceSender> sender_;
  std::optional<SourceCommitter> committer_;
  bool started_ = false;
  bool producer_lost_ = false;
  std::optional<Error> delivery_error_;
  std::uint64_t seen_signals_ = 0;
  std::int64_t now_ms_ = 0;           // at the end of the last poll, CLOCK_BOOTTIME
  std::uint64_t counted_records_ = 0; // of the port, in the page's counters
  std::uint64_t counted_bytes_ = 0;
  std::uint64_t counted_filtered_ = 0;
  std::uint64_t failed_records_ = 0; // among those of the port
};

} // namespace host::runtime
