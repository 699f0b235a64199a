#pragma once

#include <functional>
#include <string>
#include <vector>

#include "host/base/error.h"
#include "host/base/ids.h"

namespace host::herder {

// Committed offset of one partition of a sink's consumer group.
struct GroupOffset {
  TopicPartition partition;
  Offset offset;
};
// Asks the cluster for a group's offsets; calls back once, from any thread.
using ListGroupOffsets = std::function<void(const std::string &group,
                                            std::function<void(Result<std::vector<GroupOffset>>)>)>;

// What is asked and changed of consumer groups. Any thread; each returns at once and calls back
// once, from any thread. The changes fail with Conflict while the group has members.
struct GroupCalls {
  using Done = std::function<void(Status)>;

  ListGroupOffsets list;
  std::function<void(const std::string &group, std::vector<GroupOffset>, Done)> alter;
  std::function<void(const std::string &group, std::vector<TopicPartition>, Done)> forget;
  // Done as well when there is no such group.
  std::function<void(const std::string &group, Done)> remove;
};

} // namespace host::herder
