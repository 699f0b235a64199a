#include "host/runtime/sink_committer.h"

#include <utility>

#include "host/base/log.h"
#include "host/runtime/task_thread.h"

namespace host::runtime {
namespace {

const log::Logger kLog{"sluice.task"};

using metrics::Callback;
using metrics::CallbackGuard;

} // namespace

SinkCommitter::SinkCommitter(plugin::SinkInstance &instance, kafka::Consumer &consumer,
                             SinkPartitions &partitions, metrics::TaskSlot &slot, Signals &signals,
                             const OffsetHolds &holds, const TaskOptions &options, TimePoint now)
    : instance_(instance), consumer_(consumer), partitions_(partitions), slot_(slot),
      signals_(signals), holds_(holds), interval_(options.commit_interval),
      timeout_(options.commit_timeout), due_(now + interval_) {}

bool SinkCommitter::turn(TimePoint now) {
  if (under_way_ != 0 && now >= overdue_) {
    kLog.warn("Commit of offsets timed out: no answer from the group within "
              "offset.flush.timeout.ms ({} ms)",
              timeout_.count());
    add(slot_.commit_failures, 1);
    under_way_ = 0; // a late answer is out of order and ignored
  }
  if (under_way_ != 0 || (now < due_ && !signals_.commit_requested()))
    return true;
  (void)signals_.take_commit_request();
  due_ = now + interval_;
  std::vector<SinkPartition *> all;
  partitions_.each([&](SinkPartition &partition) {
    if (partition.current >= 0)
      all.push_back(&partition);
  });
  if (all.empty())
    return true;
  begun_us_ = metrics::boottime_us();
  auto offsets = ask(all, false);
  if (!offsets)
    return false;
  keep_safe(*offsets);
  if (offsets->empty()) {
    note_committed({});
    return true;
  }
  const Commit commit{++number_, *std::move(offsets)};
  under_way_ = commit.number;
  put(slot_.commit_number, commit.number);
  overdue_ = now + timeout_;
  const Status begun = consumer_.commit_async(
      commit.offsets, [this, commit](const Status &result) { finished(commit, result); });
  if (!begun)
    finished(commit, begun);
  return true;
}

std::optional<std::vector<kafka::PartitionOffset>>
SinkCommitter::ask(std::span<SinkPartition *const> partitions, bool closing) {
  std::vector<sluice_tp> offsets;
  for (const SinkPartition *partition : partitions)
    offsets.push_back(abi_partition(partition->id, partition->current));
  {
    const CallbackGuard guard(slot_, Callback::PreCommit);
    if (const Status answered = instance_.pre_commit(offsets); !answered) {
      add(slot_.commit_failures, 1);
      if (closing)
        kLog.warn("Offset commit failed during close: {}", answered.error().trace());
      else
        kLog.error("Offset commit failed, rewinding to last committed offsets: {}",
                   answered.error().trace());
      return std::nullopt;
    }
  }
  std::vector<kafka::PartitionOffset> changed;
  for (std::size_t i = 0; i < offsets.size(); ++i)
    if (offsets[i].offset >= 0 && offsets[i].offset != partitions[i]->committed)
      changed.push_back({partitions[i]->id, Offset(offsets[i].offset)});
  return changed;
}

void SinkCommitter::keep_safe(std::vector<kafka::PartitionOffset> &offsets) {
  std::erase_if(offsets, [this](kafka::PartitionOffset &offset) {
    const std::int64_t limit = holds_.limit(offset.partition, offset.offset.value);
    if (limit == offset.offset.value)
      return false;
    offset.offset = Offset(limit);
    const SinkPartition *partition = partitions_.find(offset.partition);
    return partition == nullptr || limit <= partition->committed;
  });
}

void SinkCommitter::finished(const Commit &commit, const Status &result) {
  if (commit.number != under_way_)
    return add(slot_.commits_skipped, 1);
  under_way_ = 0;
  if (!result)
    return note_failure(result.error());
  note_committed(commit.offsets);
}

void SinkCommitter::note_failure(const Error &error) {
  add(slot_.commit_failures, 1);
  kLog.error("Commit of offsets failed: {}", error.trace());
}

void SinkCommitter::note_committed(std::span<const kafka::PartitionOffset> offsets) {
  add(slot_.commits, 1);
  add_time(slot_.commit_us, begun_us_);
  for (const kafka::PartitionOffset &offset : offsets)
    if (SinkPartition *partition = partitions_.find(offset.partition))
      partition->committed = offset.offset.value;
}

void SinkCommitter::prepare_closing(std::span<SinkPartition *const> partitions) {
  begun_us_ = metrics::boottime_us();
  closing_.clear();
  std::vector<SinkPartition *> known;
  for (SinkPartition *partition : partitions)
    if (partition->current >= 0)
      known.push_back(partition);
  if (known.empty())
    return;
  if (auto offsets = ask(known, true))
    closing_ = *std::move(offsets);
}

void SinkCommitter::commit_closing() {
  auto offsets = std::exchange(closing_, {});
  keep_safe(offsets);
  under_way_ = 0; // an earlier one is overtaken by this, or by the end
  if (offsets.empty())
    return;
  if (const Status done = consumer_.commit(offsets, timeout_); !done)
    return note_failure(done.error());
  note_committed(offsets);
}

} // namespace host::runtime
