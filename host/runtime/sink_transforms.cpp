#include "host/runtime/sink_transforms.h"

#include <span>
#include <utility>

#include "host/plugin/descriptor.h"

namespace host::runtime {
namespace {

constexpr std::string_view kTimestampTypes[] = {"", "NoTimestampType", "CreateTime",
                                                "LogAppendTime"};

} // namespace

sluice_datum as_cell(const sluice_datum &raw, data::Arena &arena) {
  if (raw.raw.ptr == nullptr)
    return raw;
  const data::Schema *schema = data::schema_of(raw);
  if (schema == nullptr)
    schema = data::Schema::primitive(data::Type::Bytes, true);
  const data::Cell cell{static_cast<std::uint8_t>(schema->type()),
                        0,
                        0,
                        static_cast<std::uint32_t>(raw.raw.len),
                        {.p = raw.raw.ptr}};
  return data::cells_datum(arena.copy(std::span(&cell, 1)), schema);
}

SinkTransforms::SinkTransforms(transform::Chain chain, std::uint32_t forms)
    : chain_(std::move(chain)), cells_only_((forms & plugin::kFormBytes) == 0),
      raw_only_((forms & plugin::kFormValue) == 0) {}

transform::Outcome SinkTransforms::apply(const kafka::InRecord &from, std::size_t first_header,
                                         SinkBatch &batch, sluice_sink_record &to) {
  read(from, to);
  const auto own = batch.headers.begin() + static_cast<std::ptrdiff_t>(first_header);
  record_.headers.assign(own, batch.headers.end());
  batch.headers.resize(first_header);
  const transform::Outcome outcome = chain_.apply(record_, batch.arena);
  if (outcome == transform::Outcome::Failed) {
    auto failure = chain_.take_failure();
    failure_.emplace(Failure{failure.stage->class_name, std::move(failure.error)});
  }
  if (outcome != transform::Outcome::Passed || write(from, batch, to))
    return outcome;
  failure_.emplace(
      Failure{chain_.stages().back().class_name,
              Error(Code::Data,
                    "the connector reads texts and bytes only, and the transforms made something "
                    "else of this record")});
  return transform::Outcome::Failed;
}

void SinkTransforms::read(const kafka::InRecord &from, const sluice_sink_record &to) {
  record_.direction = transform::Direction::Sink;
  record_.topic = record_.original_topic = from.topic;
  record_.partition = record_.original_partition = from.partition;
  record_.timestamp_ms = from.timestamp_ms >= 0 ? std::optional(from.timestamp_ms) : std::nullopt;
  record_.timestamp_type = kTimestampTypes[static_cast<std::size_t>(from.timestamp_type)];
  record_.offset = from.offset;
  record_.key = to.key;
  record_.value = to.value;
}

bool SinkTransforms::write(const kafka::InRecord &from, SinkBatch &batch, sluice_sink_record &to) {
  to.key = record_.key;
  to.value = record_.value;
  if (!fit(to.key, batch.arena) || !fit(to.value, batch.arena))
    return false;
  to.partition = record_.partition.value_or(from.partition);
  to.timestamp_ms = record_.timestamp_ms.value_or(-1);
  write_topic(from, batch, to);
  batch.moved |= to.partition != from.partition;
  to.n_headers = static_cast<std::uint32_t>(record_.headers.size());
  batch.headers.insert(batch.headers.end(), record_.headers.begin(), record_.headers.end());
  return true;
}

void SinkTransforms::write_topic(const kafka::InRecord &from, SinkBatch &batch,
                                 sluice_sink_record &to) {
  if (record_.topic == from.topic)
    return;
  batch.moved = true;
  for (std::size_t i = 0; i < batch.topics.size(); ++i)
    if (std::string_view(batch.topics[i].ptr, batch.topics[i].len) == record_.topic) {
      to.topic = static_cast<std::uint32_t>(i);
      return;
    }
  // The chain's memory may end before the batch.
  const std::string_view kept = batch.arena.copy(record_.topic);
  to.topic = static_cast<std::uint32_t>(batch.topics.size());
  batch.topics.push_back({kept.data(), kept.size()});
}

// What transforms made, in the form that the connector reads.
bool SinkTransforms::fit(sluice_datum &datum, data::Arena &arena) {
  if (cells_only_ && data::is_raw(datum))
    datum = as_cell(datum, arena);
  if (!raw_only_ || data::is_raw(datum) || data::is_null(datum))
    return true;
  const data::Cell &cell = datum.cells[0];
  const data::Type type = data::type_of(cell);
  if (type != data::Type::String && type != data::Type::Bytes)
    return false;
  datum = data::raw_datum(data::bytes_of(data::text_of(cell)), data::schema_of(datum));
  return true;
}

} // namespace host::runtime
