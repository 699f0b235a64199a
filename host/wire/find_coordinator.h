#pragma once

#include "host/wire/connection.h"
#include "host/wire/group_error.h"

namespace host::wire {

// Asks one broker over a connection of its own which broker coordinates the group.
Async<Result<Address>> find_coordinator(boost::asio::io_context &io, const Security &security,
                                        const std::string &client_id, Address broker,
                                        std::string group, TimePoint deadline);

// The error of a group request that was refused: Retry where asking again helps, else Fatal.
Error refused(std::string_view what, GroupError error);

} // namespace host::wire
