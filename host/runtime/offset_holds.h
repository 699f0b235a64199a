#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "host/base/ids.h"

namespace host::runtime {

// Records of a sink that are neither stored nor dead letters yet, and behind which nothing may be
// committed (design: guarantee 1). Any thread; free of locks as long as there are none.
class OffsetHolds {
public:
  void hold(const TopicPartition &partition, std::int64_t offset);
  void release(const TopicPartition &partition, std::int64_t offset);

  // `next`, the offset after the last record, or that of the first record held before it.
  std::int64_t limit(const TopicPartition &partition, std::int64_t next) const;

private:
  std::atomic<std::size_t> count_{0};
  mutable std::mutex mutex_;
  std::map<TopicPartition, std::multiset<std::int64_t>> held_; // guarded by mutex_
};

} // namespace host::runtime
