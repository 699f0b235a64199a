#pragma once

#include "host/link/in_process.h"

namespace host::runner {

// A runner on threads of this process; a link::StartInProcess. Its loop thread is named `link`.
Result<std::unique_ptr<link::InProcess>> start_in_process(std::unique_ptr<link::Channel> channel,
                                                          UniqueFd page);

} // namespace host::runner
