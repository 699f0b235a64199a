#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/strings.h"
#include "host/config/config_def.h"
#include "host/config/config_resolver.h"
#include "host/config/properties.h"

namespace host::config {

// The keys of a worker (contract 4 and our own of design 3), in the order of the reference. Keys of
// clients and converters go behind prefixes and are not listed.
const ConfigDef &worker_def();

// Something to say about one line of a worker file.
struct Finding {
  enum class Kind : std::uint8_t { Error = 1, Warning };
  Kind kind;
  std::string text; // `worker.properties:12: runner.isolaton: unknown key; did you mean …?`
};

// A worker file, checked. `values` is there when no finding is an error.
struct WorkerConfig {
  StringMap raw;     // as in the file
  StringMap entries; // variables of config providers replaced: what all parts take their keys from
  ConfigResolver providers;
  std::vector<std::string> provided_secrets; // values of variables in the file
  std::optional<Values> values;
  std::vector<Finding> findings;

  bool valid() const { return values.has_value(); }
};
WorkerConfig check_worker_config(const Properties &properties);

// The known key that is most like `key`; nothing if none is near.
std::optional<std::string> nearest_worker_key(std::string_view key);

// Every defined key and every other entry as `key=value` lines, defaults marked by a comment,
// values of secret keys hidden, variables as they are in the file: the text of --print-config.
std::string printed(const WorkerConfig &config);

// Values that must not be shown: what came from config providers, and of every key that is a
// password by its name.
std::vector<std::string> secrets_of(const WorkerConfig &config);

} // namespace host::config
