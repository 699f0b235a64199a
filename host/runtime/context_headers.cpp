#include "host/runtime/context_headers.h"

#include <utility>

#include "host/base/redactor.h"

namespace host::runtime {

void ContextHeaders::append(const RecordOrigin &origin, const TaskId &task,
                            const RecordFailure &failure, std::vector<kafka::Header> &to) {
  const auto add = [&](std::string_view name, std::string text) {
    to.push_back({name, kafka::Slice::of(texts_.emplace_back(std::move(text)))});
  };
  // What errors say may quote a configuration.
  const auto add_redacted = [&](std::string_view name, std::string_view text) {
    add(name, process_redactor().redact(text));
  };
  add("__connect.errors.topic", std::string(origin.topic));
  if (origin.partition)
    add("__connect.errors.partition", std::to_string(*origin.partition));
  if (origin.offset)
    add("__connect.errors.offset", std::to_string(*origin.offset));
  if (origin.source_partition)
    add("__connect.errors.source.partition", std::string(*origin.source_partition));
  if (origin.source_offset)
    add("__connect.errors.source.offset", std::string(*origin.source_offset));
  add("__connect.errors.connector.name", task.connector);
  add("__connect.errors.task.id", std::to_string(task.number));
  add("__connect.errors.stage", std::string(name_of(failure.stage)));
  add("__connect.errors.class.name", std::string(failure.class_name));
  add("__connect.errors.exception.class.name", std::string(failure.error.exception()));
  if (failure.error.message().empty()) // Java's null message
    to.push_back({"__connect.errors.exception.message", {}});
  else
    add_redacted("__connect.errors.exception.message", failure.error.message());
  add_redacted(kStackTrace, failure.error.trace());
}

} // namespace host::runtime
