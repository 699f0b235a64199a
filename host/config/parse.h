#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "host/base/error.h"
#include "host/config/types.h"

namespace host::config {

// Finds the full name of a class given by name or alias; nothing if this worker has no such plugin.
using ClassResolver = std::function<std::optional<std::string>(std::string_view name_or_alias)>;

// `Invalid value <v> for configuration <k>: <why>`, the text of Kafka's ConfigException.
std::string invalid(std::string_view key, std::string_view value, std::string_view why);

// Text to value as ConfigDef.parseType does it (contract 10.5): trims, then exactly these forms.
// Without a resolver every class name is taken as it is.
Result<Value> parse_value(std::string_view key, std::string_view text, Type type,
                          const ClassResolver &resolve = {});

// Split at commas with white space around them, keeping empty parts; empty text is an empty list.
List parse_list(std::string_view trimmed);

} // namespace host::config
