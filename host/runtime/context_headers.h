#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/base/ids.h"
#include "host/kafka/record.h"
#include "host/runtime/error_policy.h"

namespace host::runtime {

// One failure of one record. Views and references are the caller's.
struct RecordFailure {
  ErrorStage stage;
  std::string_view class_name; // Java's name of the code that failed
  const Error &error;
};

// Where a record came from, as far as that is known.
struct RecordOrigin {
  std::string_view topic;
  std::optional<std::int32_t> partition;
  std::optional<std::int64_t> offset;
  // Source records (ours; Connect has no dead letters of sources): their position, as JSON.
  std::optional<std::string_view> source_partition;
  std::optional<std::string_view> source_offset;
};

// The `__connect.errors.*` headers of a dead letter, in Connect's order and bytes (contract 6.10).
// Owns the texts of the headers that it gives.
class ContextHeaders {
public:
  static constexpr std::string_view kStackTrace = "__connect.errors.exception.stacktrace";

  // Appends them to `to`, which must not outlive this.
  void append(const RecordOrigin &origin, const TaskId &task, const RecordFailure &failure,
              std::vector<kafka::Header> &to);

private:
  std::deque<std::string> texts_;
};

} // namespace host::runtime
