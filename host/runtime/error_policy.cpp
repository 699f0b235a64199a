#include "host/runtime/error_policy.h"

#include <utility>

#include <fmt/format.h>

#include "host/base/log.h"

namespace host::runtime {
namespace {

const log::Logger kLog{"sluice.errors"};

bool is_true(const TaskSpec &spec, std::string_view key) {
  return spec.connector_config.get(key) == "true";
}

Status refuse_unsupported(const TaskSpec &spec) {
  for (const std::string_view key :
       {"transforms", "predicates", "errors.deadletterqueue.topic.name"})
    if (const std::string *value = spec.connector_config.find(key); value && !value->empty())
      return fail(Code::Config,
                  fmt::format("'{}' is set to '{}', which this version cannot do yet; "
                              "remove it",
                              key, *value));
  return {};
}

} // namespace

std::string_view name_of(ErrorStage stage) {
  constexpr std::string_view kNames[] = {
      "", "TASK_PUT", "KEY_CONVERTER", "VALUE_CONVERTER", "HEADER_CONVERTER", "KAFKA_PRODUCE"};
  return kNames[static_cast<std::size_t>(stage)];
}

Result<ErrorPolicy> ErrorPolicy::from(const TaskSpec &spec) {
  HOST_TRY(refuse_unsupported(spec));
  ErrorPolicy policy;
  policy.task_ = spec.id.text();
  policy.tolerate_all_ = spec.connector_config.get("errors.tolerance", "none") == "all";
  policy.log_ = is_true(spec, "errors.log.enable");
  policy.log_records_ = is_true(spec, "errors.log.include.messages");
  return policy;
}

Status ErrorPolicy::failed(ErrorStage stage, std::string_view class_name, Error cause,
                           const std::function<std::string()> &describe) const {
  if (log_)
    kLog.error("Error encountered in task {}. Executing stage '{}' with class '{}'{}.\n{}", task_,
               name_of(stage), class_name, log_records_ ? ", where " + describe() : "",
               cause.trace());
  if (tolerate_all_)
    return {};
  return std::move(cause).wrap(Code::Fatal, exception::kConnect,
                               "Tolerance exceeded in error handler");
}

} // namespace host::runtime
