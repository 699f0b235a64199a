#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "host/base/error.h"
#include "host/runtime/task.h"

namespace host::runtime {

// Where a record can fail (contract 6.10), by Connect's names.
enum class ErrorStage : std::uint8_t {
  TaskPut = 1,
  KeyConverter,
  ValueConverter,
  HeaderConverter,
  KafkaProduce,
};
std::string_view name_of(ErrorStage stage);

// What a task does with a record that fails: errors.tolerance and errors.log.*. One per task, on
// its thread.
class ErrorPolicy {
public:
  // Fails on what a later version will bring and must not be ignored in silence.
  static Result<ErrorPolicy> from(const TaskSpec &spec);

  bool tolerates_all() const { return tolerate_all_; }

  // A record failed with `cause` in `stage`, in code of `class_name`. `describe` gives the record
  // for the log. Success: go on without it. Else the failure of the task.
  Status failed(ErrorStage stage, std::string_view class_name, Error cause,
                const std::function<std::string()> &describe) const;

private:
  std::string task_;
  bool tolerate_all_ = false;
  bool log_ = false;
  bool log_records_ = false;
};

} // namespace host::runtime
