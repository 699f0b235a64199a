#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "host/plugin/connector.h"
#include "host/plugin/library.h"

// The plugins that ship, the examples and the tests' own, by the host's loader.
namespace host::plugin {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> classes_of(const std::string &file) {
  const auto library = Library::load(TEST_BUILD_DIR "/" + file);
  if (!library)
    return {library.error().message()};
  std::vector<std::string> out;
  for (const Descriptor &descriptor : (*library)->descriptors())
    out.push_back(descriptor.class_name + " " + descriptor.task_class_name + " " +
                  descriptor.version);
  return out;
}

TEST(GoodPlugins, FileConnectorsBearConnectsNames) {
  EXPECT_THAT(classes_of("plugins/file.so"),
              ElementsAre("org.apache.kafka.connect.file.FileStreamSourceConnector "
                          "org.apache.kafka.connect.file.FileStreamSourceTask 4.3.0",
                          "org.apache.kafka.connect.file.FileStreamSinkConnector "
                          "org.apache.kafka.connect.file.FileStreamSinkTask 4.3.0"));
}

TEST(GoodPlugins, ExamplesLoad) {
  EXPECT_THAT(classes_of("examples/example-source.so"),
              ElementsAre("example.ClockSourceConnector example.ClockSourceTask 1.0"));
  EXPECT_THAT(classes_of("examples/example-sink.so"),
              ElementsAre("example.FolderSinkConnector example.FolderSinkTask 1.0"));
  EXPECT_THAT(classes_of("examples/example-c-sink.so"),
              ElementsAre("example.TallySinkConnector example.TallySinkTask 1.0"));
}

TEST(GoodPlugins, TestPluginsLoad) {
  EXPECT_THAT(classes_of("test-plugins/healthy/pacing.so"),
              ElementsAre("sluice.test.PacingSourceConnector sluice.test.PacingSourceTask 1.0"));
  EXPECT_THAT(classes_of("test-plugins/healthy/counting.so"),
              ElementsAre("sluice.test.CountingSinkConnector sluice.test.CountingSinkTask 1.0"));
  EXPECT_THAT(classes_of("test-plugins/chaos/chaos.so"),
              ElementsAre("sluice.test.ChaosSourceConnector sluice.test.ChaosSourceTask 1.0",
                          "sluice.test.ChaosSinkConnector sluice.test.ChaosSinkTask 1.0"));
}

} // namespace
} // namespace host::plugin
