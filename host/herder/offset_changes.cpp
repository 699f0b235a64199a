#include "host/herder/offset_changes.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "host/base/java_text.h"
#include "host/json/parse.h"
#include "host/json/value.h"
#include "host/json/writer.h"
#include "host/runtime/offset_text.h"

namespace host::herder {
namespace {

constexpr std::string_view kTopic = "kafka_topic";
constexpr std::string_view kPartition = "kafka_partition";
constexpr std::string_view kOffset = "kafka_offset";

tl::unexpected<Error> refuse(std::string message) {
  return fail(Code::BadRequest, std::move(message));
}

// As Java's String.valueOf shows it.
std::string shown(const json::Value &value) {
  if (value.is_string())
    return std::string(value.text());
  if (!value.is_object() && !value.is_array())
    return json::to_text(value);
  std::string text(1, value.is_object() ? '{' : '[');
  const auto separate = [&] { text += text.size() > 1 ? ", " : ""; };
  for (const json::Member &member : value.members()) {
    separate();
    text += member.key + "=" + shown(member.value);
  }
  for (const json::Value &item : value.items()) {
    separate();
    text += shown(item);
  }
  return text + (value.is_object() ? '}' : ']');
}

std::optional<std::int64_t> integer(const json::Value &value) {
  return value.is_null() ? std::nullopt : java::parse_integer(shown(value));
}

Result<TopicPartition> read_partition(const std::optional<std::string> &text) {
  if (!text)
    return refuse("The partition for a sink connector offset cannot be null or missing");
  HOST_ASSIGN(const json::Value partition, json::parse(*text));
  const json::Value *topic = partition.find(kTopic);
  const json::Value *number = partition.find(kPartition);
  if (topic == nullptr || number == nullptr)
    return refuse("The partition for a sink connector offset must contain the keys 'kafka_topic' "
                  "and 'kafka_partition'");
  if (topic->is_null())
    return refuse("Kafka topic names must be valid strings and may not be null");
  if (number->is_null())
    return refuse("Kafka partitions must be valid numbers and may not be null");
  const auto value = integer(*number);
  using Limits = std::numeric_limits<std::int32_t>;
  if (!value || *value < Limits::min() || *value > Limits::max())
    return refuse("Failed to parse the following Kafka partition value in the provided offsets: '" +
                  shown(*number) + "'. Partition values for sink connectors need to be integers.");
  return TopicPartition{shown(*topic), static_cast<std::int32_t>(*value)};
}

// Nothing: the offset is to be removed.
Result<std::optional<Offset>> read_offset(const std::optional<std::string> &text) {
  if (!text)
    return std::optional<Offset>();
  HOST_ASSIGN(const json::Value offset, json::parse(*text));
  const json::Value *number = offset.find(kOffset);
  if (number == nullptr)
    return refuse(
        "The offset for a sink connector should either be null or contain the key 'kafka_offset'");
  const auto value = integer(*number);
  if (value && *value < 0)
    return refuse("The Kafka offset value '" + shown(*number) +
                  "' is negative. Offset values for sink connectors start at 0.");
  if (!value)
    return refuse("Failed to parse the following Kafka offset value in the provided offsets: '" +
                  shown(*number) + "'. Offset values for sink connectors need to be integers.");
  return std::optional(Offset(*value));
}

OffsetChange shown(const TopicPartition &partition, std::optional<Offset> offset) {
  OffsetChange change;
  json::Writer(change.partition.emplace())
      .begin_object()
      .field(kTopic, partition.topic)
      .field(kPartition, partition.partition)
      .end_object();
  if (offset)
    json::Writer(change.offset.emplace()).begin_object().field(kOffset, offset->value).end_object();
  return change;
}

} // namespace

Result<SinkChanges> read_sink_changes(const std::vector<OffsetChange> &changes) {
  SinkChanges read;
  for (const OffsetChange &change : changes) {
    HOST_ASSIGN(const TopicPartition partition, read_partition(change.partition));
    HOST_ASSIGN(const std::optional<Offset> offset, read_offset(change.offset));
    std::erase(read.removed, partition);
    std::erase_if(read.stored, [&](const auto &one) { return one.partition == partition; });
    if (offset)
      read.stored.push_back({partition, *offset});
    else
      read.removed.push_back(partition);
  }
  return read;
}

std::vector<OffsetChange> as_changes(const SinkChanges &changes) {
  std::vector<OffsetChange> all;
  for (const GroupOffset &one : changes.stored)
    all.push_back(shown(one.partition, one.offset));
  for (const TopicPartition &partition : changes.removed)
    all.push_back(shown(partition, std::nullopt));
  return all;
}

Result<SourceChanges> read_source_changes(const std::string &connector,
                                          const std::vector<OffsetChange> &changes) {
  SourceChanges read;
  for (const OffsetChange &change : changes) {
    const std::string partition = change.partition.value_or("null");
    OffsetRecord record;
    HOST_ASSIGN(record.key, runtime::offset_key(connector, partition));
    if (change.offset) {
      HOST_ASSIGN(record.value, runtime::canonical_offset_text(*change.offset));
    }
    const auto known = std::find_if(read.records.begin(), read.records.end(),
                                    [&](const auto &other) { return other.key == record.key; });
    if (known == read.records.end()) {
      read.records.push_back(std::move(record));
      read.changes.push_back(change);
    } else {
      read.changes[static_cast<std::size_t>(known - read.records.begin())] = change;
      *known = std::move(record);
    }
  }
  return read;
}

SourceChanges removal_of(const std::string &connector, const std::vector<OffsetRecord> &stored) {
  SourceChanges removal;
  for (const OffsetRecord &record : stored) {
    const auto key = json::parse(record.key);
    if (!key || key->items().size() != 2 || key->items()[0].text() != connector)
      continue;
    const json::Value &partition = key->items()[1];
    removal.records.push_back({record.key, std::nullopt});
    removal.changes.push_back(
        {partition.is_null() ? std::nullopt : std::optional<std::string>(json::to_text(partition)),
         std::nullopt});
  }
  return removal;
}

} // namespace host::herder
