#include "host/runtime/sink_conversion.h"

#include <utility>

#include <fmt/format.h>

namespace host::runtime {
namespace {

sluice_bytes bytes(const kafka::Slice &slice) { return {slice.data, slice.size}; }

std::int32_t abi_type(kafka::TimestampType type) {
  static_assert(static_cast<int>(kafka::TimestampType::None) == SLUICE_TIMESTAMP_NONE);
  static_assert(static_cast<int>(kafka::TimestampType::CreateTime) == SLUICE_TIMESTAMP_CREATE);
  static_assert(static_cast<int>(kafka::TimestampType::LogAppendTime) ==
                SLUICE_TIMESTAMP_LOG_APPEND);
  return static_cast<std::int32_t>(type);
}

// A raw datum as the one cell of a tape, for connectors that read cells only.
sluice_datum as_cell(const sluice_datum &raw, const data::Schema *schema, data::Arena &arena) {
  if (raw.raw.ptr == nullptr)
    return raw;
  const data::Cell cell{static_cast<std::uint8_t>(schema->type()),
                        0,
                        0,
                        static_cast<std::uint32_t>(raw.raw.len),
                        {.p = raw.raw.ptr}};
  return data::cells_datum(arena.copy(std::span(&cell, 1)), schema);
}

std::string describe(const kafka::InRecord &record) {
  constexpr std::string_view kTypes[] = {"", "NoTimestampType", "CreateTime", "LogAppendTime"};
  return fmt::format("consumed record is {{topic='{}', partition={}, offset={}, timestamp={}, "
                     "timestampType={}}}",
                     record.topic, record.partition, record.offset, record.timestamp_ms,
                     kTypes[static_cast<std::size_t>(record.timestamp_type)]);
}

Status check_forms(const plugin::Descriptor &connector, std::string_view key,
                   const data::Converter &converter, const std::string &class_name) {
  if ((connector.forms & plugin::kFormValue) != 0 || converter.passes_raw())
    return {};
  return fail(Code::Config,
              fmt::format("{} reads bytes only, and {} {} makes structured values: set "
                          "{} to ByteArrayConverter or StringConverter",
                          connector.class_name, key, class_name, key));
}

} // namespace

SinkConversion::SinkConversion(TaskConverters converters, const plugin::Descriptor &connector,
                               const ErrorPolicy &policy)
    : converters_(std::move(converters)), policy_(&policy), key_raw_(converters_.key->raw_schema()),
      value_raw_(converters_.value->raw_schema()),
      cells_only_((connector.forms & plugin::kFormBytes) == 0) {}

Result<SinkConversion> SinkConversion::make(TaskConverters converters,
                                            const plugin::Descriptor &connector,
                                            const ErrorPolicy &policy) {
  HOST_TRY(check_forms(connector, "key.converter", *converters.key, converters.key_class));
  HOST_TRY(check_forms(connector, "value.converter", *converters.value, converters.value_class));
  return SinkConversion(std::move(converters), connector, policy);
}

Status SinkConversion::fill(kafka::MessageBatch messages, SinkPartitions &partitions,
                            SinkBatch &batch) {
  batch.messages = std::move(messages);
  batch.records.reserve(batch.messages.size());
  SinkPartition *partition = nullptr;
  const char *topic = nullptr;
  for (std::size_t i = 0; i < batch.messages.size(); ++i) {
    const kafka::InRecord record = batch.messages[i];
    if (partition == nullptr || record.topic.data() != topic ||
        record.partition != partition->id.partition) {
      partition = partitions.find(record.topic, record.partition);
      topic = record.topic.data();
      if (partition == nullptr)
        continue;
    }
    if (partition->origin < 0)
      partition->origin = record.offset;
    partitions.set_pending(*partition, record.offset + 1);
    if (convert(record, i, batch, batch.records.emplace_back())) [[likely]]
      continue;
    batch.records.pop_back();
    HOST_TRY(tolerate(record));
  }
  batch.seal();
  return {};
}

bool SinkConversion::convert(const kafka::InRecord &from, std::size_t index, SinkBatch &batch,
                             sluice_sink_record &to) {
  to.topic = topic_index(from, batch);
  to.partition = from.partition;
  to.offset = from.offset;
  to.timestamp_ms = from.timestamp_ms;
  to.timestamp_type = abi_type(from.timestamp_type);
  to.n_headers = 0;
  to.headers = nullptr;
  if (!convert_key_and_value(from, batch, to)) [[unlikely]]
    return false;
  headers_.clear();
  batch.messages.headers(index, headers_);
  return headers_.empty() || convert_headers(from.topic, batch, to);
}

bool SinkConversion::convert_key_and_value(const kafka::InRecord &from, SinkBatch &batch,
                                           sluice_sink_record &to) {
  if (key_raw_ != nullptr && value_raw_ != nullptr && !cells_only_) [[likely]] {
    to.key = data::raw_datum(bytes(from.key), key_raw_);
    to.value = data::raw_datum(bytes(from.value), value_raw_);
    return true;
  }
  stage_ = ErrorStage::KeyConverter;
  if (!convert_one(*converters_.key, key_raw_, from.topic, from.key, batch.arena, to.key))
    return false;
  stage_ = ErrorStage::ValueConverter;
  return convert_one(*converters_.value, value_raw_, from.topic, from.value, batch.arena, to.value);
}

bool SinkConversion::convert_one(data::Converter &converter, const data::Schema *raw_schema,
                                 std::string_view topic, const kafka::Slice &from,
                                 data::Arena &arena, sluice_datum &to) {
  if (raw_schema != nullptr) {
    to = data::raw_datum(bytes(from), raw_schema);
  } else {
    auto datum = converter.to_connect(topic, bytes(from), arena);
    if (!datum) {
      error_ = std::move(datum).error();
      return false;
    }
    to = *datum;
  }
  if (cells_only_ && data::is_raw(to)) {
    const data::Schema *schema = data::schema_of(to);
    to = as_cell(to, schema != nullptr ? schema : data::Schema::primitive(data::Type::Bytes, true),
                 arena);
  }
  return true;
}

bool SinkConversion::convert_headers(std::string_view topic, SinkBatch &batch,
                                     sluice_sink_record &to) {
  stage_ = ErrorStage::HeaderConverter;
  const std::size_t first = batch.headers.size();
  for (const kafka::Header &header : headers_) {
    auto value =
        converters_.header->to_connect(topic, header.name, bytes(header.value), batch.arena);
    if (!value) {
      error_ = std::move(value).error();
      batch.headers.resize(first);
      return false;
    }
    batch.headers.push_back({{header.name.data(), header.name.size()}, *value});
  }
  to.n_headers = static_cast<std::uint32_t>(headers_.size());
  return true;
}

Status SinkConversion::tolerate(const kafka::InRecord &record) {
  const std::string &class_name = stage_ == ErrorStage::KeyConverter     ? converters_.key_class
                                  : stage_ == ErrorStage::ValueConverter ? converters_.value_class
                                                                         : converters_.header_class;
  HOST_TRY(
      policy_->failed(stage_, class_name, std::move(*error_), [&] { return describe(record); }));
  ++skipped_;
  return {};
}

std::uint32_t SinkConversion::topic_index(const kafka::InRecord &record, SinkBatch &batch) {
  for (std::size_t i = batch.topics.size(); i-- > 0;)
    if (batch.topics[i].ptr == record.topic.data())
      return static_cast<std::uint32_t>(i);
  batch.topics.push_back({record.topic.data(), record.topic.size()});
  return static_cast<std::uint32_t>(batch.topics.size() - 1);
}

} // namespace host::runtime
