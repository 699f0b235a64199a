#pragma once

#include <string>
#include <vector>

#include "host/config/worker_config.h"

namespace host::app {

// What shows only when parts of the worker take their settings, for --check-config: nothing is
// started, bound or connected.
struct ConfigFindings {
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
};
ConfigFindings check_parts(const config::WorkerConfig &config);

} // namespace host::app
