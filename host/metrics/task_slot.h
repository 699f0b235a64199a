#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "host/metrics/measure.h"

// What one task loop says of itself while it runs. Written with relaxed stores by the loop; it lies
// in the page that a runner shares with its host (host/link/shared_page.h).
namespace host::metrics {

// The ABI callback that a thread of a runner has entered.
enum class Callback : std::uint32_t {
  None = 0,
  Load, // dlopen: static initialisers
  Entry,
  Init,
  Create,
  Start,
  Poll,
  Put,
  PreCommit,
  Commit,
  OnDelivered,
  Open,
  Close,
  Stop,
  Destroy,
  Validate,
  TaskConfigs,
  Release,
  AlterOffsets,
};
inline constexpr Callback kLastCallback = Callback::AlterOffsets;
const char *name_of(Callback callback);

// What a task loop is doing when no callback is entered.
enum class Stage : std::uint32_t {
  None = 0,
  Starting,
  Waiting, // for records, for room, while paused
  Converting,
  Producing,
  Committing,
  Stopping,
};

// One task loop, or (the first slots) a control thread. 64-byte aligned: two loops never share a
// cache line.
struct alignas(64) TaskSlot {
  std::atomic<std::uint64_t> incarnation;
  std::atomic<std::uint64_t> ticks;            // loop iterations
  std::atomic<std::uint32_t> stage;            // Stage
  std::atomic<std::uint32_t> callback;         // Callback
  std::atomic<std::int64_t> callback_since_ms; // CLOCK_BOOTTIME
  // in = out + filtered + dead_lettered + skipped + returned once nothing is in flight (design:
  // guarantee 2).
  std::atomic<std::uint64_t> records_in;
  std::atomic<std::uint64_t> records_out;           // source: acknowledged; sink: put
  std::atomic<std::uint64_t> records_filtered;      // dropped by a transform
  std::atomic<std::uint64_t> records_dead_lettered; // stored in the dead letter queue
  std::atomic<std::uint64_t> records_skipped;       // failed, tolerated, and nowhere
  std::atomic<std::uint64_t> records_returned;      // not processed: they will be read again
  std::atomic<std::uint64_t> bytes_in;
  std::atomic<std::uint64_t> bytes_out;
  std::atomic<std::uint64_t> batches;
  std::atomic<std::uint64_t> in_flight_records;
  std::atomic<std::uint64_t> in_flight_bytes;
  std::atomic<std::uint64_t> commits;
  std::atomic<std::uint64_t> commit_failures;
  std::atomic<std::uint64_t> retries;
  // Connect's task-error-metrics (contract 12.8). Any thread of the task adds to them.
  std::atomic<std::uint64_t> record_failures; // tries that failed
  std::atomic<std::uint64_t> record_retries;
  std::atomic<std::uint64_t> record_errors; // records that failed for good
  std::atomic<std::uint64_t> errors_logged;
  std::atomic<std::uint64_t> dead_letter_requests;
  std::atomic<std::uint64_t> dead_letter_failures;
  std::atomic<std::int64_t> last_error_ms; // since 1970; 0: none
  // Connect's task metrics (contract 12.3 to 12.5), at the ends of batches and commits.
  Measure batch_records;
  Measure active_records;                     // polled or consumed and not yet done
  Measure transfer_us;                        // polls that gave records, puts that succeeded
  Measure commit_us;                          // successful ones
  std::atomic<std::int64_t> created_ms;       // CLOCK_BOOTTIME
  std::atomic<std::int64_t> paused_ms;        // sum of the pauses that are over
  std::atomic<std::int64_t> paused_since_ms;  // 0: not paused
  std::atomic<std::uint64_t> partitions;      // of a sink
  std::atomic<std::uint64_t> commit_number;   // of a sink's last commit
  std::atomic<std::uint64_t> commits_skipped; // of a sink, answered too late
  // Consumer group member id of a sink task, NUL-terminated; written before the loop reads records.
  std::array<std::atomic<char>, 96> member_id;
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

} // namespace host::metrics
