#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "host/base/error.h"
#include "host/storage/config_state.h"

namespace host::storage {

// What a record of the config topic changed (contract 6.11).
struct ConnectorConfigured { // new, or given a configuration again
  std::string connector;
  bool is_new = false;
};
struct ConnectorRemoved {
  std::string connector;
};
struct TasksCommitted {
  std::string connector;
};
struct TargetStateChanged {
  std::string connector;
};
struct SessionKeyChanged {
  SessionKey key;
};
struct LoggerLevelChanged {
  std::string logger; // namespace
  std::string level;
};
using ConfigEvent =
    std::variant<ConnectorConfigured, ConnectorRemoved, TasksCommitted, TargetStateChanged,
                 SessionKeyChanged, RestartRequest, LoggerLevelChanged>;

// The config topic applied record by record, exactly as Connect does (contract 3.2), so that all
// workers of a cluster see the same. Pure; owned by a store and guarded by it.
class ConfigTable {
public:
  // Data error: the record was skipped, and why.
  Result<std::optional<ConfigEvent>> apply(std::int64_t offset, std::string_view key,
                                           std::optional<std::string_view> value);

  // Shares with the last snapshot what has not changed since: O(connectors), 0 without a change.
  std::shared_ptr<const ConfigState> snapshot();

private:
  // What is known of a name. Parts of it outlive the connector (contract 3.2).
  struct Entry {
    bool configured = false;
    bool has_target_state = false;
    ConnectorConfig state;
    std::map<std::int32_t, StringMap> pending; // task configurations before their commit
    bool has_pending = false;                  // also when all were used up
    std::shared_ptr<const ConnectorConfig> published;
  };
  using Value = std::optional<json::Value>;

  Result<std::optional<ConfigEvent>> apply(const ConfigKey &key, const Value &value);
  Result<std::optional<ConfigEvent>> apply_connector(const std::string &name, const Value &value);
  Result<std::optional<ConfigEvent>> apply_task(const ConfigKey &key, const Value &value);
  Result<std::optional<ConfigEvent>> apply_commit(const std::string &name, const Value &value);
  Result<std::optional<ConfigEvent>> apply_target(const std::string &name, const Value &value);
  Result<std::optional<ConfigEvent>> apply_task_count(const std::string &name, const Value &value);
  Result<std::optional<ConfigEvent>> apply_session_key(const Value &value);
  Entry &changed(const std::string &name);
  static void forget(Entry &entry);

  std::int64_t offset_ = -1;
  std::map<std::string, Entry> entries_;
  std::optional<SessionKey> session_key_;
  std::shared_ptr<const ConfigState> snapshot_; // null: made of something older
};

} // namespace host::storage
