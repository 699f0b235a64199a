#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/state.h"
#include "host/base/strings.h"
#include "host/storage/config_records.h"

namespace host::storage {

// One connector as the config topic has it. Configurations are raw: variables not resolved.
struct ConnectorConfig {
  StringMap config;
  TargetState target_state = TargetState::Started;
  // By task number; empty while `inconsistent`: then a commit was read whose task configurations
  // were not all there (compaction may take them), and the connector must be asked for them again.
  std::vector<StringMap> tasks;
  bool inconsistent = false;
  // `config` as it was when `tasks` were committed; none before the first commit.
  std::optional<StringMap> applied;
  std::optional<std::int32_t> task_generation; // counts commits, from 0
  // Exactly-once sources: how many tasks may have written since the last fencing (KIP-618), and
  // whether tasks were committed after it.
  std::optional<std::int32_t> task_count_record;
  bool pending_fencing = false;
};

// What the config topic said up to an offset. Immutable, shared by all who read it.
struct ConfigState {
  // After the last record that counted; -1 before the first. Workers compare it to learn who has
  // read more (contract 7.3).
  std::int64_t offset = -1;
  std::map<std::string, std::shared_ptr<const ConnectorConfig>, std::less<>> connectors;
  std::optional<SessionKey> session_key;

  // Null if there is none of that name.
  const ConnectorConfig *find(std::string_view connector) const {
    const auto found = connectors.find(connector);
    return found != connectors.end() ? found->second.get() : nullptr;
  }
};

} // namespace host::storage
