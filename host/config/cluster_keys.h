#pragma once

#include <vector>

#include "host/base/error.h"
#include "host/base/strings.h"
#include "host/config/config_def.h"

namespace host::config {

// The keys that only a worker of a cluster has (contract 4.3): its group, its topics, how workers
// trust each other. They are all nullable or have defaults, for a worker of its own has none of
// them; check_cluster_keys() asks for what a cluster needs.
void define_cluster_keys(ConfigDef &def);

// Whether the worker is one of a cluster: config.storage.topic is set.
bool is_distributed(const StringMap &worker);

struct KeyProblem {
  std::string key;
  std::string text;
};
// What is missing in the configuration of a worker of a cluster, or contradicts itself.
std::vector<KeyProblem> check_cluster_keys(const StringMap &worker);
// The values of these keys, defaults included. Config errors name the key.
Result<Values> cluster_values(const StringMap &worker);
// Whether a key is one of those above, and does something in a cluster only.
bool is_cluster_key(std::string_view key);

} // namespace host::config
