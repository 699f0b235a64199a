#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/base/strings.h"
#include "host/config/config_provider.h"

namespace host::config {

// A configuration whose variables have been replaced.
struct Resolved {
  // What stood in the place of one variable, whose text is as it was written.
  struct Replacement {
    std::string variable;
    std::string value;
  };

  StringMap values;
  std::vector<Replacement> replacements;        // each variable once
  std::optional<std::chrono::milliseconds> ttl; // the shortest that a provider gave

  // The values of variables that must not be shown: all but those that cannot be a secret (true,
  // false, numbers of less than six digits).
  std::vector<std::string> secrets() const;
};

// The config providers of a worker (`config.providers`, contract 11). Only the worker's own
// configuration defines providers: `config.providers` in a connector's means nothing here
// (CVE-2024-31141). Immutable; any thread may resolve, and is blocked while files are read.
class ConfigResolver {
public:
  // A worker without providers.
  ConfigResolver() = default;
  // From the worker's keys as they are in its file. An error names the key.
  static Result<ConfigResolver> from(const StringMap &worker);

  // Variables of unknown providers and keys stay as they are, as in Connect. An error is the
  // provider's.
  Result<Resolved> resolve(const StringMap &config) const;

private:
  using Answers = std::map<std::pair<std::string, std::string>, Provided>; // by provider and path

  Result<Answers> ask(const StringMap &config) const;

  std::map<std::string, std::shared_ptr<const ConfigProvider>, std::less<>> providers_;
};

// Puts variables back into a configuration that was made from a resolved one (contract 6.4): the
// value of a key that has variables in `raw` is raw's; elsewhere long values of variables (which do
// not occur by chance) become the variable's text again. So nothing that is stored or shown holds a
// secret, and resolving the result gives `config`.
StringMap unresolved(const StringMap &config, const StringMap &raw, const Resolved &resolved);

} // namespace host::config
