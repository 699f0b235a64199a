// Compares our Values with Kafka Connect's (data/values.jsonl). SLUICE_VALUES_CASES names a further
// file of such lines, for longer runs against random texts.
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "host/data/decimal.h"
#include "host/data/objects.h"
#include "host/data/values.h"
#include "host/json/parse.h"
#include "tests/support/allocations.h"
#include "tests/unit/data/same_numbers.h"
#include "tests/unit/data/scalar_dump.h"

namespace host::data {
namespace {

std::string name(const Schema *schema) {
  if (schema == nullptr)
    return "null";
  std::string text(name_of(schema->type()));
  if (schema->name()) {
    text = schema->name()->substr(schema->name()->rfind('.') + 1) +
           std::to_string(schema->version().value());
    for (const auto &[key, value] : schema->parameters())
      text.append("{").append(key).append("=").append(value).append("}");
  }
  if (schema->type() == Type::Array)
    text += "<" + name(schema->value_schema()) + ">";
  if (schema->type() == Type::Map)
    text += "<" + name(schema->key_schema()) + "," + name(schema->value_schema()) + ">";
  return text + (schema->optional() ? "?" : "");
}

// An unscaled value as a decimal number.
std::string digits(std::string_view unscaled) {
  std::string text;
  append_decimal(text, unscaled, 0);
  return text;
}

std::string dump(const Cell *&cell, const Schema *schema) {
  const Cell &at = *cell++;
  if (const auto decimal = decimal_of(at, schema))
    return "dec" + std::to_string(decimal->scale) + ":" + digits(decimal->unscaled);
  if (const auto ms = date_ms_of(at, schema))
    return "date:" + std::to_string(*ms);
  switch (type_of(at)) {
  case Type::String:
    return "'" + std::string(text_of(at)) + "'";
  case Type::Array:
  case Type::Map: {
    const bool map = type_of(at) == Type::Map;
    std::string text = map ? "{" : "[";
    for (std::uint32_t i = 0; i < at.n; ++i) {
      text += i > 0 ? "," : "";
      if (map)
        text += dump(cell, schema != nullptr ? schema->key_schema() : nullptr) + "=";
      text += dump(cell, schema != nullptr ? schema->value_schema() : nullptr);
    }
    return text + (map ? "}" : "]");
  }
  default:
    return scalar_dump(at);
  }
}

std::string dump(const Datum &datum) {
  if (is_null(datum))
    return "null";
  if (is_raw(datum))
    return "'" + std::string(text_of(datum.raw)) + "'";
  const Cell *cell = datum.cells;
  return dump(cell, schema_of(datum));
}

void check(const json::Value &wanted, ValuesParser &parser) {
  const std::string in(wanted.find("in")->text());
  SCOPED_TRACE(in);
  Arena arena;
  const auto datum = parser.parse(in, arena);
  ASSERT_TRUE(datum.has_value());
  EXPECT_EQ(name(schema_of(*datum)), wanted.find("schema")->text());
  EXPECT_EQ(dump(*datum), wanted.find("value")->text());
  if (is_null(*datum))
    return;
  std::string text;
  append_values_text(text, *datum);
  const std::string_view theirs = wanted.find("text")->text();
  EXPECT_TRUE(same_but_for_digits(text, theirs)) << text << "\n" << theirs;
  // In a plugin's form it is still a well-formed value.
  Datum plain = *datum;
  if (to_plugin(plain, arena)) {
    const Status checked = check_datum(plain);
    EXPECT_TRUE(checked.has_value()) << checked.error().message();
  }
}

int check_file(const char *path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.good()) << path;
  SchemaPool pool;
  ValuesParser parser(pool);
  int checked = 0;
  for (std::string line; std::getline(file, line); ++checked)
    check(json::parse(line).value(), parser);
  return checked;
}

TEST(Values, AreReadAndWrittenAsConnectDoes) {
  EXPECT_GT(check_file(SLUICE_DATA_DATA "/values.jsonl"), 2300);
  if (const char *more = std::getenv("SLUICE_VALUES_CASES"))
    std::printf("%d more cases\n", check_file(more));
}

// Connect overflows its stack somewhere below a few thousand brackets and keeps the bytes then.
TEST(Values, TooDeepIsNoValue) {
  SchemaPool pool;
  ValuesParser parser(pool);
  Arena arena;
  const std::string deep = std::string(1001, '[') + std::string(1001, ']');
  EXPECT_FALSE(parser.parse(deep, arena).has_value());
  EXPECT_TRUE(parser.parse(deep.substr(1, 2000), arena).has_value());
}

// What takes long in a naive parser: nesting that never ends, and many equal keys.
TEST(Values, HostileTextsAreReadInLinearTime) {
  SchemaPool pool;
  ValuesParser parser(pool);
  Arena arena;
  std::string open;
  std::string keys = "{";
  for (int i = 0; i < 100'000; ++i) {
    open += "[1,";
    keys += "1:2,";
  }
  EXPECT_FALSE(parser.parse(open, arena).has_value());
  const auto map = parser.parse(keys + "}", arena);
  ASSERT_TRUE(map.has_value());
  EXPECT_EQ(dump(*map), "{i8:1=i8:2}");
}

TEST(Values, AllocateNothingWhenWarm) {
  SchemaPool pool;
  ValuesParser parser(pool);
  Arena arena;
  std::string out;
  const auto round = [&] {
    arena.reset();
    for (const char *text : {"text", "42", "-1.5", "true", "[1,2,300]", R"(["a","b"])"}) {
      out.clear();
      append_values_text(out, *parser.parse(text, arena));
    }
  };
  for (int i = 0; i < 3; ++i)
    round();
  const std::size_t before = allocation_count();
  for (int i = 0; i < 100; ++i)
    round();
  EXPECT_EQ(allocation_count() - before, 0u);
}

} // namespace
} // namespace host::data
