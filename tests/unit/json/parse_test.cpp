#include "host/json/parse.h"

#include <cmath>
#include <random>
#include <string>

#include <gtest/gtest.h>
#define RAPIDJSON_HAS_STDSTRING 1
#include <rapidjson/document.h>

#include "host/json/writer.h"

namespace host::json {
namespace {

std::string echo(std::string_view text) {
  const auto value = parse(text);
  return value ? to_text(*value) : value.error().message();
}

TEST(Parse, KeepsOrderLiteralsAndNesting) {
  EXPECT_EQ(echo(R"( {"b":1.50,"a":[{},[],null,true,-0],"":"x"} )"),
            R"({"b":1.50,"a":[{},[],null,true,-0],"":"x"})");
}

TEST(Parse, LastOfEqualKeysWinsAtTheFirstPlace) {
  EXPECT_EQ(echo(R"({"a":1,"b":2,"a":3,"c":4,"b":5})"), R"({"a":3,"b":5,"c":4})");
}

TEST(Parse, RefusesWhatFollows) {
  Fault fault;
  EXPECT_FALSE(parse("{} {}", Trailing::Refuse, &fault));
  EXPECT_EQ(fault.kind, FaultKind::Trailing);
  EXPECT_EQ(fault.offset, 3u);
  EXPECT_EQ(fault.message, "Trailing token (of type START_OBJECT) found after value");
  EXPECT_FALSE(parse("{}x"));
  EXPECT_TRUE(parse("{} \n"));
  EXPECT_TRUE(parse("{}x", Trailing::Ignore));
}

TEST(Parse, ErrorsCarryJacksonsClassTextAndPlace) {
  Fault fault;
  const auto result = parse("{\"a\":1,\r\n b}", Trailing::Refuse, &fault);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().exception(), "com.fasterxml.jackson.core.JsonParseException");
  EXPECT_EQ(result.error().message(),
            "Unexpected character ('b' (code 98)): was expecting double-quote to start field name\n"
            " at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); "
            "line: 2, column: 2]");
  EXPECT_EQ(fault.line, 2u);
  EXPECT_EQ(fault.offset, 10u);
  EXPECT_EQ(parse("  ").error().message(),
            "No content to map due to end-of-input\n at [Source: REDACTED "
            "(`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1]");
}

TEST(Parse, ValuesKnowWhereTheyBegin) {
  const auto value = parse(R"({"a": [1, "x"]})");
  ASSERT_TRUE(value);
  const Value *a = value->find("a");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->offset(), 6u);
  EXPECT_EQ(a->items()[1].offset(), 10u);
}

TEST(Parse, DeepTextNeedsNoStack) {
  EXPECT_TRUE(parse(std::string(1000, '[') + std::string(1000, ']')));
  EXPECT_FALSE(parse(std::string(1001, '[') + std::string(1001, ']')));
  EXPECT_FALSE(parse(std::string(5'000'000, '[')));
}

TEST(Value, GettersNameWhatIsWrong) {
  const Value value = parse(R"({"n":1,"s":"x","f":1.5,"z":null})").value();
  EXPECT_EQ(value.integer_of("n").value(), 1);
  EXPECT_EQ(value.string_of("s").value(), "x");
  EXPECT_EQ(value.string_of("n").error().message(),
            "member \"n\": expected a string but found number");
  EXPECT_EQ(value.integer_of("f").error().message(),
            "member \"f\": expected a whole number of 64 bits but found 1.5");
  EXPECT_EQ(value.integer_of("q").error().message(), "member \"q\" is missing");
  EXPECT_EQ(value.integer_or("z", 7).value(), 7);
  EXPECT_EQ(value.string_or("q", "d").value(), "d");
  EXPECT_FALSE(value.string_or("n", "d"));
  EXPECT_EQ(Value(1).integer_of("a").error().message(),
            "expected an object with the member \"a\" but found number");
}

TEST(Value, BuildsWhatItParses) {
  Value value = Value::object({{"a", 1}, {"b", true}});
  value.set("c", Value::array({1.0, "x", nullptr}));
  value.set("a", -5);
  value.find("c")->push(Value::object());
  EXPECT_EQ(to_text(value), R"({"a":-5,"b":true,"c":[1.0,"x",null,{}]})");
  EXPECT_EQ(parse(to_text(value)).value(), value);
}

TEST(Value, StringMapsComeAndGoInOrder) {
  const StringMap map{{"z", "1"}, {"a", "2"}};
  EXPECT_EQ(to_text(Value(map)), R"({"z":"1","a":"2"})");
  EXPECT_EQ(parse(R"({"z":"1","a":"2"})")->string_map().value(), map);
  EXPECT_EQ(parse(R"({"z":1})")->string_map().error().message(),
            "member \"z\": expected a string but found number");
}

TEST(Writer, WritesCompactTextWithJavasNumbers) {
  std::string out;
  Writer(out)
      .begin_object()
      .field("i", 1)
      .field("d", 1e10)
      .field("f", 0.1f)
      .field("t", true)
      .field("s", "a/\"\\\n\x01\x1f\x7f é 😀")
      .key("n")
      .null()
      .key("l")
      .begin_array()
      .value(0.0 / 0.0)
      .value(-1.0 / 0.0)
      .begin_array()
      .end_array()
      .raw("{}")
      .end_array()
      .end_object();
  EXPECT_EQ(out, "{\"i\":1,\"d\":1.0E10,\"f\":0.1,\"t\":true,"
                 "\"s\":\"a/\\\"\\\\\\n\\u0001\\u001F\x7f é \\uD83D\\uDE00\",\"n\":null,"
                 "\"l\":[\"NaN\",\"-Infinity\",[],{}]}");
}

// A random text out of JSON's alphabet: mostly broken, sometimes not.
std::string random_text(std::mt19937 &random) {
  static const char *const kPieces[] = {"{",    "}",  "[",     "]",    ",",     ":",    "\"a\"",
                                        "\"\"", "1",  "-2",    "3.5",  "1e3",   " ",    "true",
                                        "null", "0",  "\"\\n", "\"",   "\\u12", "é",    "\x80",
                                        "\t",   "01", ".",     "fals", "-",     "\\\"", "12345678"};
  std::string text;
  const std::size_t count = random() % 12;
  for (std::size_t i = 0; i < count; ++i)
    text += kPieces[random() % std::size(kPieces)];
  return text;
}

void expect_same(const Value &ours, const rapidjson::Value &theirs) {
  switch (theirs.GetType()) {
  case rapidjson::kNullType:
    EXPECT_TRUE(ours.is_null());
    break;
  case rapidjson::kFalseType:
  case rapidjson::kTrueType:
    EXPECT_EQ(ours.boolean().value(), theirs.GetBool());
    break;
  case rapidjson::kStringType:
    EXPECT_EQ(ours.text(), std::string_view(theirs.GetString(), theirs.GetStringLength()));
    break;
  case rapidjson::kNumberType:
    // RapidJSON's exponent wraps when it is absurd.
    if (std::abs(ours.real().value()) < 1e300) {
      EXPECT_EQ(ours.real().value(), theirs.GetDouble());
    }
    break;
  case rapidjson::kArrayType:
    ASSERT_EQ(ours.items().size(), theirs.Size());
    for (rapidjson::SizeType i = 0; i < theirs.Size(); ++i)
      expect_same(ours.items()[i], theirs[i]);
    break;
  case rapidjson::kObjectType:
    for (const Member &member : ours.members())
      EXPECT_TRUE(theirs.HasMember(member.key));
    break;
  }
}

// An independent reader as the judge: same verdict and same values for 200,000 random texts.
TEST(Parse, AgreesWithRapidJson) {
  std::mt19937 random(20240601);
  int accepted = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::string text = random_text(random);
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag |
                   rapidjson::kParseFullPrecisionFlag>(text.data(), text.size());
    if (document.GetParseError() == rapidjson::kParseErrorNumberTooBig)
      continue; // a number for us, its value is the caller's business
    const auto ours = parse(text);
    ASSERT_EQ(ours.has_value(), !document.HasParseError()) << text;
    if (!ours)
      continue;
    ++accepted;
    expect_same(*ours, document);
  }
  EXPECT_GT(accepted, 1000);
}

} // namespace
} // namespace host::json
