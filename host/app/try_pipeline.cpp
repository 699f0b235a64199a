#include "host/app/try_pipeline.h"

#include <utility>

#include <fmt/format.h>

#include "host/app/try_start.h"

namespace host::app::dry_run {
namespace {

constexpr std::string_view kInvalidRecord = "org.apache.kafka.common.InvalidRecordException";
constexpr std::string_view kIllegalArgument = "java.lang.IllegalArgumentException";

data::Bytes bytes_of(const Raw &raw) { return raw ? data::bytes_of(*raw) : data::kNullBytes; }

} // namespace

std::string_view name_of(Stage stage) {
  constexpr std::string_view kNames[] = {"", "config", "convert_in", "transform", "convert_out"};
  return kNames[static_cast<std::size_t>(stage)];
}

Result<Pipeline> Pipeline::start(const Config &config, transform::Direction direction) {
  Pipeline pipeline;
  HOST_ASSIGN(Parts parts, start_parts(config, direction, *pipeline.pool_));
  pipeline.converters_ = std::move(parts.converters);
  pipeline.chain_ = std::move(parts.chain);
  pipeline.pool_->begin_records();
  pipeline.direction_ = direction;
  pipeline.tolerates_all_ = config.entries.get("errors.tolerance") == "all";
  return pipeline;
}

Outcome Pipeline::run(const RawRecord &record, transform::Observer *observer) {
  pool_->turn();
  arena_.reset();
  failure_.reset();
  Outcome outcome;
  if (convert_in(record)) {
    const transform::Outcome passed = chain_.apply(record_, arena_, observer);
    if (passed == transform::Outcome::Failed) {
      transform::Failure failure = chain_.take_failure();
      failure_.emplace(Failure{Stage::Transform, std::move(failure.error),
                               failure.stage->class_name, failure.stage->alias});
    } else if (passed == transform::Outcome::Passed) {
      if (!convert_out(outcome.record.emplace()))
        outcome.record.reset();
    }
  }
  outcome.failure = std::move(failure_);
  outcome.tolerated = outcome.failure && tolerates_all_;
  return outcome;
}

bool Pipeline::fail_with(Stage stage, std::string_view class_name, Error error) {
  failure_.emplace(Failure{stage, std::move(error), std::string(class_name), {}});
  return false;
}

// As a sink task does: key, value, headers, and then the timestamp.
bool Pipeline::convert_in(const RawRecord &from) {
  auto key = converters_.key->to_connect(from.topic, bytes_of(from.key), arena_);
  if (!key)
    return fail_with(Stage::ConvertIn, converters_.key_class, std::move(key).error());
  auto value = converters_.value->to_connect(from.topic, bytes_of(from.value), arena_);
  if (!value)
    return fail_with(Stage::ConvertIn, converters_.value_class, std::move(value).error());
  record_.headers.clear();
  for (const RawHeader &header : from.headers) {
    auto datum =
        converters_.header->to_connect(from.topic, header.key, bytes_of(header.value), arena_);
    if (!datum)
      return fail_with(Stage::ConvertIn, converters_.header_class, std::move(datum).error());
    record_.headers.push_back(transform::make_header(header.key, *datum));
  }
  record_.direction = direction_;
  record_.topic = from.topic;
  record_.key = *key;
  record_.value = *value;
  record_.partition = from.partition;
  record_.timestamp_ms = from.timestamp_ms;
  record_.timestamp_type = from.timestamp_ms ? "CreateTime" : "NoTimestampType";
  if (from.timestamp_ms && *from.timestamp_ms < 0) {
    if (*from.timestamp_ms != -1)
      return fail_with(Stage::ConvertIn, {},
                       Error(Code::Data, kInvalidRecord,
                             fmt::format("Invalid record timestamp {}", *from.timestamp_ms)));
    record_.timestamp_ms.reset();
  }
  if (direction_ == transform::Direction::Sink && !record_.partition)
    record_.partition = 0;
  record_.offset = from.offset;
  record_.original_topic = from.topic;
  record_.original_partition = record_.partition;
  record_.source_partition = "{}";
  record_.source_offset = "{}";
  return true;
}

bool Pipeline::put_out(std::string_view class_name, Result<data::Bytes> from, Raw &to) {
  if (!from)
    return fail_with(Stage::ConvertOut, class_name, std::move(from).error());
  if (from->ptr != nullptr)
    to.emplace(data::text_of(*from));
  return true;
}

// As a source task does: headers, key, value, and then what a producer's record checks.
bool Pipeline::convert_out(RawRecord &to) {
  to.headers.reserve(record_.headers.size());
  for (const transform::Header &header : record_.headers) {
    const std::string_view key = transform::key_of(header);
    RawHeader &made = to.headers.emplace_back(RawHeader{std::string(key), {}});
    if (!put_out(converters_.header_class,
                 converters_.header->from_connect(record_.topic, key, header.value, scratch_),
                 made.value))
      return false;
  }
  if (!put_out(converters_.key_class,
               converters_.key->from_connect(record_.topic, record_.key, scratch_), to.key) ||
      !put_out(converters_.value_class,
               converters_.value->from_connect(record_.topic, record_.value, scratch_), to.value))
    return false;
  if (record_.partition && *record_.partition < 0)
    return fail_with(Stage::ConvertOut, {},
                     Error(Code::Data, kIllegalArgument,
                           fmt::format("Invalid partition: {}. Partition number should always be "
                                       "non-negative or null.",
                                       *record_.partition)));
  to.topic = record_.topic;
  to.partition = record_.partition;
  to.offset = record_.offset;
  to.timestamp_ms = record_.timestamp_ms;
  return true;
}

} // namespace host::app::dry_run
