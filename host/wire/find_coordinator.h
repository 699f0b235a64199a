#pragma once

#include "host/wire/connection.h"
#include "host/wire/group_error.h"

namespace host::wire {

// Opens the connection to one broker and asks which broker coordinates the group. The connection
// stays open.
Async<Result<Address>> find_coordinator(Connection &connection, Address broker, std::string group,
                                        TimePoint deadline);

// The error of a group request that was refused: Retry where asking again helps, else Fatal.
Error refused(std::string_view what, GroupError error);

} // namespace host::wire
