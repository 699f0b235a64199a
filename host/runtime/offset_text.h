#pragma once

#include <string>
#include <string_view>

#include "host/base/error.h"

namespace host::runtime {

// Source partitions and offsets as Kafka Connect stores them (contract 3.3): Jackson's compact
// text, the entries in the order of a Java HashMap that got them in the order of `json` (contract
// 16.1), because a partition is known by its bytes. `json` is an object of primitive values, or
// null; anything else is a Data error in Connect's words.
Result<std::string> canonical_offset_text(std::string_view json);

// The key of an offset record: `["<connector>",<partition>]`.
Result<std::string> offset_key(std::string_view connector, std::string_view partition_json);

} // namespace host::runtime
