#pragma once

#include <string>

#include <sluice/abi/source.h>

#include "host/runtime/source_partitions.h"
#include "host/transform/record.h"

namespace host::runtime {

// A plugin's record as transforms read it; views into it. Its data must be sound (check_datum).
void read_record(const sluice_source_record &from, const SourcePartitions &partitions,
                 transform::Record &to);

// The record as Java prints a SourceRecord, which is how Connect's error log shows it: with key,
// value and headers. One whose data is not sound is only named.
std::string java_text(const sluice_source_record &record, const SourcePartitions &partitions);

} // namespace host::runtime
