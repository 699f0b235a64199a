#pragma once

#include "host/config/config_def.h"

namespace host::config {

// `errors.*` of every connector, and `errors.deadletterqueue.*`, which Connect has for sinks only
// (contract 5.1, 5.3).
void define_error_keys(ConfigDef &def);
void define_dead_letter_keys(ConfigDef &def);

// Both: what the task loops read, and what docs/reference/errors.md is made of.
const ConfigDef &error_def();

} // namespace host::config
