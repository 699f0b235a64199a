#include "host/runtime/error_reports.h"

#include <utility>

#include "host/base/log.h"

namespace host::runtime {
namespace {

const log::Logger kLog{"sluice.errors"};

void count(std::atomic<std::uint64_t> &counter) { counter.fetch_add(1, std::memory_order_relaxed); }

} // namespace

ErrorReports::ErrorReports(const TaskSpec &spec, ErrorPolicy policy, metrics::TaskSlot &slot,
                           const Clock &clock)
    : policy_(std::move(policy)), task_(spec.id.text()), slot_(slot), clock_(clock) {
  if (!policy_.dead_letter_topic.empty())
    letters_.emplace(spec, policy_, slot);
}

Status ErrorReports::serve_letters() {
  if (!letters_)
    return {};
  letters_->serve();
  auto refused = letters_->failure();
  return refused ? Status(fail(std::move(*refused))) : Status();
}

void ErrorReports::failed_try(bool again) {
  count(slot_.record_failures);
  if (again)
    count(slot_.record_retries);
}

void ErrorReports::log(const RecordFailure &failure, const Record &record) {
  kLog.error("Error encountered in task {}. Executing stage '{}' with class '{}'{}.\n{}", task_,
             name_of(failure.stage), failure.class_name,
             policy_.log_records ? ", where " + record.describe() : std::string(),
             failure.error.trace());
  count(slot_.errors_logged);
}

Result<ErrorReports::Outcome> ErrorReports::report(const RecordFailure &failure,
                                                   const Record &record, bool *posted) {
  count(slot_.record_errors);
  slot_.last_error_ms.store(clock_.wall_ms(), std::memory_order_relaxed);
  if (policy_.log)
    log(failure, record);
  if (letters_) {
    Letter letter;
    record.write(letter);
    HOST_TRY(letters_->send(letter, failure, record.on_stored));
    if (posted != nullptr)
      *posted = true;
  }
  if (!policy_.tolerates_all)
    return fail(Error(failure.error)
                    .wrap(Code::Fatal, exception::kConnect, "Tolerance exceeded in error handler"));
  if (letters_)
    return Outcome::Posted;
  count(slot_.records_skipped);
  return Outcome::Skipped;
}

} // namespace host::runtime
