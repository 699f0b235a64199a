#pragma once

#include <cstdint>
#include <string>

#include "host/base/error.h"
#include "host/base/fd.h"
#include "host/link/shared_page.h"

namespace host::link {

// A runner's shared page as the host holds it: a memfd sealed against growing and shrinking, so
// that no runner can make the host's reads fault, mapped read-only. Stays readable after the
// runner's death. Move only.
class HostPage {
public:
  static Result<HostPage> create();
  HostPage(HostPage &&other) noexcept;
  HostPage &operator=(HostPage &&other) noexcept;
  ~HostPage();

  int fd() const { return fd_.get(); } // to be inherited by or sent to the runner
  Result<UniqueFd> dup_fd() const;     // for a runner in this process
  const SharedPage &page() const { return *page_; }

private:
  HostPage() = default;
  UniqueFd fd_;
  const SharedPage *page_ = nullptr;
};

// The same page in the runner, which writes it.
class RunnerPage {
public:
  // Refuses what is not a sealed page of this build.
  static Result<RunnerPage> map(UniqueFd fd);
  RunnerPage(RunnerPage &&other) noexcept;
  RunnerPage &operator=(RunnerPage &&other) noexcept;
  ~RunnerPage();

  SharedPage &page() { return *page_; }
  TaskSlot &slot(std::uint32_t index) { return page_->slots[index]; }

private:
  RunnerPage() = default;
  SharedPage *page_ = nullptr;
};

// What a slot said at one moment, with every value made harmless: unknown enumerators are None, a
// time in the future counts as now, a member id is printable ASCII or empty.
struct SlotReading {
  std::uint64_t incarnation = 0;
  std::uint64_t ticks = 0;
  Stage stage = Stage::None;
  Callback callback = Callback::None;
  std::int64_t callback_age_ms = 0; // 0 when no callback is entered
  std::uint64_t records_in = 0;
  std::uint64_t records_out = 0;
  std::uint64_t records_filtered = 0;
  std::uint64_t records_dead_lettered = 0;
  std::uint64_t records_skipped = 0;
  std::uint64_t records_returned = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t batches = 0;
  std::uint64_t in_flight_records = 0;
  std::uint64_t in_flight_bytes = 0;
  std::uint64_t commits = 0;
  std::uint64_t commit_failures = 0;
  std::uint64_t retries = 0;
  std::uint64_t record_failures = 0;
  std::uint64_t record_retries = 0;
  std::uint64_t record_errors = 0;
  std::uint64_t errors_logged = 0;
  std::uint64_t dead_letter_requests = 0;
  std::uint64_t dead_letter_failures = 0;
  std::int64_t last_error_ms = 0;
  metrics::MeasureReading batch_records;
  metrics::MeasureReading active_records;
  metrics::MeasureReading transfer_us;
  metrics::MeasureReading commit_us;
  std::int64_t age_ms = 0;    // since the task was created
  std::int64_t paused_ms = 0; // of that
  std::uint64_t partitions = 0;
  std::uint64_t commit_number = 0;
  std::uint64_t commits_skipped = 0;
  std::string member_id;
};
SlotReading read_slot(const TaskSlot &slot, std::int64_t now_boottime_ms);

// The part that a watchdog needs, without the counters and without allocating.
struct CallbackReading {
  std::uint64_t incarnation = 0;
  std::uint64_t ticks = 0;
  Callback callback = Callback::None;
  std::int64_t age_ms = 0;
};
CallbackReading read_callback(const TaskSlot &slot, std::int64_t now_boottime_ms);

// Makes a slot as new for a task, keeping nothing of the one before. Runner, before the task runs.
void reset_slot(TaskSlot &slot, std::uint64_t incarnation);

} // namespace host::link
