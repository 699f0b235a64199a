#include "host/runtime/offset_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/runtime/source_partitions.h"
#include "host/runtime/text_list.h"

namespace host::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string canonical(std::string_view json) {
  const auto text = canonical_offset_text(json);
  return text ? *text : "error: " + text.error().message();
}

// Orders from the Java classes (contract 16.1).
TEST(OffsetText, EntriesStandAsInAJavaHashMap) {
  EXPECT_EQ(canonical(R"({"cluster":"a","topic":"t","partition":0})"),
            R"({"cluster":"a","partition":0,"topic":"t"})");
  EXPECT_EQ(canonical(R"({"group":"g","topic":"t","partition":1})"),
            R"({"partition":1,"topic":"t","group":"g"})");
  EXPECT_EQ(canonical(R"({"sourceClusterAlias":"a","targetClusterAlias":"b"})"),
            R"({"sourceClusterAlias":"a","targetClusterAlias":"b"})");
}

TEST(OffsetText, CompactAndAsJacksonWritesIt) {
  EXPECT_EQ(canonical("{ \"position\" : 42 }"), R"({"position":42})");
  EXPECT_EQ(canonical(R"({"filename":"/tmp/gr\u00f6\u00dfe.txt"})"),
            "{\"filename\":\"/tmp/größe.txt\"}");
  EXPECT_EQ(canonical(R"({"a":true,"b":null,"c":1.50,"d":1e3,"e":-0})"),
            R"({"a":true,"b":null,"c":1.5,"d":1000.0,"e":-0})");
  EXPECT_EQ(canonical(R"({"n":123456789012345678901234567890})"),
            R"({"n":123456789012345678901234567890})");
  EXPECT_EQ(canonical("{}"), "{}");
  EXPECT_EQ(canonical("null"), "null");
}

TEST(OffsetText, RefusesInConnectsWords) {
  EXPECT_EQ(canonical("[1]"), "error: Offsets must be specified as a Map");
  EXPECT_EQ(canonical(R"({"f":{"x":1}})"),
            "error: Offsets may only contain primitive types as values, but field f contains MAP");
  EXPECT_EQ(
      canonical(R"({"f":[1]})"),
      "error: Offsets may only contain primitive types as values, but field f contains ARRAY");
  EXPECT_THAT(canonical("{"), HasSubstr("source partition or offset is not JSON"));
}

TEST(OffsetText, KeysCarryTheConnector) {
  EXPECT_EQ(*offset_key("local-file-source", R"({"filename": "test.txt"})"),
            R"(["local-file-source",{"filename":"test.txt"}])");
  EXPECT_EQ(*offset_key("a\"b", "null"), R"(["a\"b",null])");
}

TEST(SourcePartitions, TextsThatMeanTheSameAreOnePartition) {
  SourcePartitions partitions("c");
  EXPECT_EQ(*partitions.intern(R"({"a":1,"b":2})"), 1u);
  EXPECT_EQ(*partitions.intern(R"({ "a" : 1 , "b" : 2 })"), 1u);
  EXPECT_EQ(*partitions.intern(R"({"a":1})"), 2u);
  EXPECT_FALSE(partitions.intern("7"));
  EXPECT_EQ(partitions.last(), 2u);
  EXPECT_TRUE(partitions.known(2));
  EXPECT_FALSE(partitions.known(0));
  EXPECT_FALSE(partitions.known(3));
  EXPECT_EQ(partitions.key(2), R"(["c",{"a":1}])");
}

TEST(TextList, SplitsAsConnectDoes) {
  EXPECT_THAT(text_list(" a ,b,, a,c "), ElementsAre("a", "b", "c"));
  EXPECT_THAT(text_list(""), ElementsAre());
  EXPECT_THAT(text_list(","), ElementsAre());
}

} // namespace
} // namespace host::runtime
