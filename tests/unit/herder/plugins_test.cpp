#include <gtest/gtest.h>

#include "host/herder/java_map.h"
#include "host/herder/offset_listing.h"
#include "host/herder/plugins.h"
#include "tests/contract/fakes.h"

namespace tests {
namespace {

using namespace host;
using herder::Plugins;

plugin::CatalogEntry connector(std::string class_name, std::string version = "1.0") {
  plugin::CatalogEntry entry;
  entry.descriptor.class_name = std::move(class_name);
  entry.descriptor.version = std::move(version);
  entry.path = "/p.so";
  return entry;
}

TEST(PluginsTest, FoundByFullSimpleAndPrunedName) {
  const FixedCatalog catalog(file_connectors());
  const Plugins plugins(catalog);
  for (const char *name : {"org.apache.kafka.connect.file.FileStreamSinkConnector",
                           "FileStreamSinkConnector", "FileStreamSink"}) {
    const auto found = plugins.connector(name);
    ASSERT_TRUE(found) << name;
    EXPECT_EQ(found->descriptor.kind, plugin::Kind::Sink);
  }
  EXPECT_EQ(plugins.connector(" FileStreamSink").error().code(), Code::NotFound);
}

TEST(PluginsTest, AnAliasOfSeveralClassesIsRefused) {
  const FixedCatalog catalog({connector("a.TwinConnector"), connector("b.TwinConnector")});
  const Plugins plugins(catalog);
  const auto found = plugins.connector("Twin");
  EXPECT_EQ(found.error().message().find(
                "More than one connector matches alias Twin. Please use full package and class "
                "name instead. Classes found: PluginDesc{klass=class a.TwinConnector, "),
            0U);
  EXPECT_TRUE(plugins.connector("b.TwinConnector"));
}

TEST(PluginsTest, TheHighestVersionWins) {
  const FixedCatalog catalog(
      {connector("a.C", "1.9"), connector("a.C", "1.10"), connector("a.C", "1.2")});
  const Plugins plugins(catalog);
  EXPECT_EQ(plugins.connector("a.C")->descriptor.version, "1.10");
  EXPECT_EQ(plugins.versions("a.C"), (std::vector<std::string>{"1.2", "1.9", "1.10"}));
  const std::string exact = "1.9";
  EXPECT_EQ(plugins.connector("a.C", &exact)->descriptor.version, "1.9");
  const std::string range = "[1.0,1.5)";
  EXPECT_EQ(plugins.connector("a.C", &range)->descriptor.version, "1.2");
  const std::string none = "[2.0,)";
  EXPECT_EQ(plugins.connector("a.C", &none).error().message(),
            "Plugin a.C not found that matches the version range [2.0,), available versions: [1.2, "
            "1.9, 1.10]");
  EXPECT_EQ(plugins.list(true).size(), 3U) << "each version is listed";
}

TEST(PluginsTest, KeysOfConvertersAndOfOtherPlugins) {
  const FixedCatalog catalog(file_connectors());
  const Plugins plugins(catalog);
  const auto keys = plugins.keys("Json", std::nullopt);
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->front().name, "converter.type");
  EXPECT_EQ(plugins.keys("Nope", std::nullopt).error().code(), Code::NotFound);
  EXPECT_EQ(plugins.keys("File", std::nullopt).error().code(), Code::BadRequest);
  EXPECT_EQ(plugins.keys("FileStreamSink", "9").error().code(), Code::BadRequest);
}

TEST(JavaMapTest, OrdersOfTheContract) {
  EXPECT_EQ(herder::in_hash_order({"name", "connector.class", "tasks.max", "file", "topic"}),
            (std::vector<std::string>{"connector.class", "file", "tasks.max", "name", "topic"}));
  // The thirteenth entry makes the map grow.
  EXPECT_EQ(herder::in_hash_order({"name", "connector.class", "tasks.max", "topics", "file",
                                   "key.converter", "value.converter", "errors.tolerance",
                                   "transforms", "transforms.a.type", "transforms.a.field",
                                   "errors.log.enable", "header.converter"}),
            (std::vector<std::string>{"connector.class", "transforms.a.type", "transforms.a.field",
                                      "tasks.max", "topics", "transforms", "header.converter",
                                      "file", "name", "errors.tolerance", "value.converter",
                                      "errors.log.enable", "key.converter"}));
}

TEST(OffsetListingTest, LeavesOutWhatIsNotOfTheConnector) {
  const auto listed = herder::source_offsets(
      "c", std::vector<OffsetRecord>{{R"(["c",{"file":"a"}])", R"({"position": 4})"},
                                     {R"(["d",{"file":"a"}])", R"({"position":5})"},
                                     {R"(["c",{"file":"b"}])", std::nullopt},
                                     {R"(["c",null])", "{}"},
                                     {"rubbish", "{}"},
                                     {R"(["c",{"file":"c"}])", "rubbish"}});
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 1U);
  EXPECT_EQ(listed->front().partition, R"({"file":"a"})");
  EXPECT_EQ(listed->front().offset, R"({"position":4})");
}

TEST(OffsetListingTest, SinkOffsetsAreSorted) {
  std::vector<herder::ConnectorOffset> listed;
  herder::list_sink_offsets(
      [](const std::string &, auto done) {
        done(std::vector<herder::GroupOffset>{{{"t", 10}, Offset(1)}, {{"t", 2}, Offset(3)}});
      },
      "g", [&](auto result) { listed = *result; });
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].partition, R"({"kafka_partition":2,"kafka_topic":"t"})");
  EXPECT_EQ(listed[0].offset, R"({"kafka_offset":3})");
}

} // namespace
} // namespace tests
