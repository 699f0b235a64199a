#pragma once

#include "host/config/config_def.h"
#include "host/plugin/descriptor.h"

namespace host::herder {

// A connector's own keys, from its table, as a definition that the host can check without calling
// the plugin.
config::ConfigDef definition_of(const plugin::Descriptor &descriptor);

} // namespace host::herder
