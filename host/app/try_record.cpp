#include "host/app/try_record.h"

#include <limits>
#include <utility>

#include <fmt/format.h>

#include "host/base/utf8.h"
#include "host/data/base64.h"
#include "host/json/writer.h"

namespace host::app::dry_run {
namespace {

// The UTF-8 that Java makes of a string: a lone surrogate, three bytes here, becomes `?`.
std::string encoded(std::string_view text) {
  constexpr char kSurrogateLead = '\xED';
  std::string bytes(text);
  if (text.find(kSurrogateLead) == std::string_view::npos || utf8::valid(text))
    return bytes;
  bytes.clear();
  while (!text.empty()) {
    const utf8::Decoded decoded = utf8::decode(text);
    if (utf8::is_surrogate(decoded.code))
      bytes += '?';
    else
      bytes += text.substr(0, decoded.size);
    text.remove_prefix(decoded.size);
  }
  return bytes;
}

Result<Raw> read_raw(const json::Value *from, Bytes bytes, std::string_view what) {
  if (from == nullptr || from->is_null())
    return Raw();
  if (from->is_string())
    return Raw(encoded(from->text()));
  if (const json::Value *b64 = from->find("b64"); b64 && b64->is_string()) {
    std::string decoded;
    if (!data::decode_base64(b64->text(), decoded))
      return fail(Code::BadRequest, fmt::format("{}: 'b64' is not base64", what));
    return Raw(std::move(decoded));
  }
  if (bytes == Bytes::Loose)
    return Raw(json::to_text(*from));
  return fail(Code::BadRequest, fmt::format("{} is neither text, {{\"b64\"}} nor null", what));
}

Result<std::optional<std::int64_t>> read_number(const json::Value &from, std::string_view key,
                                                std::int64_t low, std::int64_t high) {
  const json::Value *member = from.find(key);
  if (member == nullptr || member->is_null())
    return std::optional<std::int64_t>();
  const auto number = member->integer();
  if (!number || *number < low || *number > high)
    return fail(Code::BadRequest, fmt::format("'{}' is no whole number that fits", key));
  return std::optional(*number);
}

Result<RawHeader> read_header(const json::Value &from, Bytes bytes) {
  const auto pair = from.items();
  if (pair.size() != 2 || !pair[0].is_string())
    return fail(Code::BadRequest, "'headers' is no list of [key, value]");
  RawHeader header{encoded(pair[0].text()), {}};
  HOST_ASSIGN(header.value, read_raw(&pair[1], bytes, "a header's value"));
  return header;
}

} // namespace

Result<Config> read_config(const json::Value &from) {
  if (!from.is_object())
    return fail(Code::BadRequest, "'config' is no object");
  Config config;
  for (const json::Member &member : from.members()) {
    if (member.value.is_null())
      config.nulls.insert(member.key);
    else if (member.value.is_string())
      config.entries.append(member.key, std::string(member.value.text()));
    else if (member.value.is_number() || member.value.is_boolean())
      config.entries.append(member.key, json::to_text(member.value));
    else
      return fail(Code::BadRequest, fmt::format("'config': '{}' is no text", member.key));
  }
  return config;
}

Result<transform::Direction> read_direction(std::string_view from) {
  if (from == "sink")
    return transform::Direction::Sink;
  if (from == "source")
    return transform::Direction::Source;
  return fail(Code::BadRequest, "'direction' is neither \"sink\" nor \"source\"");
}

Result<RawRecord> read_record(const json::Value &from, Bytes bytes) {
  if (!from.is_object())
    return fail(Code::BadRequest, "'record' is no object");
  RawRecord record;
  HOST_ASSIGN(record.topic, from.string_of("topic"));
  record.topic = encoded(record.topic);
  using Int32 = std::numeric_limits<std::int32_t>;
  using Int64 = std::numeric_limits<std::int64_t>;
  HOST_ASSIGN(const auto partition, read_number(from, "partition", Int32::min(), Int32::max()));
  if (partition)
    record.partition = static_cast<std::int32_t>(*partition);
  HOST_ASSIGN(const auto offset, read_number(from, "offset", Int64::min(), Int64::max()));
  record.offset = offset.value_or(0);
  HOST_ASSIGN(record.timestamp_ms, read_number(from, "timestamp", Int64::min(), Int64::max()));
  HOST_ASSIGN(record.key, read_raw(from.find("key"), bytes, "'key'"));
  HOST_ASSIGN(record.value, read_raw(from.find("value"), bytes, "'value'"));
  const json::Value *headers = from.find("headers");
  if (headers == nullptr || headers->is_null())
    return record;
  if (!headers->is_array())
    return fail(Code::BadRequest, "'headers' is no list of [key, value]");
  for (const json::Value &item : headers->items()) {
    HOST_ASSIGN(RawHeader header, read_header(item, bytes));
    record.headers.push_back(std::move(header));
  }
  return record;
}

void append_raw(std::string &out, const Raw &raw) {
  if (!raw) {
    out += "null";
  } else if (utf8::valid(*raw)) {
    json::append_quoted(out, *raw);
  } else {
    out += "{\"b64\":\"";
    data::append_base64(out, *raw);
    out += "\"}";
  }
}

void append_record(std::string &out, const RawRecord &record) {
  out += "{\"topic\":";
  json::append_quoted(out, record.topic);
  out += ",\"partition\":";
  out += record.partition ? std::to_string(*record.partition) : "null";
  out += ",\"timestamp\":";
  out += record.timestamp_ms ? std::to_string(*record.timestamp_ms) : "null";
  out += ",\"key\":";
  append_raw(out, record.key);
  out += ",\"value\":";
  append_raw(out, record.value);
  out += ",\"headers\":[";
  for (const RawHeader &header : record.headers) {
    out += &header == record.headers.data() ? "[" : ",[";
    json::append_quoted(out, header.key);
    out += ',';
    append_raw(out, header.value);
    out += ']';
  }
  out += "]}";
}

} // namespace host::app::dry_run
