#include "host/runner/outlet.h"

#include <fmt/format.h>

namespace host::runner {
namespace {

// A status record and every REST reply carry it; what is longer helps nobody.
constexpr std::size_t kMaxTraceBytes = std::size_t{64} << 10;

} // namespace

std::string Outlet::trace_text(std::string_view trace) const {
  std::string text = redactor_.redact(trace);
  if (text.size() > kMaxTraceBytes) {
    const std::size_t cut = text.size() - kMaxTraceBytes;
    text.resize(kMaxTraceBytes);
    text += fmt::format("… ({} bytes more)\n", cut);
  }
  return text;
}

void Outlet::status(const TaskId &task, Incarnation incarnation, State state,
                    std::string_view trace) {
  peer_.tell(link::Status{task, incarnation, state, trace_text(trace)});
}

void Outlet::connector_failed(const std::string &connector, Incarnation incarnation,
                              const Error &error) {
  peer_.tell(link::ConnectorFailed{connector, incarnation, trace_text(error.trace())});
}

Error Outlet::redact(const Error &error) const {
  link::Failed failed = link::failed_from(error);
  failed.message = redactor_.redact(failed.message);
  failed.trace = trace_text(failed.trace);
  return link::error_from(failed);
}

} // namespace host::runner
