#include "host/runtime/record_text.h"

#include <fmt/format.h>

namespace host::runtime {

std::string shorten(std::string_view text) {
  if (text.size() <= kShownBytes)
    return std::string(text);
  return fmt::format("{}… ({} bytes)", text.substr(0, kShownBytes), text.size());
}

std::string describe(const sluice_source_record &record, const SourcePartitions &partitions) {
  const auto text = [](sluice_str from) {
    return from.ptr == nullptr ? std::string("none") : shorten({from.ptr, from.len});
  };
  std::string key = "none";
  if (record.key.raw.ptr != nullptr)
    key = shorten({reinterpret_cast<const char *>(record.key.raw.ptr), record.key.raw.len});
  else if (record.key.n_cells > 0)
    key = "structured";
  return fmt::format("record for topic '{}' with source partition {}, source offset {}, key {}",
                     text(record.topic),
                     partitions.known(record.source_partition)
                         ? partitions.key(record.source_partition)
                         : std::string("none"),
                     text(record.source_offset), key);
}

} // namespace host::runtime
