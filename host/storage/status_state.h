#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "host/storage/status_records.h"

namespace host::storage {

// What workers last said of one connector, its tasks, and the topics that they use.
struct ConnectorStatuses {
  std::optional<WorkerStatus> connector;
  std::map<std::int32_t, WorkerStatus> tasks;
  std::map<std::string, TopicStatus> topics;

  bool empty() const { return !connector && tasks.empty() && topics.empty(); }
};

// What the status topic said up to some point. Immutable, shared by all who read it.
struct StatusState {
  std::map<std::string, std::shared_ptr<const ConnectorStatuses>, std::less<>> connectors;

  // Null if nothing was said.
  const ConnectorStatuses *find(std::string_view connector) const {
    const auto found = connectors.find(connector);
    return found != connectors.end() ? found->second.get() : nullptr;
  }
};

} // namespace host::storage
