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

} // namespace host
