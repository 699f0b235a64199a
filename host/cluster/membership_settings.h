#pragma once

#include <string>

#include "host/base/error.h"
#include "host/base/strings.h"
#include "host/cluster/membership.h"

namespace host::cluster {

// From the resolved configuration of a distributed worker, in which check_cluster_keys() has found
// nothing: its group keys, and security as its own clients have it. `worker_id` is `host:port` of
// its REST API. Config errors name the key.
Result<MembershipSettings> membership_settings(const StringMap &worker,
                                               const std::string &worker_id);

} // namespace host::cluster
