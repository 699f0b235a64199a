#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "host/base/clock.h"
#include "host/metrics/task_slot.h"
#include "host/runtime/context_headers.h"
#include "host/runtime/dead_letters.h"
#include "host/runtime/error_policy.h"
#include "host/runtime/task.h"

namespace host::runtime {

// What becomes of the records of one task that fail (contract 6.10): they are counted, logged, sent
// to the dead letter queue, and let pass or not. Shared by the task and its plugin's context.
//
// report() may come from any thread; the rest is the task's.
class ErrorReports {
public:
  ErrorReports(const TaskSpec &spec, ErrorPolicy policy, metrics::TaskSlot &slot,
               const Clock &clock);

  const ErrorPolicy &policy() const { return policy_; }
  // Null: there is no dead letter queue.
  DeadLetters *dead_letters() { return letters_ ? &*letters_ : nullptr; }
  // Sees to letters that are on their way. An error: one cannot be stored.
  Status serve_letters();

  // The record, for those that want it. Views must hold until report() returns.
  struct Record {
    std::function<std::string()> describe;           // for the log, in Connect's words
    std::function<void(Letter &)> write;             // for the dead letter queue
    std::function<void(bool stored)> on_stored = {}; // see DeadLetters
  };

  enum class Outcome : std::uint8_t {
    Skipped = 1, // done with: nothing more comes
    Posted,      // done with once on_stored says so
  };
  // A record has failed for good. An error: the task must fail, because failures are not tolerated
  // or the letter cannot be stored; `posted` says whether there is a letter all the same.
  Result<Outcome> report(const RecordFailure &failure, const Record &record,
                         bool *posted = nullptr);

  // One try of an operation failed; `again`: there will be another one.
  void failed_try(bool again);

private:
  void log(const RecordFailure &failure, const Record &record);

  const ErrorPolicy policy_;
  const std::string task_;
  metrics::TaskSlot &slot_;
  const Clock &clock_;
  std::optional<DeadLetters> letters_;
};

} // namespace host::runtime
