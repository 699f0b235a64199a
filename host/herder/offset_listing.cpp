#include "host/herder/offset_listing.h"

#include <algorithm>
#include <utility>

#include "host/json/parse.h"
#include "host/json/value.h"
#include "host/json/writer.h"

namespace host::herder {
namespace {

std::optional<ConnectorOffset> shown(const std::string &connector, const OffsetRecord &record) {
  const auto key = json::parse(record.key);
  if (!record.value || !key || key->items().size() != 2 || key->items()[0].text() != connector ||
      !key->items()[1].is_object())
    return std::nullopt;
  const auto value = json::parse(*record.value);
  if (!value || value->is_null())
    return std::nullopt;
  return ConnectorOffset{json::to_text(key->items()[1]), json::to_text(*value)};
}

ConnectorOffset shown(const GroupOffset &committed) {
  ConnectorOffset offset;
  json::Writer(offset.partition)
      .begin_object()
      .field("kafka_partition", committed.partition.partition)
      .field("kafka_topic", committed.partition.topic)
      .end_object();
  json::Writer(offset.offset)
      .begin_object()
      .field("kafka_offset", committed.offset.value)
      .end_object();
  return offset;
}

} // namespace

Result<std::vector<ConnectorOffset>> source_offsets(const std::string &connector,
                                                    Result<std::vector<OffsetRecord>> records) {
  HOST_ASSIGN(const auto stored, std::move(records));
  std::vector<ConnectorOffset> offsets;
  for (const OffsetRecord &record : stored)
    if (auto offset = shown(connector, record))
      offsets.push_back(*std::move(offset));
  return offsets;
}

void list_sink_offsets(const ListGroupOffsets &list, const std::string &group,
                       Herder::Callback<std::vector<ConnectorOffset>> done) {
  list(group, [done = std::move(done)](Result<std::vector<GroupOffset>> listed) {
    if (!listed)
      return done(fail(std::move(listed).error()));
    std::sort(listed->begin(), listed->end(),
              [](const GroupOffset &a, const GroupOffset &b) { return a.partition < b.partition; });
    std::vector<ConnectorOffset> offsets;
    for (const GroupOffset &committed : *listed)
      offsets.push_back(shown(committed));
    done(std::move(offsets));
  });
}

} // namespace host::herder
