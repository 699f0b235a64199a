#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/wire/security.h"

namespace host::wire {

// Static members of one consumer group that have ended for good.
struct EndedMembers {
  std::string bootstrap; // bootstrap.servers of their consumers
  std::string group;
  std::vector<std::string> instance_ids;
  Security security = {};
};

// Takes the members out of their group, so that what they owned moves on at once and not when their
// session ends (design 3). Finds the coordinator and asks again where that helps, until `deadline`
// or a stop; a member that the group does not know is fine. Blocks its thread; holds nothing
// afterwards.
Status remove_members(const EndedMembers &ended, TimePoint deadline,
                      const std::stop_token &stop = {});

} // namespace host::wire
