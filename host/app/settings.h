#pragma once

#include <string>
#include <vector>

#include "host/base/strings.h"
#include "host/config/worker_config.h"
#include "host/herder/distributed_herder.h"
#include "host/herder/runner_keys.h"
#include "host/herder/validation.h"
#include "host/supervisor/settings.h"

namespace host::app {

// What each part takes from the worker's configuration.
herder::RunnerSettings runner_settings(const config::Values &values);
herder::ValidationContext validation_context(const config::WorkerConfig &config);
// Of a worker of a cluster: all but its address and its calls.
herder::ClusterOptions cluster_options(const config::Values &values);
supervisor::Settings supervisor_settings(const config::WorkerConfig &config,
                                         const StringMap &log_levels);

// plugin.path, else the folder that the program was built or installed with.
std::vector<std::string> plugin_paths(const config::Values &values, const std::string &fallback);
// plugin.cache.dir, else $XDG_CACHE_HOME/sluice, else ~/.cache/sluice; empty: nowhere.
std::string plugin_cache_folder(const config::Values &values);

} // namespace host::app
