#pragma once

#include <optional>
#include <string>

namespace host {

// One source offset: the exact key and value bytes of Connect's offsets topic (contract 3.3). No
// value is a tombstone.
struct OffsetRecord {
  std::string key;
  std::optional<std::string> value;
  friend bool operator==(const OffsetRecord &, const OffsetRecord &) = default;
};

// One offset as a user wants it (contract 2.8), both as JSON objects: no partition stands for null,
// no offset for its removal.
struct OffsetChange {
  std::optional<std::string> partition;
  std::optional<std::string> offset;
  friend bool operator==(const OffsetChange &, const OffsetChange &) = default;
};

} // namespace host
