#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/data/cell.h"

namespace host::transform {

// Which of Java's two record classes a chain works on.
enum class Direction : std::uint8_t { Source = 1, Sink };

// The ABI's own header, so that headers cross without being rebuilt.
using Header = sluice_header;
inline std::string_view key_of(const Header &header) { return {header.key.ptr, header.key.len}; }
inline Header make_header(std::string_view key, const data::Datum &value) {
  return {{key.data(), key.size()}, value};
}

// One record on its way through a chain. Plain data that its user fills, reuses for record after
// record (the headers keep their memory) and reads back; everything it points to lies in the
// user's memory or in the arena that was given to the chain.
struct Record {
  Direction direction = Direction::Sink;
  std::string_view topic;
  std::optional<std::int32_t> partition;
  std::optional<std::int64_t> timestamp_ms;
  data::Datum key = data::null_datum();
  data::Datum value = data::null_datum();
  std::vector<Header> headers;

  // Sink records: where the record came from, which transforms do not change.
  std::int64_t offset = 0;
  std::string_view timestamp_type = "CreateTime"; // as Java names it
  std::string_view original_topic;
  std::optional<std::int32_t> original_partition;
  // Source records: for messages, in Java's words.
  std::string_view source_partition = "null";
  std::string_view source_offset = "null";
};

// As Java's toString prints a record, which messages and logs quote (contract 8.1).
void append_text(std::string &out, const Record &record);

} // namespace host::transform
