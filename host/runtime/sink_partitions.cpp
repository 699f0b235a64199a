#include "host/runtime/sink_partitions.h"

#include <utility>

namespace host::runtime {

SinkPartition &SinkPartitions::add(const TopicPartition &id) {
  if (SinkPartition *known = find(id))
    return *known;
  // Inserted under the caller's name and renamed to its own: a node's key may change outside the
  // map.
  auto made = partitions_.emplace(Name{id.topic, id.partition}, SinkPartition{});
  auto node = partitions_.extract(made.first);
  node.mapped().id = id;
  node.key() = Name{node.mapped().id.topic, id.partition};
  return partitions_.insert(std::move(node)).position->second;
}

void SinkPartitions::erase(const TopicPartition &id) {
  SinkPartition *known = find(id);
  if (known == nullptr)
    return;
  std::erase(touched_, known);
  // Not by a name that points into what is erased.
  partitions_.erase(partitions_.find(Name{known->id.topic, known->id.partition}));
}

void SinkPartitions::accept_pending() {
  for (SinkPartition *partition : touched_)
    partition->current = partition->pending;
  forget_pending();
}

void SinkPartitions::forget_pending() {
  for (SinkPartition *partition : touched_)
    partition->pending = -1;
  touched_.clear();
}

SinkPartition *SinkPartitions::find(std::string_view topic, std::int32_t partition) {
  const auto at = partitions_.find(Name{topic, partition});
  return at == partitions_.end() ? nullptr : &at->second;
}

} // namespace host::runtime
