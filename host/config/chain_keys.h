#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "host/config/connector_config.h"

// The keys of transforms and predicates; connector_config.h has what other rooms use.
namespace host::config {

// `transforms` and `predicates` themselves.
void define_chain_lists(ConfigDef &def);
// For each alias that they name: its class, its version, and the keys of its class.
void define_chain_aliases(ConfigDef &def, const DefinitionContext &context,
                          const StringMap &config);

// Finds any class that the worker knows, whatever its kind: whether it fits is the validators'
// business. The base of a `$Key` and a `$Value` class is found too, since Java has it, abstract.
ClassResolver any_class(const DefinitionContext &context);

} // namespace host::config
