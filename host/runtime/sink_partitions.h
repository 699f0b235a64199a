#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include <sluice/abi/base.h>

#include "host/base/ids.h"
#include "host/kafka/consumer.h"

namespace host::runtime {

// One assigned partition as the loop sees it. Offsets are those of the next record; -1: not known.
struct SinkPartition {
  TopicPartition id;
  std::int64_t current = -1;   // everything before it was accepted by put
  std::int64_t pending = -1;   // the same once the batch at hand is accepted
  std::int64_t committed = -1; // in the group
  std::int64_t origin = -1;    // where reading began, for one without a committed offset
  bool paused_by_task = false;
  bool paused = false; // what the consumer was told
};

// The assignment of a sink task. Belongs to its thread; addresses stay until erase.
class SinkPartitions {
public:
  SinkPartition &add(const TopicPartition &id);
  void erase(const TopicPartition &id);
  SinkPartition *find(std::string_view topic, std::int32_t partition);
  SinkPartition *find(const TopicPartition &id) { return find(id.topic, id.partition); }

  // The batch at hand goes up to `offset` in this partition.
  void set_pending(SinkPartition &partition, std::int64_t offset) {
    if (partition.pending < 0)
      touched_.push_back(&partition);
    partition.pending = offset;
  }
  // The batch at hand was accepted, or is dropped.
  void accept_pending();
  void forget_pending();

  template <class F> void each(F &&f) {
    for (auto &[name, partition] : partitions_)
      f(partition);
  }

private:
  struct Name {
    std::string_view topic;
    std::int32_t partition;
    friend auto operator<=>(const Name &, const Name &) = default;
  };
  // The views point into the elements' own ids; elements do not move.
  std::map<Name, SinkPartition> partitions_;
  std::vector<SinkPartition *> touched_; // those with a pending offset
};

// For calls of the plugin; borrows the names.
inline sluice_tp abi_partition(const TopicPartition &id, std::int64_t offset = -1) {
  return {{id.topic.data(), id.topic.size()}, id.partition, 0, offset};
}

} // namespace host::runtime
