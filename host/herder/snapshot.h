#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/base/state.h"
#include "host/base/strings.h"
#include "host/plugin/descriptor.h"

namespace host::herder {

// What is reported of a connector object or of one task.
struct PartStatus {
  State state = State::Unassigned;
  std::string worker_id;
  std::optional<std::string> version; // of the plugin; none if it could not be found
  std::string trace;                  // empty: none
  friend bool operator==(const PartStatus &, const PartStatus &) = default;
};

// One connector as REST shows it.
struct ConnectorView {
  std::string name;
  StringMap config;                    // raw: `${…}` not resolved; passwords hidden
  std::optional<plugin::Kind> kind;    // none: the class is not among the plugins
  std::vector<StringMap> task_configs; // likewise, by task number
  std::optional<PartStatus> status;    // none until the connector was started once
  std::map<std::int32_t, PartStatus> tasks;
};

// All that GET requests read. Immutable once published; replaced whole by the herder's thread.
struct Snapshot {
  // In the order in which Java's maps give the names (contract 16.1), which is what users see.
  std::vector<std::shared_ptr<const ConnectorView>> connectors;
  // Topics that a connector's tasks used, sorted; in standalone they outlive the connector.
  std::map<std::string, std::vector<std::string>, std::less<>> active_topics;
  bool topic_tracking = true;   // else the list above means nothing
  std::string kafka_cluster_id; // empty until Kafka answered

  // Linear: names in tens, and hundreds only where every request costs more anyway.
  std::shared_ptr<const ConnectorView> find(std::string_view name) const {
    for (const auto &connector : connectors)
      if (connector->name == name)
        return connector;
    return nullptr;
  }
};

} // namespace host::herder
