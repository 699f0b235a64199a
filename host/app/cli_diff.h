#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/base/strings.h"
#include "host/json/value.h"

namespace host::app::cli {

// One key of a config that is not what it should be.
struct ConfigChange {
  std::string key;
  std::optional<std::string> from; // none: it is new
  std::optional<std::string> to;   // none: it goes
};

// What makes the worker's config of a connector the wanted one, by key. The order of keys does not
// matter, and a worker adds the name. A value that the worker hides cannot be compared: it is a
// change only if `hidden_differs`.
std::vector<ConfigChange> changes_of(const json::Value &present, StringMap wanted,
                                     const std::string &name, bool hidden_differs);

// A line for each, `  ~ key: old -> new`; with colours by its kind.
std::string text_of(const std::vector<ConfigChange> &changes, bool colours);
// [{"key", "from", "to"}], null for none.
json::Value as_json(const std::vector<ConfigChange> &changes);

} // namespace host::app::cli
