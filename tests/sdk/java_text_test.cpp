#include "java_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "decimal_text.h"
#include "sluice/records.hpp"
#include "sluice/testing.hpp"

namespace {

std::string java(const sluice::tape &tape, const sluice_schema *schema = nullptr) {
  std::string out;
  file::append_java_text(out, sluice::value(sluice::datum::cells(tape.cells(), schema),
                                            sluice::testing::schema_store::api()));
  return out;
}

std::string java_double(double number) {
  sluice::tape tape;
  return java(tape.floating(SLUICE_F64, number));
}

std::string java_float(float number) {
  sluice::tape tape;
  return java(tape.floating(SLUICE_F32, number));
}

TEST(JavaText, Doubles) {
  EXPECT_EQ(java_double(0), "0.0");
  EXPECT_EQ(java_double(-0.0), "-0.0");
  EXPECT_EQ(java_double(1), "1.0");
  EXPECT_EQ(java_double(0.1), "0.1");
  EXPECT_EQ(java_double(0.001), "0.001");
  EXPECT_EQ(java_double(9.999e-4), "9.999E-4");
  EXPECT_EQ(java_double(9999999), "9999999.0");
  EXPECT_EQ(java_double(1e7), "1.0E7");
  EXPECT_EQ(java_double(123456789.125), "1.23456789125E8");
  EXPECT_EQ(java_double(1e21), "1.0E21");
  EXPECT_EQ(java_double(1.7976931348623157e308), "1.7976931348623157E308");
  EXPECT_EQ(java_double(std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(java_double(-std::numeric_limits<double>::infinity()), "-Infinity");
}

TEST(JavaText, FloatsHaveTheirOwnDigits) {
  EXPECT_EQ(java_float(0.1F), "0.1");
  EXPECT_EQ(java_float(16777216), "1.6777216E7");
  EXPECT_EQ(java_float(3.4028235e38F), "3.4028235E38");
}

TEST(JavaText, Scalars) {
  EXPECT_EQ(java(sluice::tape().null()), "null");
  EXPECT_EQ(java(sluice::tape().boolean(true)), "true");
  EXPECT_EQ(java(sluice::tape().integer(SLUICE_I64, INT64_MIN)), "-9223372036854775808");
  EXPECT_EQ(java(sluice::tape().text("t")), "t");
}

TEST(JavaText, Containers) {
  EXPECT_EQ(java(sluice::tape().begin_array().end()), "[]");
  EXPECT_EQ(java(sluice::tape().begin_array().text("a").null().text("b").end()), "[a, null, b]");
  EXPECT_EQ(java(sluice::tape()
                     .begin_map()
                     .text("list")
                     .begin_array()
                     .integer(SLUICE_I32, 1)
                     .begin_map()
                     .end()
                     .end()
                     .text("k")
                     .text("v")
                     .end()),
            "{list=[1, {}], k=v}");
}

TEST(JavaText, StructsLeaveNullFieldsOut) {
  sluice::testing::schema_store schemas;
  const sluice_field fields[] = {
      {sluice::to_abi("a"), schemas.primitive(SLUICE_I32, false)},
      {sluice::to_abi("b"), schemas.primitive(SLUICE_STRING, true)},
      {sluice::to_abi("c"), schemas.primitive(SLUICE_STRING, true)},
  };
  sluice_schema_def def{};
  def.struct_size = sizeof def;
  def.type = SLUICE_STRUCT;
  def.fields = fields;
  def.n_fields = 3;
  const sluice_schema *schema = schemas.build(def);
  sluice::tape tape;
  tape.begin_struct().integer(SLUICE_I32, 1).null().text("x").end();
  EXPECT_EQ(java(tape, schema), "Struct{a=1,c=x}");
}

class LogicalTest : public ::testing::Test {
protected:
  LogicalTest() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }

  const sluice_schema *logical(std::int32_t type, std::string_view name) {
    const std::string full = "org.apache.kafka.connect.data." + std::string(name);
    sluice_schema_def def{};
    def.struct_size = sizeof def;
    def.type = type;
    def.name = sluice::to_abi(full);
    return schemas_.build(def);
  }

  sluice::testing::schema_store schemas_;
};

TEST_F(LogicalTest, DatesPrintAsJavaUtilDate) {
  EXPECT_EQ(java(sluice::tape().integer(SLUICE_I32, 0), logical(SLUICE_I32, "Date")),
            "Thu Jan 01 00:00:00 UTC 1970");
  EXPECT_EQ(java(sluice::tape().integer(SLUICE_I32, 1'000), logical(SLUICE_I32, "Time")),
            "Thu Jan 01 00:00:01 UTC 1970");
  EXPECT_EQ(java(sluice::tape().integer(SLUICE_I64, -1), logical(SLUICE_I64, "Timestamp")),
            "Wed Dec 31 23:59:59 UTC 1969");
}

std::string decimal(std::string_view bytes, std::string_view scale) {
  std::string out;
  file::append_decimal(out, bytes, scale);
  return out;
}

TEST(DecimalText, FollowsBigDecimal) {
  using namespace std::string_view_literals;
  EXPECT_EQ(decimal("\x00"sv, "0"), "0");
  EXPECT_EQ(decimal("\x00"sv, "2"), "0.00");
  EXPECT_EQ(decimal("\x7B"sv, "0"), "123");
  EXPECT_EQ(decimal("\x7B"sv, "2"), "1.23");
  EXPECT_EQ(decimal("\x85"sv, "2"), "-1.23");
  EXPECT_EQ(decimal("\x01"sv, "6"), "0.000001");
  EXPECT_EQ(decimal("\x01"sv, "7"), "1E-7");
  EXPECT_EQ(decimal("\x01"sv, "-3"), "1E+3");
  EXPECT_EQ(decimal("\x7B"sv, "-3"), "1.23E+5");
  EXPECT_EQ(decimal("\xFF"sv, "0"), "-1");
  EXPECT_EQ(decimal("\x80\x00"sv, "0"), "-32768");
  EXPECT_EQ(decimal("\x01\x00\x00\x00\x00\x00\x00\x00\x00"sv, "0"), "18446744073709551616");
}

} // namespace
