#include "host/runtime/source_record_text.h"

#include <optional>
#include <string_view>

#include "host/data/tape.h"
#include "host/json/parse.h"
#include "host/runtime/record_text.h"

namespace host::runtime {
namespace {

template <class T> std::optional<T> not_negative(T number) {
  return number >= 0 ? std::optional(number) : std::nullopt;
}

std::string_view text_or_null(sluice_str text) {
  return text.ptr != nullptr ? std::string_view(text.ptr, text.len) : "null";
}

// `{k=v, k2=v2}`: one level, as offsets and partitions have.
std::string java_map(std::string_view text) {
  const auto parsed = json::parse(text);
  if (!parsed)
    return std::string(text);
  // A source partition is stored behind its connector's name.
  const json::Value &map =
      parsed->is_array() && parsed->items().size() == 2 ? parsed->items()[1] : *parsed;
  if (!map.is_object())
    return json::to_text(map);
  std::string shown = "{";
  for (const json::Member &member : map.members()) {
    shown.append(shown.size() > 1 ? ", " : "").append(member.key).append("=");
    shown +=
        member.value.is_string() ? std::string(member.value.text()) : json::to_text(member.value);
  }
  return shown + "}";
}

bool is_sound(const sluice_source_record &record) {
  const auto good = [](const sluice_datum &datum) {
    return datum.n_cells == 0 || data::check_datum(datum).has_value();
  };
  bool all = good(record.key) && good(record.value);
  for (std::size_t i = 0; i < record.n_headers && all; ++i)
    all = good(record.headers[i].value);
  return all;
}

} // namespace

void read_record(const sluice_source_record &from, const SourcePartitions &partitions,
                 transform::Record &to) {
  to.direction = transform::Direction::Source;
  to.topic = {from.topic.ptr, from.topic.len};
  to.partition = not_negative(from.partition);
  to.timestamp_ms = not_negative(from.timestamp_ms);
  to.key = from.key;
  to.value = from.value;
  to.headers.assign(from.headers, from.headers + from.n_headers);
  to.source_partition = partitions.known(from.source_partition)
                            ? std::string_view(partitions.key(from.source_partition))
                            : "null";
  to.source_offset = text_or_null(from.source_offset);
}

std::string java_text(const sluice_source_record &record, const SourcePartitions &partitions) {
  if (!is_sound(record))
    return describe(record, partitions);
  transform::Record shown;
  read_record(record, partitions, shown);
  const std::string partition = java_map(shown.source_partition);
  const std::string offset = java_map(shown.source_offset);
  shown.source_partition = partition;
  shown.source_offset = offset;
  std::string text;
  transform::append_text(text, shown);
  return text;
}

} // namespace host::runtime
