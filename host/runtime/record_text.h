#pragma once

#include <string>

#include <sluice/abi/source.h>

#include "host/runtime/source_partitions.h"

namespace host::runtime {

// A source record for messages: topic, source partition and offset, key; long texts are cut.
std::string describe(const sluice_source_record &record, const SourcePartitions &partitions);

// At most this much of one value in a message.
inline constexpr std::size_t kShownBytes = 256;
std::string shorten(std::string_view text);

} // namespace host::runtime
