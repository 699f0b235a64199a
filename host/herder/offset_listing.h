#pragma once

#include <string>
#include <vector>

#include "host/base/error.h"
#include "host/herder/group_calls.h"
#include "host/herder/herder.h"
#include "host/storage/offset_store.h"

namespace host::herder {

// What GET /connectors/{c}/offsets shows, from what is stored (contract 2.4 #21, 3.3). A key that
// is not of the form `["<connector>",{partition}]` is left out.
Result<std::vector<ConnectorOffset>> source_offsets(const std::string &connector,
                                                    Result<std::vector<OffsetRecord>> records);

void list_sink_offsets(const ListGroupOffsets &list, const std::string &group,
                       Herder::Callback<std::vector<ConnectorOffset>> done);

} // namespace host::herder
