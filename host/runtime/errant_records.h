#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include <sluice/abi/sink.h>

#include "host/base/error.h"
#include "host/kafka/record.h"
#include "host/runtime/error_reports.h"
#include "host/runtime/offset_holds.h"
#include "host/runtime/sink_batch.h"

namespace host::runtime {

// Records that a sink plugin was given and cannot store (KIP-610): what is reported through the
// ABI, from any thread, until long after put. Each record counts once. Shared by the task and its
// plugin's context.
class ErrantRecords {
public:
  ErrantRecords(std::shared_ptr<ErrorReports> reports, std::shared_ptr<OffsetHolds> holds)
      : reports_(std::move(reports)), holds_(std::move(holds)) {}

  // The plugin. Never fails: what is wrong fails the task.
  Status report(const sluice_sink_batch &batch, std::size_t index, std::string_view message);

  // The task: the batch was accepted by put, or goes back to be read again (later reports on it
  // mean nothing). How many of its records were reported until now.
  std::size_t accepted(SinkBatch &batch) { return settle(batch, SinkBatch::Fate::Accepted); }
  std::size_t dropped(SinkBatch &batch) { return settle(batch, SinkBatch::Fate::Dropped); }
  // The task takes records of a partition out of a batch that waits to be put again: how many go
  // back to be read again, which reported ones do not.
  std::size_t remove(SinkBatch &batch, std::string_view topic, std::int32_t partition);
  // Records reported after their batch was accepted, since the last call.
  std::size_t take_late();
  // The first failure that is not tolerated.
  std::optional<Error> failure() const;

private:
  std::size_t settle(SinkBatch &batch, SinkBatch::Fate fate);

  const std::shared_ptr<ErrorReports> reports_;
  const std::shared_ptr<OffsetHolds> holds_;
  mutable std::mutex mutex_;
  std::size_t late_ = 0;         // guarded by mutex_
  std::optional<Error> failure_; // guarded by mutex_
};

// A consumed record as reports show and post it; the batch must outlive its use.
ErrorReports::Record consumed_record(const kafka::MessageBatch &messages, std::size_t index,
                                     const std::shared_ptr<OffsetHolds> &holds);

} // namespace host::runtime
