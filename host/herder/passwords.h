#pragma once

#include <string_view>
#include <vector>

#include "host/base/strings.h"
#include "host/herder/submitted_config.h"
#include "host/plugin/descriptor.h"

namespace host::herder {

// Which keys of a connector hold passwords: those that its plugin, or the definition of a client
// behind an override prefix, gives the type PASSWORD. A plugin that is not there has none known.
bool is_password(const plugin::Descriptor *plugin, std::string_view key);

// The configuration as it may be shown: passwords are `[hidden]`. One that is a variable of a
// config provider is shown as such: it says where the secret is, not what it is.
StringMap without_passwords(const StringMap &config, const plugin::Descriptor *plugin);

// What a client sends back that was shown `[hidden]` means the password that is stored.
SubmittedConfig with_stored_passwords(const SubmittedConfig &config, const StringMap &stored,
                                      const plugin::Descriptor *plugin);

// The values of passwords, for redactors. `config` is resolved.
std::vector<std::string> passwords_in(const StringMap &config, const plugin::Descriptor *plugin);

} // namespace host::herder
