#include "host/runtime/offset_holds.h"

#include <algorithm>

namespace host::runtime {

void OffsetHolds::hold(const TopicPartition &partition, std::int64_t offset) {
  const std::lock_guard lock(mutex_);
  held_[partition].insert(offset);
  count_.fetch_add(1, std::memory_order_release);
}

void OffsetHolds::release(const TopicPartition &partition, std::int64_t offset) {
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(partition);
  if (found == held_.end())
    return;
  if (const auto at = found->second.find(offset); at != found->second.end()) {
    found->second.erase(at);
    count_.fetch_sub(1, std::memory_order_release);
  }
  if (found->second.empty())
    held_.erase(found);
}

std::int64_t OffsetHolds::limit(const TopicPartition &partition, std::int64_t next) const {
  if (count_.load(std::memory_order_acquire) == 0)
    return next;
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(partition);
  return found == held_.end() ? next : std::min(next, *found->second.begin());
}

} // namespace host::runtime
