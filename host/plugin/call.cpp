#include "host/plugin/call.h"

#include <algorithm>

#include <fmt/format.h>

#include "host/base/log.h"

void sluice_error::assign(sluice_str text, const sluice_kv *kv, std::size_t n) {
  set = true;
  message.assign(host::plugin::view(text).substr(0, kMaxMessage));
  details.clear();
  for (std::size_t i = 0; kv != nullptr && i < std::min(n, kMaxDetails); ++i)
    details.emplace_back(host::plugin::view(kv[i].key).substr(0, kMaxMessage),
                         host::plugin::view(kv[i].value).substr(0, kMaxMessage));
}

namespace host::plugin {
namespace {

const log::Logger kLog{"sluice.plugin"};

Code code_of(sluice_status status) {
  switch (status) {
  case SLUICE_E_RETRY:
    return Code::Retry;
  case SLUICE_E_CONFIG:
    return Code::Config;
  case SLUICE_E_DATA:
    return Code::Data;
  case SLUICE_E_CANCELLED:
    return Code::Cancelled;
  case SLUICE_E_UNSUPPORTED:
    return Code::Unsupported;
  case SLUICE_E_INTERNAL:
    return Code::Internal;
  default:
    return Code::Fatal;
  }
}

std::string text_of(const sluice_error &error, std::string_view function, sluice_status status) {
  std::string text = error.message;
  if (text.empty())
    text = fmt::format("{} failed with status {} and gave no message", function, status);
  for (std::size_t i = 0; i < error.details.size(); ++i)
    text += fmt::format("{}{}={}", i == 0 ? " [" : ", ", error.details[i].first,
                        error.details[i].second);
  if (!error.details.empty())
    text += ']';
  return text;
}

} // namespace

sluice_status give(sluice_error *sink, const Error &error) {
  if (sink != nullptr)
    sink->assign(abi_str(error.message()), nullptr, 0);
  switch (error.code()) {
  case Code::Retry:
  case Code::Timeout:
  case Code::Unavailable:
    return SLUICE_E_RETRY;
  case Code::Config:
    return SLUICE_E_CONFIG;
  case Code::Data:
    return SLUICE_E_DATA;
  case Code::Cancelled:
    return SLUICE_E_CANCELLED;
  case Code::Unsupported:
    return SLUICE_E_UNSUPPORTED;
  default:
    return SLUICE_E_FATAL;
  }
}

void report_misbehaviour(std::string_view class_name, std::string_view what) {
  kLog.warn("plugin misbehaving: {}: {}", class_name, what);
}

Status outcome_of(std::string_view class_name, std::string_view function, sluice_status status,
                  sluice_error &error) {
  if (status == SLUICE_OK) {
    report_misbehaviour(class_name,
                        fmt::format("{} said OK and gave an error: {}", function, error.message));
    return fail(Code::Fatal, fmt::format("plugin misbehaving: {} said OK and gave an error: {}",
                                         function, error.message));
  }
  if (status < SLUICE_OK || status > SLUICE_E_INTERNAL) {
    report_misbehaviour(
        class_name, fmt::format("{} returned status {}, which does not exist", function, status));
    return fail(Code::Fatal,
                fmt::format("plugin misbehaving: {} returned status {}, which does not exist{}{}",
                            function, status, error.message.empty() ? "" : ": ", error.message));
  }
  return fail(code_of(status), text_of(error, function, status));
}

Status escaped_exception(std::string_view class_name, std::string_view function,
                         std::string_view what) {
  report_misbehaviour(class_name, fmt::format("an exception came out of {}: {}", function, what));
  return fail(Code::Internal,
              fmt::format("plugin misbehaving: an exception came out of {}: {}", function, what));
}

} // namespace host::plugin
