#include "host/runtime/source_services.h"

#include <utility>

#include <fmt/format.h>

#include "host/metrics/callback_guard.h"

namespace host::runtime {

SourceServices::SourceServices(std::shared_ptr<Signals> signals, TaskHost &host,
                               metrics::TaskSlot &slot, SourcePartitions &partitions,
                               Ledger &ledger, std::int64_t max_record_bytes)
    : signals_(std::move(signals)), parts_{host, slot, partitions, ledger},
      max_record_bytes_(max_record_bytes) {}

Result<std::uint32_t> SourceServices::intern_partition(std::string_view json) {
  if (task_ == nullptr)
    return fail(Code::Fatal, "the task has ended");
  HOST_ASSIGN(const std::uint32_t id, task_->partitions.intern(json));
  task_->ledger.grow(id);
  return id;
}

Result<std::vector<std::optional<std::string>>>
SourceServices::read_offsets(std::span<const std::uint32_t> ids) {
  if (task_ == nullptr)
    return fail(Code::Fatal, "the task has ended");
  std::vector<std::string> keys;
  for (const std::uint32_t id : ids) {
    if (!task_->partitions.known(id))
      return fail(Code::Fatal, fmt::format("source partition {} was not interned", id));
    keys.push_back(task_->partitions.key(id));
  }
  // The wait is the host's: it must not count as a callback that hangs.
  const auto outer = task_->slot.callback.exchange(0, std::memory_order_release);
  auto values = task_->host.read_offsets(std::move(keys));
  task_->slot.callback_since_ms.store(metrics::boottime_ms(), std::memory_order_release);
  task_->slot.callback.store(outer, std::memory_order_release);
  if (values && values->size() != ids.size())
    return fail(Code::Internal, fmt::format("the host answered {} offsets for {} partitions",
                                            values->size(), ids.size()));
  return values;
}

} // namespace host::runtime
