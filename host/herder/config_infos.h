#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace host::herder {

// The reply of a validation, in the words and the order of contract 2.3 and 10.6.

struct ConfigKeyInfo {
  std::string name;
  std::string type;
  bool required = false;
  std::optional<std::string> default_value;
  std::string importance;
  std::string documentation;
  std::optional<std::string> group;
  std::int32_t order_in_group = -1;
  std::string width;
  std::string display_name;
  std::vector<std::string> dependents;
};

struct ConfigValueInfo {
  std::string name;
  std::optional<std::string> value;
  std::vector<std::string> recommended_values;
  std::vector<std::string> errors;
  bool visible = true;
};

struct ConfigInfo {
  std::optional<ConfigKeyInfo> definition; // none: a submitted key that nobody defines
  ConfigValueInfo value;
};

struct ConfigInfos {
  std::string name; // connector.class as submitted
  std::int32_t error_count = 0;
  std::vector<std::string> groups;
  std::vector<ConfigInfo> configs;
};

} // namespace host::herder
