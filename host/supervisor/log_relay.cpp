#include "host/supervisor/log_relay.h"

namespace host::supervisor {
namespace {

// For events whose logger has no usable name.
const std::string kOtherLogger = "sluice.runner";
constexpr std::size_t kMaxNameBytes = 200;

// `[c|task-0] `, if it is of this connector.
bool is_of(const std::string &context, const std::string &connector) {
  return context.size() > connector.size() + 2 && context.front() == '[' &&
         context.compare(1, connector.size(), connector) == 0 &&
         context[connector.size() + 1] == '|';
}

} // namespace

void LogRelay::write(const std::string &connector, const link::LogLine &line) {
  const std::string &name = known_name(line.logger);
  if (!loggers_.at(name).enabled(line.level))
    return;
  std::string context;
  if (!connector.empty())
    context = is_of(line.context, connector) ? line.context : log::connector_context(connector);
  const std::string message = redactor_.redact(line.message);
  log::forward({line.wall_ms, line.level, name, context, message});
}

const std::string &LogRelay::known_name(const std::string &name) {
  if (const auto known = loggers_.find(name); known != loggers_.end())
    return known->first;
  const bool usable = !name.empty() && name.size() <= kMaxNameBytes && loggers_.size() < kMaxNames;
  if (!usable && name != kOtherLogger)
    return known_name(kOtherLogger);
  return loggers_.emplace(name, log::Logger(name)).first->first;
}

} // namespace host::supervisor
