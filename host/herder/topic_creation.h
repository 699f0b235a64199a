#pragma once

#include <vector>

#include "host/base/strings.h"
#include "host/config/config_def.h"

namespace host::herder {

// What is wrong with a source's `topic.creation.*` keys (contract 5.2), with the definitions of the
// keys concerned. Nothing is added for good keys, which Connect's validation does not list either.
// A key of a group that `topic.creation.groups` does not name is an error here.
void check_topic_creation(const StringMap &config, std::vector<config::ConfigKey> &keys,
                          std::vector<config::ConfigValue> &values);

} // namespace host::herder
