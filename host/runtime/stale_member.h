#pragma once

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/kafka/client_config.h"
#include "host/wire/remove_members.h"

namespace host::runtime {

// The sink task's place in its consumer group. A static member that joins again is given what it
// had before without a rebalance, also when it subscribes to other topics by now: brokers compare
// the names of the assignors and nothing else. Who is given topics that it does not want gives the
// place up; its consumer then hears at its next heartbeat that it is no member, joins as a new one,
// and the group is shared out again.
class StaleMember {
public:
  explicit StaleMember(const kafka::ClientConfig &consumer);

  // Blocks for some seconds at the most. Unsupported: the group is out of our own client's reach.
  Status give_up_place() const;

private:
  wire::EndedMembers self_;
  Status can_ask_;
};

} // namespace host::runtime
