#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "host/base/clock.h"
#include "host/base/offset_record.h"
#include "host/runtime/ledger.h"
#include "host/runtime/signals.h"
#include "host/runtime/source_partitions.h"
#include "host/runtime/task_options.h"

namespace host::runtime {

// The commit cycle of a source task: every interval it gives the host what the ledger allows, one
// commit at a time. What a failed or overdue commit held is offered again by the next one. Belongs
// to the task's thread; the host's answer may come on any.
class SourceCommitter {
public:
  SourceCommitter(TaskHost &host, metrics::TaskSlot &slot, std::shared_ptr<Signals> signals,
                  const SourcePartitions &partitions, Ledger &ledger, const TaskOptions &options,
                  TimePoint now);

  // Sees to answers and begins a commit when one is due. True if a commit has succeeded since the
  // last call, also one that had nothing to store (contract 6.7).
  bool turn(TimePoint now);
  // When turn() has something to do if nothing else happens.
  TimePoint next_turn(TimePoint now) const;

  bool under_way() const { return under_way_ != nullptr; }

  // The last commit: everything that can be committed, answered until the deadline. A Timeout or
  // the host's error else. A commit that is under way is seen to its end first.
  Status finish(const Clock &clock, TimePoint deadline);

private:
  // Shared with the callback of one commit, which may come long after the task.
  struct Answer {
    std::mutex mutex;
    std::optional<Status> result; // guarded by mutex
  };

  // Empty: still under way.
  std::optional<Status> answer();
  bool begin(TimePoint now);
  void done();
  void give_up(const Error &error);
  Result<std::vector<OffsetRecord>> take();

  TaskHost &host_;
  metrics::TaskSlot &slot_;
  const std::shared_ptr<Signals> signals_;
  const SourcePartitions &partitions_;
  Ledger &ledger_;
  const Duration interval_;
  const Duration timeout_;
  TimePoint due_;
  std::int64_t begun_us_ = 0; // of what is under way, CLOCK_BOOTTIME
  TimePoint overdue_;
  std::shared_ptr<Answer> under_way_;
  std::vector<std::uint32_t> taken_; // partitions of the commit under way
};

} // namespace host::runtime
