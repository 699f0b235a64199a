#pragma once

#include <optional>
#include <string>

#include "host/base/error.h"
#include "host/base/state.h"
#include "host/base/strings.h"

namespace host::app {

// A connector as a file describes it, for `sluiced` and `sluice` alike.
struct ConnectorFile {
  std::string name;
  StringMap config;
  std::optional<TargetState> initial_state; // only JSON of the second form can give one
};

// Reads what Kafka Connect takes on its command line (contract 4.5): a .json file that is either a
// flat map with `name` or `{"name", "config"[, "initial_state"]}`, whose numbers and booleans count
// as their text; any other file as Java properties with `name`. Errors begin with the path.
Result<ConnectorFile> read_connector_file(const std::string &path);

} // namespace host::app
