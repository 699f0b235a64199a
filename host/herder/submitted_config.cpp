#include "host/herder/submitted_config.h"

#include "host/herder/java_map.h"

namespace host::herder {

StringMap patched(const StringMap &config, const SubmittedConfig &patch) {
  StringMap kept = config;
  StringMap added;
  for (const auto &[key, value] : patch)
    if (value)
      added.set(key, *value);
  StringMap result = hash_map_of(kept, added);
  for (const auto &[key, value] : patch)
    if (!value)
      result.erase(key);
  return result;
}

} // namespace host::herder
