#include "host/runtime/error_policy.h"

#include <utility>

#include "host/config/error_keys.h"

namespace host::runtime {

std::string_view name_of(ErrorStage stage) {
  constexpr std::string_view kNames[] = {"",
                                         "TASK_PUT",
                                         "TRANSFORMATION",
                                         "KEY_CONVERTER",
                                         "VALUE_CONVERTER",
                                         "HEADER_CONVERTER",
                                         "KAFKA_PRODUCE"};
  return kNames[static_cast<std::size_t>(stage)];
}

Result<ErrorPolicy> ErrorPolicy::from(const StringMap &connector) {
  HOST_ASSIGN(const config::Values values, config::error_def().parse(connector));
  ErrorPolicy policy;
  policy.tolerates_all = values.text("errors.tolerance") == "all";
  policy.log = values.boolean("errors.log.enable");
  policy.log_records = values.boolean("errors.log.include.messages");
  policy.retry.timeout = Duration(values.integer("errors.retry.timeout"));
  policy.retry.max_delay = Duration(values.integer("errors.retry.delay.max.ms"));
  policy.dead_letter_topic = values.text("errors.deadletterqueue.topic.name");
  policy.dead_letter_replication =
      static_cast<std::int16_t>(values.integer("errors.deadletterqueue.topic.replication.factor"));
  policy.context_headers = values.boolean("errors.deadletterqueue.context.headers.enable");
  return policy;
}

} // namespace host::runtime
