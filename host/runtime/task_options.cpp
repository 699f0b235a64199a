#include "host/runtime/task_options.h"

#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "host/base/java_text.h"

namespace host::runtime {
namespace {

Status read(const TaskSpec &spec, const std::string &key, std::int64_t least, std::int64_t &into) {
  const std::string own = "sluice." + key;
  const std::string *text = spec.connector_config.find(own);
  const std::string &name = text != nullptr ? own : key;
  if (text == nullptr)
    text = spec.worker_config.find(key);
  if (text == nullptr)
    return {};
  const auto number = java::parse_integer(java::trim(*text));
  if (!number || *number < least)
    return fail(Code::Config, fmt::format("Invalid value {} for configuration {}: must be a number "
                                          "of at least {}",
                                          *text, name, least));
  into = *number;
  return {};
}

Status read(const TaskSpec &spec, const std::string &key, std::int64_t least, Duration &into) {
  std::int64_t ms = into.count();
  HOST_TRY(read(spec, key, least, ms));
  into = Duration(ms);
  return {};
}

} // namespace

Result<TaskOptions> task_options(const TaskSpec &spec) {
  TaskOptions options;
  HOST_TRY(read(spec, "offset.flush.interval.ms", 1, options.commit_interval));
  HOST_TRY(read(spec, "offset.flush.timeout.ms", 1, options.commit_timeout));
  HOST_TRY(read(spec, "task.shutdown.graceful.timeout.ms", 1, options.close_timeout));
  HOST_TRY(read(spec, "task.stall.timeout.ms", 1, options.stall_timeout));
  HOST_TRY(read(spec, "source.in.flight.max.bytes", 1, options.in_flight_max_bytes));
  HOST_TRY(read(spec, "sink.retained.max.bytes", 1, options.retained_max_bytes));
  return options;
}

} // namespace host::runtime
