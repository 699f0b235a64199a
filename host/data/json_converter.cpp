#include <map>

#include "host/base/java_text.h"
#include "host/data/builtin.h"
#include "host/data/json_decode.h"
#include "host/data/json_encode.h"
#include "host/json/encoding.h"
#include "host/json/parse.h"

namespace host::data {
namespace {

constexpr std::string_view kNoEnvelope =
    "JsonConverter with schemas.enable requires \"schema\" and \"payload\" fields and may not "
    "contain additional fields. If you are trying to deserialize plain JSON data, set "
    "schemas.enable=false in your converter configuration.";

constexpr json::Dialect kDialect{.leading_zeros = true};

// Texts of schemas that are remembered: many small ones, or a few that are very large.
constexpr std::size_t kMostSchemaBytes = std::size_t{16} << 20;

struct JsonSettings {
  bool schemas = true;
  std::size_t cache_size = 1000;
  JsonOptions options;
  const Schema *content = nullptr; // schema.content
};

// JsonConverter (contract 8.2). With schemas, records of one topic mostly begin with the same bytes
// up to their payload; these are compared and not parsed again.
class JsonConverter final : public Converter, SchemaHolder {
public:
  JsonConverter(const JsonSettings &settings, SchemaPool &pool)
      : SchemaHolder(pool), settings_(settings), pool_(pool), encoder_(settings.options),
        decoder_(settings.options) {}

  Result<Datum> to_connect(std::string_view, Bytes bytes, Arena &arena) override {
    if (bytes.ptr == nullptr)
      return null_datum();
    std::string_view text = json::to_utf8(text_of(bytes), wide_);
    if (text.data() == wide_.data())
      text = arena.copy(text); // the datum will point into it
    if (!settings_.schemas)
      return decoder_.decode(text, nullptr, arena);
    if (settings_.content != nullptr)
      return decoder_.decode(text, settings_.content, arena);
    return from_envelope(text, arena);
  }

  Result<Bytes> from_connect(std::string_view, const Datum &datum, std::string &out) override {
    const Schema *schema = schema_of(datum);
    if (schema == nullptr && is_null(datum))
      return kNullBytes;
    out.clear();
    if (!settings_.schemas) {
      HOST_TRY(encoder_.append(out, datum));
      return bytes_of(out);
    }
    HOST_ASSIGN(const std::string *head, envelope_head(schema));
    out += *head;
    HOST_TRY(encoder_.append(out, datum, 1));
    out += '}';
    return bytes_of(out);
  }

private:
  void forget_schemas() override {
    heads_.clear();
    last_schema_ = nullptr;
    last_head_ = nullptr;
    schemas_.clear();
    schema_bytes_ = 0;
    prefix_.clear();
    prefix_schema_ = nullptr;
  }

  // `{"schema":…,"payload":` of a schema.
  Result<const std::string *> envelope_head(const Schema *schema) {
    if (schema == last_schema_ && last_head_ != nullptr)
      return last_head_;
    auto found = heads_.find(schema);
    if (found == heads_.end()) {
      std::string head = "{\"schema\":";
      HOST_TRY(append_json_schema(head, schema, settings_.options));
      head += ",\"payload\":";
      if (heads_.size() >= settings_.cache_size)
        heads_.clear();
      found = heads_.emplace(schema, std::move(head)).first;
    }
    last_schema_ = schema;
    last_head_ = &found->second;
    return last_head_;
  }

  Result<Datum> from_envelope(std::string_view text, Arena &arena) {
    if (!prefix_.empty() && text.starts_with(prefix_)) {
      bool more = false;
      auto datum = decoder_.decode_member(text, prefix_.size(), prefix_schema_, arena, more);
      if (datum && !more)
        return datum; // else the text may go on with another payload
    }
    return from_any_envelope(text, arena);
  }

  // What an envelope's text consists of.
  struct Envelope {
    std::size_t schema_begin = 0;
    std::size_t schema_end = 0;
    std::size_t payload_begin = 0;
    bool payload_last = false;
    bool valid = false;
  };

  // Reads the whole text once; later members of a name replace earlier ones, as in Jackson's tree.
  bool take_apart(std::string_view text, Envelope &envelope) {
    json::Scanner &scanner = decoder_.scanner();
    scanner.reset(text);
    const json::Token first = scanner.next();
    if (first != json::Token::ObjectBegin) {
      scanner.skip(first);
      return scanner.next() != json::Token::Fault;
    }
    bool schema = false;
    bool payload = false;
    bool others = false;
    for (;;) {
      const json::Token key = scanner.next();
      if (key == json::Token::Fault)
        return false;
      if (key == json::Token::ObjectEnd)
        break;
      const bool is_schema = scanner.text() == "schema";
      const bool is_payload = scanner.text() == "payload";
      const std::size_t begin = scanner.position();
      if (!scanner.skip(scanner.next()))
        return false;
      if (is_schema) {
        envelope.schema_begin = begin;
        envelope.schema_end = scanner.position();
      } else if (is_payload) {
        envelope.payload_begin = begin;
      }
      schema |= is_schema;
      payload |= is_payload;
      others |= !is_schema && !is_payload;
      envelope.payload_last = is_payload;
    }
    envelope.valid = schema && payload && !others;
    return true;
  }

  Result<Datum> from_any_envelope(std::string_view text, Arena &arena) {
    Envelope envelope;
    if (!take_apart(text, envelope))
      return fail(JsonDecoder::serialization_error(decoder_.scanner().fault()));
    if (!envelope.valid)
      return data_error(std::string(kNoEnvelope));
    HOST_ASSIGN(const Schema *schema,
                schema_of_text(text.substr(envelope.schema_begin,
                                           envelope.schema_end - envelope.schema_begin)));
    if (envelope.payload_last && envelope.schema_begin < envelope.payload_begin) {
      prefix_.assign(text.substr(0, envelope.payload_begin));
      prefix_schema_ = schema;
    }
    bool more = false;
    return decoder_.decode_member(text, envelope.payload_begin, schema, arena, more);
  }

  Result<const Schema *> schema_of_text(std::string_view text) {
    if (const auto found = schemas_.find(text); found != schemas_.end())
      return found->second;
    HOST_ASSIGN(const json::Value value,
                json::parse(text, json::Trailing::Ignore, nullptr, kDialect));
    HOST_ASSIGN(const Schema *schema, parse_json_schema(value, pool_, settings_.options));
    schema_bytes_ += text.size();
    if (schemas_.size() >= settings_.cache_size || schema_bytes_ > kMostSchemaBytes) {
      schemas_.clear();
      schema_bytes_ = text.size();
    }
    schemas_.emplace(text, schema);
    return schema;
  }

  JsonSettings settings_;
  SchemaPool &pool_;
  JsonEncoder encoder_;
  JsonDecoder decoder_;
  std::string wide_;
  std::map<const Schema *, std::string> heads_;
  const Schema *last_schema_ = nullptr;
  const std::string *last_head_ = nullptr; // of last_schema_, in heads_
  std::map<std::string, const Schema *, std::less<>> schemas_;
  std::size_t schema_bytes_ = 0; // of their texts
  std::string prefix_; // what a text began with up to its payload, and the schema that says
  const Schema *prefix_schema_ = nullptr;
};

// schema.content: the one schema of all messages. Empty and `null` are not set.
Result<const Schema *> content_schema(const std::string &text, SchemaPool &pool,
                                      const JsonOptions &options) {
  if (java::trim(text).empty())
    return static_cast<const Schema *>(nullptr);
  json::Fault fault;
  const auto value = json::parse(text, json::Trailing::Ignore, &fault, kDialect);
  if (!value)
    return fail(JsonDecoder::serialization_error(
        fault, "Failed to parse schema in converter config due to serialization error: "));
  return parse_json_schema(*value, pool, options);
}

} // namespace

Result<std::unique_ptr<Converter>> make_json_converter(const config::Values &values,
                                                       SchemaPool &pool) {
  JsonSettings settings;
  settings.schemas = values.boolean("schemas.enable");
  settings.cache_size =
      static_cast<std::size_t>(std::max<std::int64_t>(values.integer("schemas.cache.size"), 1));
  std::string format = values.text("decimal.format");
  for (char &c : format)
    c = static_cast<char>(c | 0x20);
  settings.options.numeric_decimals = format == "numeric";
  settings.options.replace_null_with_default = values.boolean("replace.null.with.default");
  HOST_ASSIGN(settings.content,
              content_schema(values.text("schema.content"), pool, settings.options));
  return std::unique_ptr<Converter>(std::make_unique<JsonConverter>(settings, pool));
}

} // namespace host::data
