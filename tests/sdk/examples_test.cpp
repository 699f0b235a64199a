#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "sluice/records.hpp"
#include "sluice/testing.hpp"
#include "temp_dir.h"

// What authors start from must work.
namespace {

using namespace std::chrono_literals;
using ::testing::SizeIs;

const sluice_plugin &example(const std::string &name) {
  return sluice::testing::load(TEST_BUILD_DIR "/examples/" + name + ".so");
}

TEST(ExampleSource, TicksAndGoesOnCounting) {
  sluice::testing::fake_host host;
  host.stored_offsets[R"({"clock":"steady"})"] = R"({"count":41})";
  sluice::testing::source_run run(host, example("example-source"), "example.ClockSourceConnector");
  run.start({{"topic", "ticks"}, {"interval.ms", "1"}});
  const auto first = run.poll(60s);
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_EQ(first[0].topic, "ticks");
  EXPECT_EQ(first[0].value, "tick 42");
  EXPECT_EQ(first[0].source_offset, R"({"count":42})");
  EXPECT_EQ(run.poll(60s).at(0).value, "tick 43");
}

TEST(ExampleSource, WakesUp) {
  sluice::testing::fake_host host;
  sluice::testing::source_run run(host, example("example-source"), "example.ClockSourceConnector");
  run.start({{"topic", "ticks"}, {"interval.ms", "3600000"}});
  EXPECT_THAT(run.poll(60s), SizeIs(1));
  run.wake();
  EXPECT_THAT(run.poll(3600s), SizeIs(0));
}

TEST(ExampleSink, StoresWhatItHasBeforeOffsetsAreCommitted) {
  const TempDir dir;
  sluice::testing::fake_host host;
  sluice::testing::sink_run run(host, example("example-sink"), "example.FolderSinkConnector");
  run.start({{"folder", dir / ""}});
  run.put({{.topic = "a", .value = sluice::datum::bytes("1")},
           {.topic = "b", .value = sluice::datum::bytes("2")},
           {.topic = "a", .value = sluice::datum::bytes("3")}});
  EXPECT_EQ(read(dir / "a"), "");
  std::vector<sluice_tp> offsets{{sluice::to_abi("a"), 0, 0, 2}};
  run.pre_commit(offsets);
  EXPECT_EQ(read(dir / "a"), "1\n3\n");
  EXPECT_EQ(read(dir / "b"), "2\n");
  EXPECT_EQ(host.metric("records_written"), 3);
  EXPECT_THROW(run.put({{}}), sluice::testing::call_failed);
}

TEST(ExampleCSink, CountsAndLogs) {
  sluice::testing::fake_host host;
  const auto &desc =
      sluice::testing::find_connector(example("example-c-sink"), "example.TallySinkConnector");
  const sluice::testing::settings given{{"log.every", "3"}};
  const auto tasks = sluice::testing::task_configs(host, desc, given, 2);
  EXPECT_EQ(tasks, (std::vector{given, given}));
  sluice::testing::sink_run run(host, desc);
  run.start(tasks[0]);
  std::vector<sluice_tp> offsets;
  run.put({{.value = sluice::datum::bytes("abc")}, {}});
  run.pre_commit(offsets);
  EXPECT_TRUE(host.logs().empty());
  run.put({{.value = sluice::datum::bytes("de")}});
  run.pre_commit(offsets);
  EXPECT_TRUE(host.logged("3 records, 5 bytes"));
}

} // namespace
