#include "tests/unit/transform/case_runner.h"

#include "host/base/utf8.h"
#include "host/data/base64.h"

namespace tests {
namespace {

using namespace host;
using json::Value;

// `[B@1b2c3d` and the like: addresses of a run.
std::string without_hashes(std::string_view message) {
  std::string text;
  for (std::size_t at = 0; at < message.size(); ++at) {
    text += message[at];
    if (message[at] != '@' || at == 0 || message.substr(at + 1, 1) != "0")
      continue;
    text += "HASH";
    ++at;
  }
  return text;
}

} // namespace

Value CaseRunner::error(std::string_view stage, const Error &error) const {
  const std::string_view class_name = error.exception();
  return Value::object(
      {{"error", Value::object({{"stage", stage},
                                {"class", class_name.substr(class_name.find_last_of(".$") + 1)},
                                {"message", without_hashes(error.message())}})}});
}

bool CaseRunner::start() {
  for (const json::Member &member : case_.find("config")->members())
    if (member.value.is_null())
      nulls_.insert(member.key);
    else
      entries_.set(member.key, std::string(member.value.text()));
  config::Submitted config{entries_, nulls_};
  const auto make = [&](const std::string &name, const char *fallback) {
    const std::string key = name + ".converter";
    return std::pair(entries_.get(key, fallback), entries_.with_prefix(key + "."));
  };
  const auto [key_class, key_config] = make("key", "JsonConverter");
  const auto [value_class, value_config] = make("value", "JsonConverter");
  const auto [header_class, header_config] = make("header", "SimpleHeaderConverter");
  auto key = data::make_converter(key_class, key_config, data::ConverterRole::Key, pool_);
  auto value = data::make_converter(value_class, value_config, data::ConverterRole::Value, pool_);
  auto header = data::make_header_converter(header_class, header_config, pool_);
  auto chain = transform::Chain::create(config, pool_);
  for (const Error *failed :
       {!chain ? &chain.error() : nullptr, !key ? &key.error() : nullptr,
        !value ? &value.error() : nullptr, !header ? &header.error() : nullptr})
    if (failed != nullptr) {
      result_ = error("config", *failed);
      return false;
    }
  key_ = *std::move(key);
  value_ = *std::move(value);
  header_ = *std::move(header);
  chain_ = *std::move(chain);
  return true;
}

data::Bytes CaseRunner::bytes(const Value *value) {
  if (value == nullptr || value->is_null())
    return data::kNullBytes;
  if (value->is_string())
    return data::bytes_of(arena_.copy(value->text()));
  std::string decoded;
  data::decode_base64(value->find("b64")->text(), decoded);
  return data::bytes_of(arena_.copy(std::string_view(decoded)));
}

bool CaseRunner::convert_in() {
  const Value &from = *case_.find("record");
  record_.direction = case_.string_or("direction", "sink").value() == "sink"
                          ? transform::Direction::Sink
                          : transform::Direction::Source;
  const std::string topic = from.string_of("topic").value();
  record_.topic = arena_.copy(std::string_view(topic));
  record_.original_topic = record_.topic;
  record_.offset = from.integer_or("offset", 0).value();
  if (const Value *partition = from.find("partition"); partition && !partition->is_null())
    record_.partition = static_cast<std::int32_t>(partition->integer().value());
  record_.original_partition = record_.partition;
  if (const Value *timestamp = from.find("timestamp");
      timestamp && timestamp->integer().value_or(-1) != -1)
    record_.timestamp_ms = timestamp->integer().value();
  if (from.find("timestamp") == nullptr || from.find("timestamp")->is_null())
    record_.timestamp_type = "NoTimestampType";
  if (record_.direction == transform::Direction::Source) {
    record_.source_partition = "{}";
    record_.source_offset = "{}";
  }
  if (const Value *headers = from.find("headers"))
    for (const Value &header : headers->items()) {
      const std::string_view name = arena_.copy(header.items()[0].text());
      auto value = header_->to_connect(topic, name, bytes(&header.items()[1]), arena_);
      if (!value) {
        result_ = error("convert_in", value.error());
        return false;
      }
      record_.headers.push_back(transform::make_header(name, *value));
    }
  for (const bool is_key : {true, false}) {
    auto datum = (is_key ? key_ : value_)
                     ->to_connect(topic, bytes(from.find(is_key ? "key" : "value")), arena_);
    if (!datum) {
      result_ = error("convert_in", datum.error());
      return false;
    }
    (is_key ? record_.key : record_.value) = *datum;
  }
  return true;
}

Value CaseRunner::text(data::Bytes bytes) {
  if (bytes.ptr == nullptr)
    return nullptr;
  if (utf8::valid(data::text_of(bytes)))
    return data::text_of(bytes);
  std::string encoded;
  data::append_base64(encoded, data::text_of(bytes));
  return Value::object({{"b64", encoded}});
}

bool CaseRunner::convert_out() {
  Value headers = Value::array();
  std::string scratch;
  const auto failed = [&](const Error &why) {
    result_ = error("convert_out", why);
    return false;
  };
  for (const transform::Header &header : record_.headers) {
    const auto bytes =
        header_->from_connect(record_.topic, transform::key_of(header), header.value, scratch);
    if (!bytes)
      return failed(bytes.error());
    headers.push(Value::array({Value(transform::key_of(header)), text(*bytes)}));
  }
  const auto key = key_->from_connect(record_.topic, record_.key, scratch);
  if (!key)
    return failed(key.error());
  Value key_text = text(*key);
  const auto value = value_->from_connect(record_.topic, record_.value, scratch);
  if (!value)
    return failed(value.error());
  result_ = Value::object(
      {{"out",
        Value::object({{"topic", record_.topic},
                       {"partition", record_.partition ? Value(*record_.partition) : Value()},
                       {"timestamp", record_.timestamp_ms ? Value(*record_.timestamp_ms) : Value()},
                       {"key", std::move(key_text)},
                       {"value", text(*value)},
                       {"headers", std::move(headers)}})}});
  return true;
}

Value CaseRunner::run() {
  if (!start() || !convert_in())
    return result_;
  switch (chain_.apply(record_, arena_)) {
  case transform::Outcome::Filtered:
    return Value::object({{"out", nullptr}});
  case transform::Outcome::Failed:
    return error("transform", chain_.take_failure().error);
  case transform::Outcome::Passed:
    break;
  }
  convert_out();
  return result_;
}

} // namespace tests
