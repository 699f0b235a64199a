#include "host/runtime/source_partitions.h"

#include "host/runtime/offset_text.h"

namespace host::runtime {

Result<std::uint32_t> SourcePartitions::intern(std::string_view json) {
  if (const auto known = by_text_.find(json); known != by_text_.end())
    return known->second;
  HOST_ASSIGN(std::string key, offset_key(connector_, json));
  const auto [at, added] = by_key_.try_emplace(std::move(key), last() + 1);
  if (added)
    keys_.push_back(at->first);
  by_text_.emplace(json, at->second);
  return at->second;
}

} // namespace host::runtime
