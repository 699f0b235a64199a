#include <string>

#include <gtest/gtest.h>

#include "host/data/converter.h"
#include "host/data/decimal.h"

namespace host::data {
namespace {

std::unique_ptr<Converter> json(const StringMap &config, SchemaPool &pool) {
  return make_converter("Json", config, ConverterRole::Value, pool).value();
}

constexpr std::string_view kEnveloped =
    R"({"schema":{"type":"struct","fields":[{"type":"int32","optional":false,"field":"i"},)"
    R"({"type":"string","optional":true,"field":"s"}],"optional":false},"payload":)";

// The remembered beginning of an envelope is a shortcut, not another meaning.
TEST(JsonConverter, EnvelopesMayDifferFromRecordToRecord) {
  SchemaPool pool;
  const auto converter = json({}, pool);
  Arena arena;
  std::string out;
  const auto echo = [&](const std::string &text) {
    const auto datum = converter->to_connect("t", bytes_of(text), arena);
    if (!datum)
      return datum.error().message().substr(0, 40);
    return std::string(text_of(*converter->from_connect("t", *datum, out)));
  };
  const std::string head(kEnveloped);
  EXPECT_EQ(echo(head + R"({"i":1,"s":"a"}})"), head + R"({"i":1,"s":"a"}})");
  EXPECT_EQ(echo(head + R"({"s":"b","i":2}})"), head + R"({"i":2,"s":"b"}})");
  EXPECT_EQ(echo(head + R"({"i":3}, "payload":{"i":4}})"), head + R"({"i":4,"s":null}})");
  EXPECT_EQ(echo(head + R"({"i":3}, "x":1})"), "JsonConverter with schemas.enable requir");
  EXPECT_EQ(echo(head + R"({"i":3})"), "Converting byte[] to Kafka Connect data ");
  EXPECT_EQ(echo(R"({"schema":{"type":"int8"},"payload":5})"),
            R"({"schema":{"type":"int8","optional":false},"payload":5})");
  EXPECT_EQ(echo(head + R"({"i":5,"s":null}})"), head + R"({"i":5,"s":null}})");
}

// Keys expected from the records before are a shortcut, not another meaning.
TEST(JsonConverter, ObjectsMayDifferFromRecordToRecord) {
  SchemaPool pool;
  const auto warm = json({{"schemas.enable", "false"}}, pool);
  Arena arena;
  std::string out;
  const auto echo = [&](Converter &converter, const std::string &text) {
    const auto datum = converter.to_connect("t", bytes_of(text), arena);
    if (!datum)
      return datum.error().message() + datum.error().cause()->message();
    return std::string(text_of(*converter.from_connect("t", *datum, out)));
  };
  const std::string usual =
      R"({"id":1,"name":"x","tags":[{"k":1,"v":2},{"k":3,"v":4}],"n":{"a":1}})";
  for (int i = 0; i < 3; ++i)
    echo(*warm, usual);
  for (const char *text :
       {R"({"id":1,"name":"x","tags":[{"k":1,"v":2},{"v":4,"k":3}],"n":{"a":1}})",
        R"({"name":"x","id":1})", R"({"id":1,"tags":[]})", R"({"n":null})", "{}",
        R"({"id":1,"name":"x","tags":[{"k":1}],"n":{"a":1},"more":5})",
        R"({"id":1,"name":"x","id":2})", R"({"id":1,"name":"x","tags":[],"n":{},"n":{"a":2}})",
        R"({ "id" : 1 , "name" : "x" })", R"({"id": 1, "name": "x", "tags": [], "n": {"a": 2}})",
        R"({"i\u0064":1,"name":"x"})", R"({"id":1,"name":"x",})", R"({"id":1 "name":"x"})",
        R"({"id":1,"name":"x","tags":[],"n":{"a":1})", R"({"id":1,"name")", R"({"id":1,"name":)",
        R"({"id")", R"({"id":1]})", R"([{"id":1,"name":"x"},{"id":2}])"}) {
    const auto fresh = json({{"schemas.enable", "false"}}, pool);
    EXPECT_EQ(echo(*warm, text), echo(*fresh, text)) << text;
    echo(*warm, usual);
  }
}

// With fewer keys a HashMap is smaller and may have another order.
TEST(JsonConverter, AbsentKeysMayChangeTheOrder) {
  SchemaPool pool;
  const auto warm = json({{"schemas.enable", "false"}}, pool);
  Arena arena;
  std::string out;
  const auto text_without = [](int absent) {
    std::string text = "{";
    for (int i = 0; i < 14; ++i)
      if (i != absent && (absent < 0 || i != 13))
        text += (text.size() > 1 ? ",\"key" : "\"key") + std::to_string(i * 7919) +
                "\":" + std::to_string(i);
    return text + "}";
  };
  const auto echo = [&](Converter &converter, const std::string &text) {
    const Datum datum = converter.to_connect("t", bytes_of(text), arena).value();
    return std::string(text_of(*converter.from_connect("t", datum, out)));
  };
  for (int i = 0; i < 3; ++i)
    echo(*warm, text_without(-1));
  for (int absent = 0; absent < 13; ++absent) {
    const auto fresh = json({{"schemas.enable", "false"}}, pool);
    EXPECT_EQ(echo(*warm, text_without(absent)), echo(*fresh, text_without(absent)));
  }
}

// `a` and `q` share a bucket of sixteen, so the second `a` is not beside the first.
TEST(JsonConverter, RepeatedKeysAreFoundBehindOthersOfTheirBucket) {
  SchemaPool pool;
  const auto converter = json({{"schemas.enable", "false"}}, pool);
  Arena arena;
  std::string out;
  const Datum datum = converter->to_connect("t", bytes_of(R"({"a":1,"q":2,"a":3})"), arena).value();
  EXPECT_EQ(text_of(*converter->from_connect("t", datum, out)), R"({"a":3,"q":2})");
}

// Members out of order, and misfits whose keys come again, at every level: were a level to read the
// one below twice, this would not end.
TEST(JsonConverter, NoValueIsReadTwiceHoweverDeepStructsNest) {
  std::string schema = R"({"type":"int32"})";
  std::string swapped = "1";
  std::string repeated = "1";
  for (int depth = 0; depth < 100; ++depth) {
    const auto field = [](std::string_view inner, std::string_view name) {
      return std::string(inner.substr(0, inner.size() - 1)).append(R"(,"field":")").append(name) +
             "\"}";
    };
    schema = R"({"type":"struct","fields":[)" + field(schema, "x") + "," +
             field(R"({"type":"int32"})", "a") + "," + field(R"({"type":"int32"})", "b") + "]}";
    swapped = R"({"x":)" + swapped + R"(,"b":1,"a":2})";
    repeated = R"({"x":)" + repeated + R"(,"a":null,"b":null,"a":1,"b":2})";
  }
  SchemaPool pool;
  const auto converter = json({}, pool);
  Arena arena;
  for (const std::string &payload : {swapped, repeated}) {
    const std::string text = R"({"schema":)" + schema + R"(,"payload":)" + payload + "}";
    const auto datum = converter->to_connect("t", bytes_of(text), arena);
    ASSERT_TRUE(datum) << datum.error().message();
    EXPECT_EQ(datum->n_cells, 301u);
  }
}

TEST(JsonConverter, SyntaxComesBeforeData) {
  SchemaPool pool;
  const auto converter = json({}, pool);
  Arena arena;
  const auto fault = [&](const std::string &text) {
    return converter->to_connect("t", bytes_of(text), arena).error().message();
  };
  const std::string head(kEnveloped);
  EXPECT_EQ(fault(head + R"({"i":null,"s":"a"}})"), "Invalid null value for required INT32 field");
  EXPECT_EQ(fault(head + R"({"i":null,"s":"a}})"),
            "Converting byte[] to Kafka Connect data failed due to serialization error: ");
}

// For plugins a decimal has its schema's scale.
TEST(Decimals, AreRescaledOnlyWithoutLoss) {
  const auto at_scale = [](std::string_view literal, std::int32_t scale) {
    const auto unscaled = rescale(*parse_decimal(literal), scale);
    if (!unscaled)
      return std::string("lost");
    std::string text;
    append_decimal(text, *unscaled, scale);
    return text;
  };
  EXPECT_EQ(at_scale("12", 2), "12.00");
  EXPECT_EQ(at_scale("1e2", 2), "100.00");
  EXPECT_EQ(at_scale("12.340", 2), "12.34");
  EXPECT_EQ(at_scale("12.345", 2), "lost");
  EXPECT_EQ(at_scale("-0.5", 1), "-0.5");
  EXPECT_EQ(at_scale("1e999999999", 0), "lost");
  EXPECT_EQ(at_scale("123456789012345678901234567890", 0), "123456789012345678901234567890");
  EXPECT_EQ(at_scale("-128", 0), "-128");
  EXPECT_EQ(parse_decimal("-128")->unscaled, std::string("\x80", 1));
  EXPECT_EQ(parse_decimal("128")->unscaled, std::string("\0\x80", 2));
}

TEST(Factory, KnowsClassesAndAliases) {
  SchemaPool pool;
  for (const char *name : {"Json", "JsonConverter", "org.apache.kafka.connect.json.JsonConverter",
                           "String", "ByteArray", "LongConverter"})
    EXPECT_TRUE(make_converter(name, {}, ConverterRole::Key, pool)) << name;
  for (const char *name : {"Simple", "SimpleHeaderConverter", "Json", "StringConverter"})
    EXPECT_TRUE(make_header_converter(name, {}, pool)) << name;
  EXPECT_TRUE(make_converter("Avro", {}, ConverterRole::Key, pool)
                  .error()
                  .message()
                  .starts_with("Failed to find any class that implements Converter and which name "
                               "matches Avro, available converters are: "));
  EXPECT_EQ(make_converter("Json", {{"decimal.format", "hex"}}, ConverterRole::Key, pool)
                .error()
                .message(),
            "Invalid value hex for configuration decimal.format: String must be one of (case "
            "insensitive): NUMERIC, BASE64");
}

TEST(Factory, SaysWhichConvertersHandBytesOn) {
  SchemaPool pool;
  const auto raw = [&](const char *name, const StringMap &config) {
    return make_converter(name, config, ConverterRole::Value, pool).value()->raw_schema();
  };
  EXPECT_EQ(raw("ByteArray", {}), Schema::primitive(Type::Bytes, true));
  EXPECT_EQ(raw("String", {}), Schema::primitive(Type::String, true));
  EXPECT_EQ(raw("String", {{"converter.encoding", "UTF-16"}}), nullptr);
  EXPECT_EQ(raw("Json", {}), nullptr);
}

// A listed difference: FileStreamSource can write through ByteArrayConverter.
TEST(ByteArrayConverter, GivesBytesBackAndRefusesText) {
  SchemaPool pool;
  const auto converter = make_converter("ByteArray", {}, ConverterRole::Value, pool).value();
  std::string out;
  const Datum bytes = raw_datum(bytes_of("a line"), Schema::primitive(Type::Bytes, false));
  const Bytes written = converter->from_connect("t", bytes, out).value();
  EXPECT_EQ(written.ptr, bytes.raw.ptr);
  EXPECT_EQ(text_of(written), "a line");
  const Datum text = raw_datum(bytes_of("a line"), Schema::primitive(Type::String, false));
  const auto refused = converter->from_connect("t", text, out);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "Invalid schema type for ByteArrayConverter: STRING");
}

TEST(StringConverter, RepairsTextThatIsLookedAt) {
  SchemaPool pool;
  Arena arena;
  const auto converter = make_converter("String", {}, ConverterRole::Value, pool).value();
  const Datum good = converter->to_connect("t", bytes_of("zw\xC3\xB6lf"), arena).value();
  EXPECT_EQ(text_of(good.raw), "zw\xC3\xB6lf");
  const Datum bad = converter->to_connect("t", bytes_of("a\xFF\xC0\x80"), arena).value();
  EXPECT_EQ(text_of(bad.raw), "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(HeaderConverter, ReadsScalarsAndLeavesTheRestAsText) {
  SchemaPool pool;
  const auto converter = make_header_converter("Simple", {}, pool).value();
  Arena arena;
  std::string out;
  const auto read = [&](std::string_view text) {
    const Datum datum = converter->to_connect("t", "h", bytes_of(text), arena).value();
    const Schema *schema = schema_of(datum);
    return (schema != nullptr ? std::string(name_of(schema->type())) : "none") + " " +
           std::string(text_of(*converter->from_connect("t", "h", datum, out)));
  };
  EXPECT_EQ(read("null"), "none ");
  EXPECT_EQ(read(" true "), "BOOLEAN true");
  EXPECT_EQ(read("42"), "INT8 42");
  EXPECT_EQ(read("128"), "INT16 128");
  EXPECT_EQ(read("2147483648"), "INT64 2147483648");
  EXPECT_EQ(read("1.0"), "INT8 1");
  EXPECT_EQ(read("1.5"), "FLOAT32 1.5");
  EXPECT_EQ(read("text"), "STRING text");
  EXPECT_EQ(read(""), "STRING ");
}

} // namespace
} // namespace host::data
