#pragma once

#include <map>
#include <string>

#include "host/base/log.h"
#include "host/base/redactor.h"
#include "host/link/log_pipe.h"

namespace host::supervisor {

// Writes events that came from runners into this process's own log, under their own logger names
// and Connect's context. What runners say is foreign: secrets are taken out once more, a context of
// another connector is not believed, the number of names is bounded. On the supervisor's thread.
class LogRelay {
public:
  explicit LogRelay(const Redactor &redactor) : redactor_(redactor) {}

  // `connector` is empty for a plugin runner, whose events have no context.
  void write(const std::string &connector, const link::LogLine &line);

private:
  const std::string &known_name(const std::string &name);

  static constexpr std::size_t kMaxNames = 1000;
  const Redactor &redactor_;
  std::map<std::string, log::Logger> loggers_;
};

} // namespace host::supervisor
