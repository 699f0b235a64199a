#include "host/base/java_text.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "host/base/utf8.h"

namespace host {
namespace {

TEST(JavaText, DoublesAsJavaPrintsThem) {
  EXPECT_EQ(java::text(1.1), "1.1");
  EXPECT_EQ(java::text(100.0), "100.0");
  EXPECT_EQ(java::text(0.001), "0.001");
  EXPECT_EQ(java::text(9.999e-4), "9.999E-4");
  EXPECT_EQ(java::text(9999999.0), "9999999.0");
  EXPECT_EQ(java::text(1e7), "1.0E7");
  EXPECT_EQ(java::text(1e21), "1.0E21");
  EXPECT_EQ(java::text(1234567.125), "1234567.125");
  EXPECT_EQ(java::text(-0.0), "-0.0");
  EXPECT_EQ(java::text(4.9e-324), "4.9E-324");
  EXPECT_EQ(java::text(9.9e-324), "9.9E-324");
  EXPECT_EQ(java::text(2e23), "2.0E23");
  EXPECT_EQ(java::text(std::numeric_limits<double>::max()), "1.7976931348623157E308");
  EXPECT_EQ(java::text(std::nan("")), "NaN");
  EXPECT_EQ(java::text(-std::numeric_limits<double>::infinity()), "-Infinity");
}

TEST(JavaText, FloatsAsJavaPrintsThem) {
  EXPECT_EQ(java::text(0.1f), "0.1");
  EXPECT_EQ(java::text(1.2345679e8f), "1.2345679E8");
  EXPECT_EQ(java::text(1.4e-45f), "1.4E-45");
  EXPECT_EQ(java::text(3.4028235e38f), "3.4028235E38");
}

// Contract 16.1.
TEST(JavaText, HashesAreJavas) {
  EXPECT_EQ(java::hash("name"), 3373707);
  EXPECT_EQ(java::hash("connector.class"), -862495593);
  EXPECT_EQ(java::hash("😀"), 1772899);
  EXPECT_EQ(java::hash(""), 0);
  EXPECT_EQ(java::buckets(12), 16u);
  EXPECT_EQ(java::buckets(13), 32u);
  EXPECT_EQ(java::buckets(25), 64u);
}

TEST(JavaText, TrimTakesControlsButNotWideSpaces) {
  EXPECT_EQ(java::trim("\t a b\n\x01 "), "a b");
  EXPECT_EQ(java::trim("\u00a0a"), "\u00a0a");
  EXPECT_EQ(java::trim(" "), "");
}

std::string repaired(std::string_view text) {
  std::string out;
  utf8::append_repaired(out, text);
  return out;
}

// One U+FFFD for each stretch that Java's decoder reports as malformed.
TEST(Utf8, RepairsAsJavaDoes) {
  EXPECT_EQ(repaired("aé😀"), "aé😀");
  EXPECT_EQ(repaired("a\xff\xfe"), "a\ufffd\ufffd");
  EXPECT_EQ(repaired("\xc3("), "\ufffd(");
  EXPECT_EQ(repaired("\xe2\x82"), "\ufffd");
  EXPECT_EQ(repaired("\xe2\x28\xa1"), "\ufffd(\ufffd");
  EXPECT_EQ(repaired("\xf0\x9f\x98"), "\ufffd");
  EXPECT_EQ(repaired("\xed\xa0\x80"), "\ufffd");
  EXPECT_EQ(repaired("\xc0\x80"), "\ufffd\ufffd");
  EXPECT_EQ(repaired("\xf4\x90\x80\x80"), "\ufffd\ufffd\ufffd\ufffd");
}

TEST(Utf8, KnowsWhatIsValidAndHowLongJavaFindsIt) {
  EXPECT_TRUE(utf8::valid("plain and é and 😀, more than sixteen bytes"));
  EXPECT_FALSE(utf8::valid("plain and then \xff"));
  EXPECT_FALSE(utf8::valid("\xed\xa0\x80"));
  EXPECT_EQ(utf8::utf16_length("aé😀"), 4u);
}

} // namespace
} // namespace host
