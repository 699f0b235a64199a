#include "host/runtime/sink_conversion.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "host/data/objects.h"
#include "host/runtime/retry_policy.h"
#include "host/runtime/task_thread.h"

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

SinkConversion::SinkConversion(TaskConverters converters, transform::Chain chain,
                               const plugin::Descriptor &connector, SinkErrors errors)
    : converters_(std::move(converters)), transforms_(std::move(chain), connector.forms),
      errors_(std::move(errors)), key_raw_(converters_.key->raw_schema()),
      value_raw_(converters_.value->raw_schema()),
      cells_only_((connector.forms & plugin::kFormBytes) == 0),
      passes_(key_raw_ != nullptr && value_raw_ != nullptr && !cells_only_ && transforms_.empty()) {
}

Result<SinkConversion> SinkConversion::make(TaskConverters converters, transform::Chain chain,
                                            const plugin::Descriptor &connector,
                                            SinkErrors errors) {
  if (chain.empty()) { // else the transforms may make texts or bytes of it
    HOST_TRY(check_forms(connector, "key.converter", *converters.key, converters.key_class));
    HOST_TRY(check_forms(connector, "value.converter", *converters.value, converters.value_class));
  }
  return SinkConversion(std::move(converters), std::move(chain), connector, std::move(errors));
}

Status SinkConversion::fill(kafka::MessageBatch messages, SinkPartitions &partitions,
                            SinkBatch &batch) {
  batch.messages = std::move(messages);
  const std::size_t count = batch.messages.size();
  batch.records.reserve(count);
  Run run;
  unmade_ = 0;
  std::array<kafka::InRecord, 64> views;
  for (std::size_t first = 0; first < count; first += views.size()) {
    const std::size_t n = std::min(views.size(), count - first);
    batch.messages.view(first, std::span(views.data(), n));
    for (std::size_t i = 0; i < n; ++i) {
      const kafka::InRecord &record = views[i];
      if (record.topic.data() != run.topic || record.partition != run.number) [[unlikely]] {
        end_run(run, partitions);
        begin_run(run, record, partitions, batch);
      }
      if (run.partition == nullptr) [[unlikely]] {
        ++unmade_;
        batch.begin_gaps();
        continue;
      }
      run.next_offset = record.offset + 1;
      sluice_sink_record &to = batch.records.emplace_back();
      to.topic = run.topic_index;
      to.partition = record.partition;
      to.offset = record.offset;
      to.timestamp_ms = record.timestamp_ms;
      to.timestamp_type = abi_type(record.timestamp_type);
      if (passes_ && !record.may_have_headers) [[likely]] {
        to.key = data::raw_datum(bytes(record.key), key_raw_);
        to.value = data::raw_datum(bytes(record.value), value_raw_);
      } else if (const Made made = make_record(record, first + i, batch, to); made != Made::Record)
          [[unlikely]] {
        batch.records.pop_back();
        batch.begin_gaps();
        if (made == Made::LeftOut)
          continue;
        unmade_ += count - (first + i) - 1;
        add(errors_.slot.records_returned, unmade_);
        batch.seal();
        return std::move(end_);
      }
      if (batch.has_gaps()) [[unlikely]]
        batch.add_origin(first + i);
    }
  }
  end_run(run, partitions);
  add(errors_.slot.records_returned, unmade_);
  batch.seal();
  return {};
}

void SinkConversion::begin_run(Run &run, const kafka::InRecord &record, SinkPartitions &partitions,
                               SinkBatch &batch) {
  run.topic = record.topic.data();
  run.number = record.partition;
  run.partition = partitions.find(record.topic, record.partition);
  if (run.partition == nullptr)
    return;
  run.topic_index = topic_index(record.topic, batch);
  if (run.partition->origin < 0)
    run.partition->origin = record.offset;
}

void SinkConversion::end_run(const Run &run, SinkPartitions &partitions) {
  if (run.partition != nullptr)
    partitions.set_pending(*run.partition, run.next_offset);
}

std::uint32_t SinkConversion::topic_index(std::string_view topic, SinkBatch &batch) {
  for (std::size_t i = 0; i < batch.topics.size(); ++i)
    if (batch.topics[i].ptr == topic.data())
      return static_cast<std::uint32_t>(i);
  batch.topics.push_back({topic.data(), topic.size()});
  return static_cast<std::uint32_t>(batch.topics.size() - 1);
}

bool SinkConversion::convert(const kafka::InRecord &from, std::size_t index, SinkBatch &batch,
                             sluice_sink_record &to) {
  stage_ = ErrorStage::KeyConverter;
  if (!convert_one(*converters_.key, key_raw_, from.topic, from.key, batch.arena, to.key))
    return false;
  stage_ = ErrorStage::ValueConverter;
  if (!convert_one(*converters_.value, value_raw_, from.topic, from.value, batch.arena, to.value))
    return false;
  if (!from.may_have_headers)
    return true;
  headers_.clear();
  batch.messages.headers(index, headers_);
  return headers_.empty() || convert_headers(from.topic, batch, to);
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
  if (cells_only_ && data::is_raw(to))
    to = as_cell(to, arena);
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

SinkConversion::Made SinkConversion::make_record(const kafka::InRecord &from, std::size_t index,
                                                 SinkBatch &batch, sluice_sink_record &to) {
  const transform::Outcome outcome = attempt(from, index, batch, to);
  return outcome != transform::Outcome::Failed ? made(outcome) : failed(from, index, batch, to);
}

SinkConversion::Made SinkConversion::made(transform::Outcome outcome) {
  if (outcome == transform::Outcome::Passed)
    return Made::Record;
  add(errors_.slot.records_filtered, 1);
  return Made::LeftOut;
}

// Takes off the marks that cells bear inside the host (host/data/objects.h).
transform::Outcome SinkConversion::settle(std::size_t first_header, SinkBatch &batch,
                                          sluice_sink_record &to) {
  const auto settled = [&](ErrorStage stage, sluice_datum &datum) {
    Status status = data::to_plugin(datum, batch.arena);
    if (status)
      return true;
    stage_ = stage;
    error_ = std::move(status).error();
    return false;
  };
  bool all =
      settled(ErrorStage::KeyConverter, to.key) && settled(ErrorStage::ValueConverter, to.value);
  for (std::size_t i = first_header; all && i < batch.headers.size(); ++i)
    all = settled(ErrorStage::HeaderConverter, batch.headers[i].value);
  if (!all)
    batch.headers.resize(first_header);
  return all ? transform::Outcome::Passed : transform::Outcome::Failed;
}

transform::Outcome SinkConversion::attempt(const kafka::InRecord &from, std::size_t index,
                                           SinkBatch &batch, sluice_sink_record &to) {
  const std::size_t first_header = batch.headers.size();
  to.n_headers = 0;
  if (!convert(from, index, batch, to))
    return transform::Outcome::Failed;
  if (transforms_.empty())
    return settle(first_header, batch, to);
  const transform::Outcome outcome = transforms_.apply(from, first_header, batch, to);
  if (outcome == transform::Outcome::Passed)
    return settle(first_header, batch, to);
  if (outcome == transform::Outcome::Failed) {
    auto failure = transforms_.take_failure();
    stage_ = ErrorStage::Transformation;
    failed_transform_ = failure.class_name;
    error_ = std::move(failure.error);
  }
  return outcome;
}

SinkConversion::Made SinkConversion::failed(const kafka::InRecord &from, std::size_t index,
                                            SinkBatch &batch, sluice_sink_record &to) {
  std::optional<Retries> retries;
  while (error_->retriable()) {
    if (!retries)
      retries.emplace(errors_.reports->policy().retry, errors_.signals, errors_.clock);
    const Retries::Next next = retries->wait();
    errors_.reports->failed_try(next == Retries::Next::Again);
    if (next == Retries::Next::Stopped) {
      ++unmade_; // it will be read again: a stop is no failure of the record
      end_ = {};
      return Made::Ended;
    }
    if (next == Retries::Next::GiveUp)
      return report(index, batch);
    const transform::Outcome outcome = attempt(from, index, batch, to);
    if (outcome != transform::Outcome::Failed)
      return made(outcome);
  }
  errors_.reports->failed_try(false);
  return report(index, batch);
}

SinkConversion::Made SinkConversion::report(std::size_t index, const SinkBatch &batch) {
  const auto record = consumed_record(batch.messages, index, errors_.holds);
  bool posted = false;
  auto outcome = errors_.reports->report({stage_, failed_class(), *error_}, record, &posted);
  if (outcome)
    return Made::LeftOut;
  unmade_ += posted ? 0 : 1;
  end_ = fail(std::move(outcome).error());
  return Made::Ended;
}

std::string_view SinkConversion::failed_class() const {
  switch (stage_) {
  case ErrorStage::KeyConverter:
    return converters_.key_class;
  case ErrorStage::ValueConverter:
    return converters_.value_class;
  case ErrorStage::Transformation:
    return failed_transform_;
  default:
    return converters_.header_class;
  }
}

} // namespace host::runtime
