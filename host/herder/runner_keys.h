#pragma once

#include <vector>

#include "host/base/error.h"
#include "host/base/strings.h"
#include "host/config/config_def.h"
#include "host/supervisor/supervisor.h"

namespace host::herder {

// How a connector's process is run: the worker's `runner.*` keys, each of which a connector may set
// for itself as `sluice.<key>` (design 3).
struct RunnerSettings {
  supervisor::Isolation isolation = supervisor::Isolation::Connector;
  supervisor::RunnerLimits limits;
};

// The worker's settings with the connector's own on top. A Config error names the key.
Result<RunnerSettings> runner_settings(RunnerSettings worker, const StringMap &connector);

// For validation: the `sluice.*` keys that the connector sets, and an error for an unknown one.
void add_runner_keys(const StringMap &connector, std::vector<config::ConfigKey> &keys,
                     std::vector<config::ConfigValue> &values);

} // namespace host::herder
