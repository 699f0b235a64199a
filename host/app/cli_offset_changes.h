#pragma once

#include "host/app/cli_command.h"
#include "host/base/error.h"
#include "host/json/value.h"

namespace host::app::cli {

// The body of `PATCH /connectors/{name}/offsets` for what the command line asks, read from its file
// if there is one. Errors say which argument is wrong and how it should be.
Result<json::Value> requested_changes(const OffsetChanges &changes);

} // namespace host::app::cli
