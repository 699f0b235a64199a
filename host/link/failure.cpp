#include <string>
#include <string_view>
#include <vector>

#include "host/link/messages.h"

namespace host::link {
namespace {

// A chain of errors is destroyed recursively, so a foreign trace must not make it arbitrarily long.
constexpr std::size_t kMaxCauses = 32;
constexpr std::string_view kCausedBy = "\nCaused by: ";

struct Part {
  std::string_view exception;
  std::string_view message;
};

Part split(std::string_view text) {
  const auto colon = text.find(": ");
  if (colon == std::string_view::npos)
    return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 2)};
}

// The causes of a trace, outermost first, without the failure itself.
std::vector<Part> causes_of(std::string_view trace) {
  std::vector<Part> causes;
  if (trace.ends_with('\n'))
    trace.remove_suffix(1);
  auto at = trace.find(kCausedBy);
  while (at != std::string_view::npos && causes.size() < kMaxCauses) {
    trace.remove_prefix(at + kCausedBy.size());
    at = trace.find(kCausedBy);
    causes.push_back(split(trace.substr(0, at)));
  }
  return causes;
}

} // namespace

Failed failed_from(const Error &error) {
  Failed failed;
  failed.code = static_cast<std::uint8_t>(error.code());
  failed.exception = error.exception();
  failed.message = error.message();
  failed.trace = error.trace();
  return failed;
}

Error error_from(const Failed &failed) {
  const bool known = failed.code >= static_cast<std::uint8_t>(Code::Fatal) &&
                     failed.code <= static_cast<std::uint8_t>(Code::Unavailable);
  const Code code = known ? static_cast<Code>(failed.code) : Code::Fatal;
  const std::vector<Part> causes = causes_of(failed.trace);
  if (causes.empty())
    return Error(code, failed.exception, failed.message);
  Error error(code, causes.back().exception, std::string(causes.back().message));
  for (std::size_t i = causes.size() - 1; i-- > 0;)
    error = std::move(error).wrap(code, causes[i].exception, std::string(causes[i].message));
  return std::move(error).wrap(code, failed.exception, failed.message);
}

} // namespace host::link
