#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "host/base/error.h"
#include "host/storage/status_state.h"

namespace host::storage {

// The status topic applied record by record, as Connect does (contract 3.4). Pure; owned by a store
// and guarded by it.
class StatusTable {
public:
  // Data error: the record was skipped, and why.
  Status apply(std::string_view key, std::optional<std::string_view> value);

  // Null if nothing is known of it.
  const WorkerStatus *find(const StatusSubject &subject) const;
  // Whether to say so much as FAILED or UNASSIGNED: not if another worker of a later generation
  // has said something since.
  bool may_write_safely(const StatusSubject &subject, const WorkerStatus &status) const;

  // Shares with the last snapshot what has not changed since: O(connectors), 0 without a change.
  std::shared_ptr<const StatusState> snapshot();

private:
  struct Entry {
    ConnectorStatuses state;
    std::shared_ptr<const ConnectorStatuses> published;
  };

  Entry &changed(const std::string &connector);
  void remove(const StatusSubject &subject);

  std::map<std::string, Entry> entries_;
  std::shared_ptr<const StatusState> snapshot_; // null: made of something older
};

} // namespace host::storage
