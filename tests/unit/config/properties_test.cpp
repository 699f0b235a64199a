#include "host/config/properties.h"

#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace host::config {
namespace {

std::string value(std::string_view text, std::string_view key) {
  auto properties = parse_properties(text, "f");
  const Property *entry = properties ? properties->find(key) : nullptr;
  return entry == nullptr ? "(none)" : entry->value;
}

TEST(Properties, SeparatorsAreEqualsColonOrBlank) {
  EXPECT_EQ(value("a=1", "a"), "1");
  EXPECT_EQ(value("a : 1", "a"), "1");
  EXPECT_EQ(value("a 1", "a"), "1");
  EXPECT_EQ(value("a\t=\t1", "a"), "1");
  EXPECT_EQ(value("a==1", "a"), "=1");
  EXPECT_EQ(value("a", "a"), "");
}

TEST(Properties, TrailingBlanksStayAndLeadingOnesGo) { EXPECT_EQ(value("  a =  x  ", "a"), "x  "); }

TEST(Properties, CommentsAndBlankLinesAreLeftOut) {
  auto properties = parse_properties("# a=1\n ! b=2\n\n\r\nc=3\n", "f");
  ASSERT_TRUE(properties);
  ASSERT_EQ(properties->entries.size(), 1u);
  EXPECT_EQ(properties->entries[0].line, 5);
}

TEST(Properties, AnOddNumberOfBackslashesContinuesTheLine) {
  EXPECT_EQ(value("a=x\\\n   y", "a"), "xy");
  EXPECT_EQ(value("a=x\\\\\n b=1", "a"), "x\\");
  EXPECT_EQ(value("a=x\\\r\n y", "a"), "xy");
  EXPECT_EQ(value("a=x\\", "a"), "x");
}

TEST(Properties, ACommentMarkInAContinuedLineIsText) { EXPECT_EQ(value("a=x\\\n#y", "a"), "x#y"); }

TEST(Properties, Escapes) {
  EXPECT_EQ(value("a\\=b=1", "a=b"), "1");
  EXPECT_EQ(value("a\\ b\\:c=1", "a b:c"), "1");
  EXPECT_EQ(value("a=\\t\\n\\q\\u0041", "a"), "\t\nqA");
  EXPECT_EQ(value("a=\\uD83D\\uDE00", "a"), "\xF0\x9F\x98\x80");
  EXPECT_EQ(value("a=\\uD83Dx", "a"), "\xEF\xBF\xBDx");
}

TEST(Properties, BytesAreLatin1) { EXPECT_EQ(value("a=\xE9", "a"), "\xC3\xA9"); }

TEST(Properties, TheLastOfEqualKeysCounts) {
  auto properties = parse_properties("a=1\nb=2\na=3\n", "f");
  ASSERT_TRUE(properties);
  EXPECT_EQ(properties->map().get("a"), "3");
  EXPECT_EQ(properties->find("a")->line, 3);
}

TEST(Properties, ABrokenEscapeNamesFileAndLine) {
  auto properties = parse_properties("a=1\nb=\\u12g4\n", "w.properties");
  ASSERT_FALSE(properties);
  EXPECT_EQ(properties.error().message(),
            "w.properties:2: \\u must be followed by four hexadecimal digits");
}

TEST(Properties, AFolderIsNoFile) {
  auto properties = read_properties("/tmp");
  ASSERT_FALSE(properties);
  EXPECT_EQ(properties.error().message(), "/tmp: Is a directory");
}

TEST(Properties, AMissingFileIsNamed) {
  auto properties = read_properties("/does/not/exist.properties");
  ASSERT_FALSE(properties);
  EXPECT_EQ(properties.error().message(), "/does/not/exist.properties: No such file or directory");
}

} // namespace
} // namespace host::config
