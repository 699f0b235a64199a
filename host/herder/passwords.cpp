#include "host/herder/passwords.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "host/base/java_text.h"
#include "host/config/config_variables.h"
#include "host/config/types.h"
#include "host/kafka/client_keys.h"

namespace host::herder {
namespace {

constexpr std::array<std::string_view, 3> kOverrides = {"producer.override.", "consumer.override.",
                                                        "admin.override."};

bool is_client_password(std::string_view key) {
  return std::any_of(kOverrides.begin(), kOverrides.end(), [&](std::string_view prefix) {
    if (!key.starts_with(prefix))
      return false;
    const kafka::ClientKey *row = kafka::find_client_key(key.substr(prefix.size()));
    return row != nullptr && row->type == config::Type::Password;
  });
}

} // namespace

bool is_password(const plugin::Descriptor *plugin, std::string_view key) {
  if (plugin != nullptr)
    for (const plugin::KeyDef &known : plugin->keys)
      if (known.name == key)
        return known.type == plugin::KeyType::Password;
  return is_client_password(key);
}

StringMap without_passwords(const StringMap &config, const plugin::Descriptor *plugin) {
  StringMap shown;
  for (const auto &[key, value] : config)
    shown.append(key, !value.empty() && is_password(plugin, key) && !config::has_variables(value)
                          ? std::string(config::Secret::kHidden)
                          : value);
  return shown;
}

SubmittedConfig with_stored_passwords(const SubmittedConfig &config, const StringMap &stored,
                                      const plugin::Descriptor *plugin) {
  SubmittedConfig result = config;
  for (const auto &[key, value] : config)
    if (value && *value == config::Secret::kHidden && is_password(plugin, key))
      if (const std::string *known = stored.find(key))
        result.set(key, *known);
  return result;
}

std::vector<std::string> passwords_in(const StringMap &config, const plugin::Descriptor *plugin) {
  std::vector<std::string> passwords;
  for (const auto &[key, value] : config)
    if (!value.empty() && is_password(plugin, key)) {
      passwords.push_back(value);
      if (std::string trimmed(java::trim(value)); trimmed != value)
        passwords.push_back(std::move(trimmed));
    }
  return passwords;
}

} // namespace host::herder
