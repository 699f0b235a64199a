#include <algorithm>
#include <string>
#include <utility>

#include "host/base/log.h"
#include "host/plugin/call.h"
#include "host/runtime/sink_session.h"

// The part of the session that runs inside the consumer's poll: partitions come and go.
namespace host::runtime {
namespace {

const log::Logger kLog{"sluice.task"};

using metrics::Callback;
using metrics::CallbackGuard;

} // namespace

void SinkSession::on_assigned(std::span<kafka::NewPartition> partitions) {
  std::vector<kafka::NewPartition *> own, foreign;
  for (kafka::NewPartition &fresh : partitions)
    (subscription_->covers(fresh.partition.topic) ? own : foreign).push_back(&fresh);
  if (!own.empty())
    open_partitions(own);
  if (!foreign.empty())
    refuse_partitions(foreign);
  note_member_id();
  count_partitions();
}

void SinkSession::count_partitions() {
  std::uint64_t count = 0;
  partitions_.each([&](const SinkPartition &) { ++count; });
  runtime::put(setting_.slot.partitions, count);
}

void SinkSession::open_partitions(std::span<kafka::NewPartition *const> partitions) {
  std::vector<sluice_tp> opened;
  for (const kafka::NewPartition *fresh : partitions) {
    SinkPartition &partition = partitions_.add(fresh->partition);
    partition.current = partition.committed = partition.origin = fresh->start.value;
    opened.push_back(abi_partition(partition.id, fresh->start.value));
  }
  {
    const CallbackGuard guard(setting_.slot, Callback::Open);
    if (Status done = instance_->open(opened); !done && !rebalance_failure_)
      rebalance_failure_ = std::move(done).error();
  }
  for (kafka::NewPartition *fresh : partitions) {
    SinkPartition &partition = *partitions_.find(fresh->partition);
    if (const auto offset = services_->take_rewind(fresh->partition)) {
      fresh->start = *offset;
      partition.current = partition.committed = partition.origin = offset->value;
    }
    fresh->paused = partition.paused = wants_pause(partition);
  }
}

// Of topics that are not subscribed to: this member had them when it was configured otherwise.
void SinkSession::refuse_partitions(std::span<kafka::NewPartition *const> partitions) {
  for (kafka::NewPartition *fresh : partitions)
    fresh->paused = true; // nothing of them is read
  kLog.info("the group still gives this task what an older configuration wanted ({} and {} more); "
            "it joins anew",
            partitions.front()->partition.text(), partitions.size() - 1);
  if (const Status left = stale_member_->give_up_place(); !left && !rebalance_failure_)
    rebalance_failure_ = Error(left.error())
                             .context("the group still gives this task topics of an older "
                                      "configuration, and it could not leave");
}

void SinkSession::on_revoked(std::span<const TopicPartition> partitions, bool lost) {
  if (!closed_)
    close_partitions(partitions, lost);
}

void SinkSession::close_partitions(std::span<const TopicPartition> partitions, bool lost) {
  std::vector<SinkPartition *> going;
  std::vector<sluice_tp> closed;
  for (const TopicPartition &id : partitions)
    if (SinkPartition *partition = partitions_.find(id)) {
      going.push_back(partition);
      closed.push_back(abi_partition(partition->id));
    }
  if (going.empty())
    return;
  if (!lost)
    committer_->prepare_closing(going);
  {
    const CallbackGuard guard(setting_.slot, Callback::Close);
    if (Status done = instance_->close(closed, lost); !done && !rebalance_failure_)
      rebalance_failure_ = std::move(done).error();
  }
  if (!lost) {
    if (DeadLetters *letters = setting_.errors->dead_letters())
      letters->flush(now() + setting_.options.commit_timeout);
    committer_->commit_closing();
  }
  drop_pending(partitions);
  for (const TopicPartition &id : partitions) {
    (void)services_->take_rewind(id);
    partitions_.erase(id);
  }
  count_partitions();
}

// Takes the records of partitions that went out of a batch that waits to be put again.
void SinkSession::drop_pending(std::span<const TopicPartition> partitions) {
  if (batch_ == nullptr)
    return;
  if (batch_->plugin_references() == 0) {
    for (const TopicPartition &id : partitions)
      add(setting_.slot.records_returned, errant_->remove(*batch_, id.topic, id.partition));
    if (!batch_->records.empty())
      return;
  } else {
    // It cannot be changed any more: what stays is read again.
    plugin::report_misbehaviour(setting_.connector->class_name(),
                                "close did not release a batch with records of its partitions");
    for (std::size_t i = batch_->messages.size(); i-- > 0;)
      services_->rewind({std::string(batch_->messages[i].topic), batch_->messages[i].partition},
                        Offset(batch_->messages[i].offset));
  }
  drop_batch();
  if (std::exchange(redelivering_, false))
    pauses_changed_ = true;
}

void SinkSession::close_all() {
  std::vector<TopicPartition> all;
  partitions_.each([&](const SinkPartition &partition) { all.push_back(partition.id); });
  close_partitions(all, false);
  closed_ = true;
  if (rebalance_failure_)
    kLog.warn("close of the plugin failed: {}", rebalance_failure_->trace());
}

// For the host, which removes a static member that will not come back.
void SinkSession::note_member_id() {
  const std::string id = consumer_->member_id();
  auto &slot = setting_.slot.member_id;
  const std::size_t size = std::min(id.size(), slot.size() - 1);
  for (std::size_t i = 0; i < size; ++i)
    slot[i].store(id[i], std::memory_order_relaxed);
  slot[size].store('\0', std::memory_order_release);
}

} // namespace host::runtime
