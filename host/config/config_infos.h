#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/config_def.h"

namespace host::config {

// One line of a validation reply: what a key means and what its value is. Either may be missing.
struct ConfigInfo {
  std::optional<ConfigKey> definition;
  std::optional<ConfigValue> value;
};

// The answer to a validation (contract 10.6); REST turns it into JSON.
struct ConfigInfos {
  std::string name; // the connector class as submitted
  std::size_t error_count = 0;
  std::vector<std::string> groups;
  std::vector<ConfigInfo> configs;
};

// Puts definitions and values together: values without a definition first, then the keys in order;
// counts error messages. Internal keys are left out.
ConfigInfos make_infos(std::string_view name, std::span<const ConfigKey> keys,
                       std::span<const ConfigValue> values, std::vector<std::string> groups);

// Appends the lines of another definition whose keys get `prefix` in front, such as those of a
// converter (`key.converter.`) or of client overrides; here keys with errors count, not messages.
void append_prefixed(ConfigInfos &infos, std::string_view prefix, const ConfigDef &def,
                     std::span<const ConfigValue> values);

} // namespace host::config
