// Compares our converters with what Kafka Connect's own did (data/converters.jsonl).
// SLUICE_CONVERTER_CASES names a further file of such lines, for longer runs against random texts.
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "host/base/utf8.h"
#include "host/data/converter.h"
#include "host/data/decimal.h"
#include "host/data/json_schema.h"
#include "host/data/objects.h"
#include "host/data/tape.h"
#include "host/json/parse.h"
#include "tests/support/hex.h"
#include "tests/unit/data/same_numbers.h"
#include "tests/unit/data/scalar_dump.h"

namespace host::data {
namespace {

template <class... Args> std::string printed(const char *format, Args... args) {
  char text[40];
  std::snprintf(text, sizeof text, format, args...);
  return text;
}

std::string utf16_units(std::string_view text) {
  std::string units = "s:";
  while (!text.empty()) {
    const auto next = utf8::decode(text);
    text.remove_prefix(next.size);
    if (next.code >= 0x10000) {
      units += printed("%04x", static_cast<unsigned>(0xD800 + ((next.code - 0x10000) >> 10)));
      units += printed("%04x", static_cast<unsigned>(0xDC00 + ((next.code - 0x10000) & 0x3FF)));
    } else {
      units += printed("%04x", static_cast<unsigned>(next.code));
    }
  }
  return units;
}

// A tape with its types, as the oracle prints a Java value; moves `cell` behind it.
std::string dump(const Cell *&cell, const Schema *schema) {
  const Cell &at = *cell++;
  const auto list = [&](std::uint32_t count, auto item) {
    std::string text;
    for (std::uint32_t i = 0; i < count; ++i)
      text += (i > 0 ? "," : "") + item(i);
    return text;
  };
  if (const auto decimal = decimal_of(at, schema))
    return "dec" + std::to_string(decimal->scale) + ":" + to_hex(minimal(decimal->unscaled));
  if (const auto ms = date_ms_of(at, schema))
    return "date:" + std::to_string(*ms);
  switch (type_of(at)) {
  case Type::String:
    return utf16_units(text_of(at));
  case Type::Bytes:
    return "b:" + to_hex(text_of(at));
  case Type::Array:
    return "[" +
           list(at.n,
                [&](std::uint32_t) {
                  return dump(cell, schema != nullptr ? schema->value_schema() : nullptr);
                }) +
           "]";
  case Type::Map:
    return "{" +
           list(at.n,
                [&](std::uint32_t) {
                  std::string key = dump(cell, schema != nullptr ? schema->key_schema() : nullptr);
                  return key + "=" +
                         dump(cell, schema != nullptr ? schema->value_schema() : nullptr);
                }) +
           "}";
  case Type::Struct:
    return "(" +
           list(at.n, [&](std::uint32_t i) { return dump(cell, schema->fields()[i].schema); }) +
           ")";
  default:
    return scalar_dump(at);
  }
}

std::string dump(const Datum &datum) {
  if (is_null(datum))
    return "null";
  const Schema *schema = schema_of(datum);
  if (is_raw(datum))
    return schema->type() == Type::String ? utf16_units(text_of(datum.raw))
                                          : "b:" + to_hex(text_of(datum.raw));
  const Cell *cell = datum.cells;
  return dump(cell, schema);
}

// Which of Java's maps it is says nothing to users.
std::string text_of_errors(const json::Value &errors) {
  std::string text;
  for (const json::Value &error : errors.items())
    text +=
        std::string(error.items()[0].text()) + ": " + std::string(error.items()[1].text()) + "\n";
  constexpr std::string_view kLinked = "java.util.LinkedHashMap";
  for (std::size_t at; (at = text.find(kLinked)) != text.npos;)
    text.replace(at, kLinked.size(), "java.util.HashMap");
  return text;
}

std::string text_of_error(const Error &error) {
  std::string text;
  for (const Error *at = &error; at != nullptr; at = at->cause())
    text += std::string(at->exception()) + ": " + at->message() + "\n";
  return text;
}

// Causes that speak of the JVM's own classes are left out on both sides.
void expect_errors(const Error &ours, const json::Value &theirs) {
  const std::string wanted = text_of_errors(theirs);
  const bool comparable = wanted.find("\njava.") == std::string::npos &&
                          wanted.find("Exception: Invalid bytes field") == std::string::npos &&
                          wanted.find("InvalidFormatException") == std::string::npos &&
                          wanted.find("databind") == std::string::npos;
  if (comparable)
    EXPECT_EQ(text_of_error(ours), wanted);
  else
    EXPECT_EQ(text_of_error(ours).substr(0, text_of_error(ours).find('\n')),
              wanted.substr(0, wanted.find('\n')));
}

const std::vector<std::pair<std::string, StringMap>> &writers() {
  static const std::vector<std::pair<std::string, StringMap>> all = {
      {"json", {{"schemas.enable", "true"}}},
      {"json", {{"schemas.enable", "false"}}},
      {"json", {{"schemas.enable", "false"}, {"decimal.format", "NUMERIC"}}},
      {"json", {{"schemas.enable", "false"}, {"replace.null.with.default", "false"}}},
      {"string", {}},
      {"string", {{"converter.encoding", "UTF-16"}}},
      {"string", {{"converter.encoding", "ISO-8859-1"}}},
      {"bytes", {}},
      {"long", {}},
      {"boolean", {}},
  };
  return all;
}

Result<std::unique_ptr<Converter>> make(const std::string &kind, const StringMap &config,
                                        SchemaPool &pool) {
  std::string alias = kind == "bytes" ? "ByteArray" : kind;
  alias[0] = static_cast<char>(alias[0] & ~0x20);
  return make_converter(alias, config, ConverterRole::Value, pool);
}

// Differences that are meant: docs/differences.md.
bool meant_to_differ(std::size_t writer, const Datum &datum) {
  const Schema *schema = schema_of(datum);
  const bool bytes = schema != nullptr && schema->type() == Type::Bytes &&
                     schema->logical() == Logical::None && !is_null(datum);
  // Byte strings have no text worth writing: StringConverter passes raw ones.
  return bytes && writer >= 4 && writer <= 6;
}

// UTF-16's numbers as ASCII.
std::string narrow(std::string text) {
  std::erase(text, '\0');
  return text;
}

void expect_written(const Result<Bytes> &ours, const json::Value &theirs) {
  if (theirs.is_array()) {
    ASSERT_FALSE(ours.has_value()) << "wrote " << text_of(*ours);
    expect_errors(ours.error(), theirs);
    return;
  }
  ASSERT_TRUE(ours.has_value()) << ours.error().message();
  if (theirs.is_null()) {
    EXPECT_EQ(ours->ptr, nullptr) << text_of(*ours);
    return;
  }
  ASSERT_NE(ours->ptr, nullptr);
  const std::string text(text_of(*ours));
  const std::string wanted = from_hex(theirs.text());
  if (!same_but_for_digits(narrow(text), narrow(wanted))) {
    EXPECT_EQ(text, wanted);
  }
}

Result<Datum> read_case(const std::string &kind, const json::Value &config, Bytes bytes,
                        SchemaPool &pool, Arena &arena) {
  if (kind == "simple")
    return make_header_converter("Simple", {}, pool).value()->to_connect("t", "h", bytes, arena);
  HOST_ASSIGN(const auto reader, make(kind, config.string_map().value(), pool));
  return reader->to_connect("t", bytes, arena);
}

// A map of null has no JSON form.
std::string schema_text(const Schema *schema) {
  std::string text;
  if (Status written = append_json_schema(text, schema, {}); !written)
    return std::string(written.error().exception());
  return text;
}

// Text and a few characters more in the character set that it was read in.
void expect_back(const json::Value &config, const Datum &read, std::string_view wanted,
                 SchemaPool &pool) {
  const std::string text = std::string(text_of(read.raw)) + "\u20ac\u00fc\u0416\u65e5\U0001F600?";
  std::string out;
  const auto writer = make("string", config.string_map().value(), pool).value();
  const Datum datum = raw_datum(bytes_of(text), Schema::primitive(Type::String, false));
  EXPECT_EQ(to_hex(text_of(*writer->from_connect("t", datum, out))), wanted);
}

void check_case(const json::Value &wanted) {
  SchemaPool pool;
  Arena arena;
  const std::string kind = wanted.string_of("class").value();
  const json::Value *in = wanted.find("in");
  const std::string text = from_hex(in->text());
  const Bytes bytes = in->is_null() ? kNullBytes : bytes_of(text);
  SCOPED_TRACE(kind + json::to_text(*wanted.find("config")) + " " +
               (in->is_null() ? "null" : text.substr(0, 300)));
  const Result<Datum> read = read_case(kind, *wanted.find("config"), bytes, pool, arena);
  if (const json::Value *errors = wanted.find("errors")) {
    ASSERT_FALSE(read.has_value()) << "read " << dump(*read);
    expect_errors(read.error(), *errors);
    return;
  }
  ASSERT_TRUE(read.has_value()) << text_of_error(read.error());
  if (const json::Value *back = wanted.find("back")) {
    EXPECT_EQ(dump(*read), wanted.find("value")->text());
    expect_back(*wanted.find("config"), *read, back->text(), pool);
    return;
  }
  Datum plain = *read;
  if (to_plugin(plain, arena)) {
    ASSERT_TRUE(check_datum(plain).has_value()) << check_datum(plain).error().message();
  }
  EXPECT_EQ(schema_text(schema_of(*read)), wanted.find("schema")->text());
  EXPECT_EQ(dump(*read), wanted.find("value")->text());
  const auto written = wanted.find("written")->items();
  std::string out;
  for (std::size_t i = 0; i < writers().size(); ++i) {
    if (meant_to_differ(i, *read))
      continue;
    SCOPED_TRACE("writer " + std::to_string(i) + " " + writers()[i].first);
    auto writer = make(writers()[i].first, writers()[i].second, pool).value();
    expect_written(writer->from_connect("t", *read, out), written[i]);
  }
  SCOPED_TRACE("header writer");
  auto header = make_header_converter("Simple", {}, pool).value();
  expect_written(header->from_connect("t", "h", *read, out), written[writers().size()]);
}

int check_file(const char *path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.good()) << path;
  int checked = 0;
  for (std::string line; std::getline(file, line); ++checked)
    check_case(json::parse(line).value());
  return checked;
}

TEST(Converters, DoWhatConnectsDo) {
  EXPECT_GT(check_file(SLUICE_DATA_DATA "/converters.jsonl"), 750);
  if (const char *more = std::getenv("SLUICE_CONVERTER_CASES"))
    std::printf("%d more cases\n", check_file(more));
}

} // namespace
} // namespace host::data
