#pragma once

#include <string>
#include <string_view>

#include "host/base/error.h"
#include "host/cluster/assignment.h"

// The payloads of JoinGroup and SyncGroup, byte for byte those of Kafka Connect (contract 7.2), so
// that workers of both kinds share a group. `protocol` decides the form; the version in what is
// encoded does not count.
namespace host::cluster {

std::string encode(const WorkerState &state, Protocol protocol);
std::string encode(const Assignment &assignment, Protocol protocol);

// Foreign bytes: a Data error for what is malformed. Older forms, missing fields at the end, and
// more bytes than are known are all right, as they are for Connect.
Result<WorkerState> decode_worker_state(std::string_view bytes);
Result<Assignment> decode_assignment(std::string_view bytes);

} // namespace host::cluster
