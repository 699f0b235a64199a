#include "host/storage/offset_table.h"

#include <gtest/gtest.h>

namespace host::storage {
namespace {

TEST(OffsetKey, IsAConnectorAndItsPartition) {
  EXPECT_EQ(parse_offset_key(R"(["größe",{"file":"a"}])")->connector, "größe");
  EXPECT_TRUE(parse_offset_key(R"(["c",{}])")->is_partition);
  EXPECT_FALSE(parse_offset_key(R"(["c",null])")->is_partition);
  for (const char *bad : {"", "{}", R"("c")", R"(["c"])", R"(["c",{},1])", R"([1,{}])",
                          R"(["c",[]])", R"(["c",{})", "\xFF"})
    EXPECT_FALSE(parse_offset_key(bad)) << bad;
}

TEST(OffsetTable, ListsAConnectorsKeysInOrderOfFirstAppearance) {
  OffsetTable table;
  ASSERT_TRUE(table.put(R"(["b",{"n":2}])", "1"));
  ASSERT_TRUE(table.put(R"(["a",{"n":1}])", "2"));
  ASSERT_TRUE(table.put(R"(["b",{"n":1}])", "3"));
  ASSERT_TRUE(table.put(R"(["b",{"n":2}])", "4"));
  EXPECT_EQ(table.list("b"),
            (std::vector<OffsetRecord>{{R"(["b",{"n":2}])", "4"}, {R"(["b",{"n":1}])", "3"}}));
  EXPECT_TRUE(table.list("c").empty());
  EXPECT_EQ(table.all().size(), 3u);
}

TEST(OffsetTable, TombstonesForget) {
  OffsetTable table;
  const std::string key = R"(["b",{"n":2}])";
  ASSERT_TRUE(table.put(key, std::nullopt));
  ASSERT_TRUE(table.put(key, "1"));
  ASSERT_TRUE(table.put(key, std::nullopt));
  EXPECT_EQ(table.get(key), std::nullopt);
  EXPECT_TRUE(table.list("b").empty());
  EXPECT_EQ(table.size(), 0u);
}

TEST(OffsetTable, KeysOfNoConnectorAreReadableAndToldOnce) {
  OffsetTable table;
  EXPECT_FALSE(table.put("rubbish", "1"));
  EXPECT_TRUE(table.put("rubbish", "2"));
  EXPECT_EQ(table.get("rubbish"), "2");
  EXPECT_TRUE(table.put(R"(["c",null])", "3")) << "stored by Connect, and not listed";
  EXPECT_EQ(table.get(R"(["c",null])"), "3");
  EXPECT_TRUE(table.list("c").empty());
}

} // namespace
} // namespace host::storage
