#include "host/transform/record.h"

#include "host/base/java_text.h"
#include "host/data/schema.h"
#include "host/data/value_text.h"

namespace host::transform {
namespace {

void append_schema(std::string &out, const data::Datum &datum) {
  const data::Schema *schema = data::schema_of(datum);
  out += schema != nullptr ? schema->text() : "null";
}

template <class Number> void append_number(std::string &out, const std::optional<Number> &number) {
  if (number)
    java::append(out, static_cast<std::int64_t>(*number));
  else
    out += "null";
}

void append_headers(std::string &out, const std::vector<Header> &headers) {
  out += "ConnectHeaders(headers=";
  if (!headers.empty())
    out += '[';
  for (const Header &header : headers) {
    out.append(&header == headers.data() ? "" : ", ").append("ConnectHeader(key=");
    out.append(key_of(header)).append(", value=");
    data::append_java_text(out, header.value);
    out += ", schema=";
    append_schema(out, header.value);
    out += ')';
  }
  out += headers.empty() ? ")" : "])";
}

} // namespace

void append_text(std::string &out, const Record &record) {
  if (record.direction == Direction::Sink) {
    out += "SinkRecord{kafkaOffset=";
    java::append(out, record.offset);
    out.append(", timestampType=").append(record.timestamp_type);
    out.append(", originalTopic=").append(record.original_topic);
    out += ", originalKafkaPartition=";
    append_number(out, record.original_partition);
    out += ", originalKafkaOffset=";
    java::append(out, record.offset);
  } else {
    out.append("SourceRecord{sourcePartition=").append(record.source_partition);
    out.append(", sourceOffset=").append(record.source_offset);
  }
  out.append("} ConnectRecord{topic='").append(record.topic).append("', kafkaPartition=");
  append_number(out, record.partition);
  out += ", key=";
  data::append_java_text(out, record.key);
  out += ", keySchema=";
  append_schema(out, record.key);
  out += ", value=";
  data::append_java_text(out, record.value);
  out += ", valueSchema=";
  append_schema(out, record.value);
  out += ", timestamp=";
  append_number(out, record.timestamp_ms);
  out += ", headers=";
  append_headers(out, record.headers);
  out += '}';
}

} // namespace host::transform
