#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/base/offset_record.h"

namespace host::storage {

// The file of FileOffsetStore. Text, one offset a line:
//
//   #sluice-offsets 1
//   ["<connector>",{<partition>}]<TAB>{<offset>}
//   #end <number of offsets>
//
// Keys and values are the compact JSON that the offsets topic has, which contains no control
// character; the last line tells a whole file from one that was cut off.
std::string format_offsets(const std::vector<OffsetRecord> &records);
// Whether one offset can be a line of the file: a key of the right form, and JSON for a value.
Status check_offset(const OffsetRecord &record);
// Errors name `path` and the line. An empty text is an empty file.
Result<std::vector<OffsetRecord>> parse_offsets(std::string_view text, const std::string &path);

// Reads the whole file; no text if there is none.
Result<std::string> read_file(const std::string &path);
// Replaces the file so that after a crash at any moment the old or the new text is there, whole;
// returns when the new one is on the disk. `path` must not be a symbolic link.
Status replace_file(const std::string &path, std::string_view text);

} // namespace host::storage
