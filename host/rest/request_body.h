#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/base/offset_record.h"
#include "host/base/state.h"
#include "host/herder/submitted_config.h"

// Bodies of requests, bound to types as Jackson binds them in Kafka Connect 4.3.0, with its words
// for what does not fit (contract 2.2, 16.7). An empty body and JSON null give no value.
namespace host::rest {

// A flat map of strings; numbers and booleans count as their text.
Result<std::optional<herder::SubmittedConfig>> read_config(std::string_view body);

struct CreateBody {
  std::optional<std::string> name;
  std::optional<herder::SubmittedConfig> config;
  std::optional<TargetState> initial_state;
};
Result<std::optional<CreateBody>> read_create(std::string_view body);

// A change of offsets: entry by entry, none for null. No list is an empty one.
using OffsetsBody = std::vector<std::optional<OffsetChange>>;
Result<std::optional<OffsetsBody>> read_offsets(std::string_view body);

// A list of flat maps; what is null in it is left out.
Result<std::vector<StringMap>> read_task_configs(std::string_view body);

} // namespace host::rest
