#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/base/error.h"
#include "host/link/messages.h"
#include "host/metrics/task_slot.h"
#include "host/plugin/connector.h"
#include "host/plugin/library.h"

namespace host::runner {

// Plugin work without an object, on the control thread. `slot` says to the host what is running.

// The connector class of a loaded and initialised plugin file.
Result<std::shared_ptr<const plugin::Connector>>
find_connector(const std::string &path, const std::string &class_name, metrics::TaskSlot &slot);

// The file's descriptors, without running its init.
Result<link::Inspected> inspect(const std::string &path, metrics::TaskSlot &slot);

// What the connector class itself says of a configuration, also without init.
Result<link::Validated> validate(const link::Validate &request, metrics::TaskSlot &slot);

// What the connector class says of a change of its offsets, after init.
Result<link::OffsetsAltered> alter_offsets(const link::AlterOffsets &request,
                                           metrics::TaskSlot &slot);

} // namespace host::runner
