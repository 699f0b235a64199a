#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "host/base/error.h"
#include "host/runtime/retry_policy.h"
#include "host/runtime/task.h"

namespace host::runtime {

// Where a record can fail (contract 6.10), by Connect's names.
enum class ErrorStage : std::uint8_t {
  TaskPut = 1,
  Transformation,
  KeyConverter,
  ValueConverter,
  HeaderConverter,
  KafkaProduce,
};
std::string_view name_of(ErrorStage stage);

// What a connector wants done with records that fail: its `errors.*` keys. A value.
struct ErrorPolicy {
  bool tolerates_all = false; // errors.tolerance
  bool log = false;           // errors.log.enable
  bool log_records = false;   // errors.log.include.messages
  RetryPolicy retry;

  // errors.deadletterqueue.*
  std::string dead_letter_topic; // empty: none
  std::int16_t dead_letter_replication = 3;
  bool context_headers = false;

  static Result<ErrorPolicy> from(const StringMap &connector);
};

} // namespace host::runtime
