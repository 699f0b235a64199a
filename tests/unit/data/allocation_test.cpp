// A warm converter allocates nothing per record, in either direction, as long as schemas stay.
#include <string>

#include <gtest/gtest.h>

#include "host/data/converter.h"
#include "tests/support/allocations.h"

namespace host::data {
namespace {

// What rounds of these records allocate once a few have passed.
std::size_t allocations_of(const char *name, const StringMap &config,
                           const std::vector<std::string> &records) {
  SchemaPool pool;
  const auto converter = make_converter(name, config, ConverterRole::Value, pool).value();
  Arena arena;
  std::string out;
  const auto round = [&] {
    arena.reset();
    for (const std::string &record : records) {
      const Datum datum = converter->to_connect("t", bytes_of(record), arena).value();
      EXPECT_NE(converter->from_connect("t", datum, out).value().ptr, nullptr);
    }
  };
  for (int i = 0; i < 10; ++i)
    round();
  const std::size_t before = allocation_count();
  for (int i = 0; i < 100; ++i)
    round();
  return allocation_count() - before;
}

TEST(Allocations, BytesNone) {
  EXPECT_EQ(allocations_of("ByteArray", {}, {"abc", std::string(5000, 'x')}), 0u);
}

TEST(Allocations, TextNone) {
  EXPECT_EQ(allocations_of("String", {}, {"abc", std::string(5000, 'x'), "\xED\x9F\xBF"}), 0u);
  EXPECT_EQ(allocations_of("String", {{"converter.encoding", "UTF-16"}}, {"a\0b\0c", "abcd"}), 0u);
}

TEST(Allocations, NumbersNone) {
  EXPECT_EQ(allocations_of("Long", {}, {"12345678"}), 0u);
  EXPECT_EQ(allocations_of("Double", {}, {"12345678"}), 0u);
}

TEST(Allocations, SchemalessJsonNone) {
  const std::vector<std::string> records = {
      R"({"b":[1,2.5,true,null,1e10],"a":{"x":"y\n","z":{}},"name":"a text of some length, \u00e9"})",
      R"({"a":{"x":"a text that is longer than a small string holds, really"},"b":[]})",
      R"({"r":[{"k":1,"v":"a"},{"k":2,"v":"b"},{"v":"c","k":3},{"k":4}],"q":1.0E-5,"p":-12.5})",
      R"([[1,2],[3,4],["a","b"],12345678901234567890])",
      R"("text")",
      "7",
      R"({"a":1,"q":2,"a":3})"};
  EXPECT_EQ(allocations_of("Json", {{"schemas.enable", "false"}}, records), 0u);
}

std::string envelope(std::string_view schema, std::string_view payload) {
  return std::string(R"({"schema":)").append(schema).append(R"(,"payload":)").append(payload) + "}";
}

TEST(Allocations, JsonWithSchemaNone) {
  const std::string schema =
      R"({"type":"struct","fields":[{"type":"int32","optional":false,"field":"i"},)"
      R"({"type":"string","optional":true,"field":"s"},{"type":"float","optional":true,)"
      R"("field":"f"},{"type":"double","default":1.5,"field":"d"},{"type":"bytes","optional":true,)"
      R"("field":"b"},{"type":"array","items":{"type":"int64"},"optional":true,"field":"a"},)"
      R"({"type":"map","keys":{"type":"string"},"values":{"type":"boolean"},"optional":true,)"
      R"("field":"m"},{"type":"bytes","name":"org.apache.kafka.connect.data.Decimal",)"
      R"("parameters":{"scale":"2"},"optional":true,"field":"n"},{"type":"int64",)"
      R"("name":"org.apache.kafka.connect.data.Timestamp","optional":true,"field":"t"}],)"
      R"("optional":false,"name":"a.Record","version":1})";
  const std::vector<std::string> records = {
      envelope(schema, R"({"i":7,"s":"abc","f":0.1,"d":2.25,"b":"AQIDBAUGBwgJCgsMDQ4PEBESExQ=",)"
                       R"("a":[1,2,3],"m":{"x":true,"y":false},"n":12.34,"t":1700000000123})"),
      envelope(schema, R"({"t":1,"s":"in another order, with a text that is long","i":8})"),
      envelope(schema, R"({"i":9})")};
  EXPECT_EQ(allocations_of("Json", {}, records), 0u);
  EXPECT_EQ(allocations_of("Json", {{"decimal.format", "NUMERIC"}}, records), 0u);
}

} // namespace
} // namespace host::data
