#include "host/runtime/sink_services.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace host::runtime {
namespace {

std::string_view text(sluice_str from) { return {from.ptr, from.len}; }

} // namespace

SinkServices::SinkServices(std::shared_ptr<Signals> signals, std::shared_ptr<SinkWaker> waker,
                           SinkPartitions &partitions, std::shared_ptr<ErrantRecords> errant)
    : signals_(std::move(signals)), waker_(std::move(waker)), partitions_(&partitions),
      errant_(std::move(errant)) {}

void SinkServices::detach() { partitions_ = nullptr; }

void SinkServices::rewind(const TopicPartition &partition, Offset offset) {
  (void)take_rewind(partition);
  rewinds_.push_back({partition, offset});
}

std::optional<Offset> SinkServices::take_rewind(const TopicPartition &partition) {
  const auto at = std::find_if(rewinds_.begin(), rewinds_.end(),
                               [&](const auto &rewind) { return rewind.partition == partition; });
  if (at == rewinds_.end())
    return std::nullopt;
  const Offset offset = at->offset;
  rewinds_.erase(at);
  return offset;
}

Result<std::vector<SinkPartition *>> SinkServices::find_all(std::span<const sluice_tp> partitions,
                                                            std::string_view verb) {
  if (partitions_ == nullptr)
    return fail(Code::Fatal, "the task has ended");
  std::vector<SinkPartition *> found;
  for (const sluice_tp &tp : partitions) {
    SinkPartition *partition = partitions_->find(text(tp.topic), tp.partition);
    if (partition == nullptr) // Connect's words
      return fail(Code::Fatal, "org.apache.kafka.connect.errors.IllegalWorkerStateException",
                  fmt::format("SinkTasks may not {} partitions that are not currently assigned to "
                              "them.",
                              verb));
    found.push_back(partition);
  }
  return found;
}

Status SinkServices::set_paused(std::span<const sluice_tp> partitions, bool paused,
                                std::string_view verb) {
  HOST_ASSIGN(const auto found, find_all(partitions, verb));
  for (SinkPartition *partition : found)
    partition->paused_by_task = paused;
  pauses_changed_ = true;
  return {};
}

Status SinkServices::pause(std::span<const sluice_tp> partitions) {
  return set_paused(partitions, true, "pause");
}

Status SinkServices::resume(std::span<const sluice_tp> partitions) {
  return set_paused(partitions, false, "resume");
}

Status SinkServices::seek(std::span<const sluice_tp> positions) {
  HOST_ASSIGN(const auto found, find_all(positions, "seek"));
  for (std::size_t i = 0; i < positions.size(); ++i) {
    if (positions[i].offset < 0)
      return fail(Code::Fatal, fmt::format("cannot seek {} to offset {}", found[i]->id.text(),
                                           positions[i].offset));
    rewind(found[i]->id, Offset(positions[i].offset));
  }
  return {};
}

void SinkServices::request_commit() {
  signals_->request_commit();
  waker_->wake();
}

void SinkServices::retry_after(std::int64_t ms) {
  retry_after_ = Duration(std::max<std::int64_t>(ms, 0));
}

Status SinkServices::report_record_error(const sluice_sink_batch &batch, std::size_t index,
                                         std::string_view message) {
  const Status reported = errant_->report(batch, index, message);
  if (errant_->failure())
    waker_->wake(); // the task is to fail, even if no record comes any more
  return reported;
}

void SinkServices::failed(Error error) {
  signals_->fail(std::move(error));
  waker_->wake();
}

} // namespace host::runtime
