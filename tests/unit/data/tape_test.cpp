#include "host/data/objects.h"
#include "host/data/tape.h"

#include <array>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "host/data/converter.h"
#include "host/data/schema_pool.h"
#include "host/data/value_text.h"

namespace host::data {
namespace {

Cell scalar(Type type, std::int64_t value) {
  return {static_cast<std::uint8_t>(type), 0, 0, 0, {.i = value}};
}
Cell container(Type type, std::uint32_t count, std::uint64_t skip) {
  return {static_cast<std::uint8_t>(type), 0, 0, count, {.skip = skip}};
}

std::string fault(std::vector<Cell> cells, const Schema *schema = nullptr) {
  const auto checked = check_datum(cells_datum(cells, schema));
  return checked ? "" : checked.error().message();
}

TEST(CheckDatum, TakesWhatTheBuilderMakes) {
  TapeBuilder tape;
  const std::size_t map = tape.begin(Type::Map);
  tape.text("k");
  const std::size_t array = tape.begin(Type::Array);
  tape.integer(Type::Int64, 1);
  tape.null();
  tape.end(array, 2);
  tape.text("");
  tape.boolean(true);
  tape.end(map, 2);
  EXPECT_TRUE(check_datum(cells_datum(tape.cells(), nullptr)));
  std::string text;
  append_java_text(text, cells_datum(tape.cells(), nullptr));
  EXPECT_EQ(text, "{k=[1, null], =true}");
}

TEST(CheckDatum, RefusesWhatWouldLeadAstray) {
  const Cell one = scalar(Type::Int64, 1);
  EXPECT_EQ(fault({one}), "");
  EXPECT_NE(fault({one, one}), "");
  EXPECT_NE(fault({container(Type::Array, 1, 1)}), "");
  EXPECT_NE(fault({container(Type::Array, 1, 3), one}), "");
  EXPECT_NE(fault({container(Type::Array, 1, 0), one}), "");
  EXPECT_NE(fault({container(Type::Array, 1, UINT64_MAX), one}), "");
  EXPECT_NE(fault({container(Type::Array, 0, 2), one}), "");
  EXPECT_NE(fault({container(Type::Array, UINT32_MAX, 2), one}), "");
  EXPECT_NE(fault({container(Type::Map, 1, 2), one}), "");
  EXPECT_NE(fault({container(Type::Map, UINT32_MAX, 3), one, one}), "");
  EXPECT_NE(fault({container(Type::Array, 1, 3), one, one}), "");
  // An inner container that reaches up to the end, with a sibling behind it.
  EXPECT_NE(fault({container(Type::Array, 2, 3), container(Type::Array, 1, 2), one, one}), "");
  EXPECT_NE(fault({scalar(Type::Bool, 2)}), "");
  EXPECT_NE(fault({scalar(Type::Int8, 128)}), "");
  EXPECT_NE(fault({scalar(static_cast<Type>(0), 0)}), "");
  EXPECT_NE(fault({scalar(static_cast<Type>(99), 0)}), "");
  EXPECT_NE(fault({Cell{SLUICE_STRING, 0, 0, 5, {.p = nullptr}}}), "");
  EXPECT_NE(fault({container(Type::Struct, 0, 1)}), "");
}

TEST(CheckDatum, StructsHaveTheFieldsOfTheirSchema) {
  SchemaPool pool;
  SchemaSpec spec;
  spec.type = Type::Struct;
  spec.fields = {{"a", Schema::primitive(Type::Int8, false)}};
  const Schema *schema = pool.intern(spec).value();
  const Cell one = scalar(Type::Int8, 1);
  EXPECT_EQ(fault({container(Type::Struct, 1, 2), one}, schema), "");
  EXPECT_NE(fault({container(Type::Struct, 2, 3), one, one}, schema), "");
  EXPECT_NE(fault({container(Type::Struct, 1, 2), one}, Schema::primitive(Type::Int8, false)), "");
}

TEST(CheckDatum, NestingIsBounded) {
  const auto nested = [](std::size_t depth) {
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < depth; ++i)
      cells.push_back(container(Type::Array, 1, depth - i + 1));
    cells.push_back(scalar(Type::Null, 0));
    return cells;
  };
  EXPECT_EQ(fault(nested(kMaxDepth)), "");
  EXPECT_NE(fault(nested(kMaxDepth + 1)), "");
}

TEST(CheckDatum, RawDataHasNoCellsAndIsTextOrBytes) {
  const Bytes bytes = bytes_of("x");
  EXPECT_TRUE(check_datum(raw_datum(bytes, nullptr)));
  EXPECT_TRUE(check_datum(raw_datum(bytes, Schema::primitive(Type::String, false))));
  EXPECT_FALSE(check_datum(raw_datum(bytes, Schema::primitive(Type::Int8, false))));
  const Cell cell = scalar(Type::Null, 0);
  EXPECT_FALSE(check_datum({bytes, nullptr, &cell, 1}));
  EXPECT_FALSE(check_datum({kNullBytes, nullptr, nullptr, 1}));
}

// Whatever passes the check can be written without reading outside of the tape (run under ASan).
TEST(CheckDatum, WhatPassesCanBeWritten) {
  std::mt19937 random(7);
  SchemaPool pool;
  auto json = make_converter("Json", {{"schemas.enable", "false"}}, ConverterRole::Value, pool);
  auto text = make_converter("String", {}, ConverterRole::Value, pool);
  auto header = make_header_converter("Simple", {}, pool);
  std::string out;
  int passed = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::vector<Cell> cells(1 + random() % 6);
    for (Cell &cell : cells) {
      const auto type = static_cast<Type>(random() % 15);
      cell = is_container(type) ? container(type, random() % 3, random() % 5)
                                : scalar(type, static_cast<std::int64_t>(random() % 3));
      if (type == Type::String || type == Type::Bytes) {
        cell.n = random() % 3;
        cell.u.p = reinterpret_cast<const std::uint8_t *>("abc");
      }
    }
    const Datum datum = cells_datum(cells, nullptr);
    if (!check_datum(datum))
      continue;
    ++passed;
    EXPECT_TRUE((*json)->from_connect("t", datum, out).has_value());
    EXPECT_TRUE((*text)->from_connect("t", datum, out).has_value());
    EXPECT_TRUE((*header)->from_connect("t", "h", datum, out).has_value());
  }
  EXPECT_GT(passed, 1000);
}

Result<Datum> for_plugin(const Cell &cell, const Schema *schema, Arena &arena) {
  Datum datum = cells_datum(arena.copy(std::span(&cell, 1)), schema);
  HOST_TRY(to_plugin(datum, arena));
  EXPECT_TRUE(check_datum(datum).has_value());
  return datum;
}

TEST(Objects, LoseTheirMarksForPlugins) {
  SchemaPool pool;
  Arena arena;
  SchemaSpec spec;
  spec.type = Type::Bytes;
  spec.name = std::string(kDecimalName);
  spec.parameters.emplace_back("scale", "2");
  const Schema *decimal = pool.intern(spec).value();
  const Cell tenths = decimal_cell("\x7B", 1, decimal, arena); // 12.3
  EXPECT_EQ(object_of(tenths), Object::Decimal);
  EXPECT_EQ(text_of(for_plugin(tenths, decimal, arena)->cells[0]), "\x04\xCE"); // 12.30
  EXPECT_EQ(text_of(for_plugin(tenths, nullptr, arena)->cells[0]), "12.3");
  const Cell thousandths = decimal_cell("\x30\x39", 3, decimal, arena); // 12.345
  EXPECT_EQ(
      for_plugin(thousandths, decimal, arena).error().message(),
      "Decimal value has mismatching scale for given Decimal schema. Schema has scale 2, value "
      "has scale 3.");
  EXPECT_EQ(for_plugin(date_cell(5, nullptr), nullptr, arena)->cells[0].u.i, 5);
  EXPECT_EQ(object_of(decimal_cell("\x7B", 2, decimal, arena)), Object::BySchema);
}

TEST(Objects, FromPluginsAreRefused) {
  const std::array cells{date_cell(5, nullptr)};
  const Datum datum = cells_datum(cells, nullptr);
  EXPECT_FALSE(check_datum(datum).has_value());
}

} // namespace
} // namespace host::data
