#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "host/base/clock.h"
#include "host/kafka/consumer.h"
#include "host/metrics/callback_guard.h"
#include "host/plugin/sink_instance.h"
#include "host/runtime/offset_holds.h"
#include "host/runtime/signals.h"
#include "host/runtime/sink_partitions.h"
#include "host/runtime/task_options.h"

namespace host::runtime {

// The commit cycle of a sink task (contract 6.6): every interval, or when the task asks, the plugin
// says through pre_commit what is safe, and that goes to the group. Belongs to the task's thread.
class SinkCommitter {
public:
  SinkCommitter(plugin::SinkInstance &instance, kafka::Consumer &consumer,
                SinkPartitions &partitions, metrics::TaskSlot &slot, Signals &signals,
                const OffsetHolds &holds, const TaskOptions &options, TimePoint now);

  // Begins a commit when one is due or asked for. False: pre_commit failed, and everything must go
  // back to the committed offsets.
  bool turn(TimePoint now);
  TimePoint next_turn() const { return due_; }

  // The last commit of partitions that go: pre_commit now, and what to do with its answer once the
  // plugin has closed them and dead letters are stored.
  void prepare_closing(std::span<SinkPartition *const> partitions);
  void commit_closing();

private:
  struct Commit {
    std::uint64_t number = 0;
    std::vector<kafka::PartitionOffset> offsets;
  };

  // What pre_commit allows; nothing if it failed.
  std::optional<std::vector<kafka::PartitionOffset>> ask(std::span<SinkPartition *const> partitions,
                                                         bool closing);
  // Takes back what goes beyond a record that is held.
  void keep_safe(std::vector<kafka::PartitionOffset> &offsets);
  void finished(const Commit &commit, const Status &result);
  void note_failure(const Error &error);
  void note_committed(std::span<const kafka::PartitionOffset> offsets);

  plugin::SinkInstance &instance_;
  kafka::Consumer &consumer_;
  SinkPartitions &partitions_;
  metrics::TaskSlot &slot_;
  Signals &signals_;
  const OffsetHolds &holds_;
  std::int64_t begun_us_ = 0; // of the last commit, CLOCK_BOOTTIME
  const Duration interval_;
  const Duration timeout_;
  TimePoint due_;
  TimePoint overdue_;
  std::uint64_t number_ = 0;    // of the commit begun last
  std::uint64_t under_way_ = 0; // zero: none
  std::vector<kafka::PartitionOffset> closing_;
};

} // namespace host::runtime
