#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "host/base/error.h"

namespace host::runtime {

// The source partitions of one task: numbers for records, keys for the offset store. Belongs to the
// task's thread; numbers stay valid for the task's life.
class SourcePartitions {
public:
  explicit SourcePartitions(std::string connector) : connector_(std::move(connector)) {}

  // The number, from 1, of a partition given as JSON; the same for texts that mean the same.
  Result<std::uint32_t> intern(std::string_view json);
  bool known(std::uint32_t id) const { return id >= 1 && id <= keys_.size(); }
  // The bytes of the offset record's key.
  const std::string &key(std::uint32_t id) const { return keys_[id - 1]; }
  std::uint32_t last() const { return static_cast<std::uint32_t>(keys_.size()); }

private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  using Ids = std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>>;

  std::string connector_;
  std::vector<std::string> keys_;
  Ids by_text_; // as plugins write it: a second look-up parses nothing
  Ids by_key_;
};

} // namespace host::runtime
