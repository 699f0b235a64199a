#pragma once

#include <memory>

#include "host/plugin/context.h"
#include "host/runtime/ledger.h"
#include "host/runtime/signals.h"
#include "host/runtime/source_partitions.h"
#include "host/runtime/task.h"

namespace host::runtime {

// What a source plugin may ask of its task. Kept by the plugin's context, which may outlive the
// task: detach() before the task goes.
class SourceServices final : public plugin::SourceCalls {
public:
  SourceServices(std::shared_ptr<Signals> signals, TaskHost &host, metrics::TaskSlot &slot,
                 SourcePartitions &partitions, Ledger &ledger, std::int64_t max_record_bytes);

  void detach() { task_ = nullptr; }

  Result<std::uint32_t> intern_partition(std::string_view json) override;
  Result<std::vector<std::optional<std::string>>>
  read_offsets(std::span<const std::uint32_t> ids) override;
  std::int64_t max_record_bytes() override { return max_record_bytes_; }
  void failed(Error error) override { signals_->fail(std::move(error)); }

private:
  // What belongs to the task; used and cleared on its thread only.
  struct Parts {
    TaskHost &host;
    metrics::TaskSlot &slot;
    SourcePartitions &partitions;
    Ledger &ledger;
  };

  const std::shared_ptr<Signals> signals_;
  Parts parts_;
  Parts *task_ = &parts_;
  const std::int64_t max_record_bytes_;
};

} // namespace host::runtime
