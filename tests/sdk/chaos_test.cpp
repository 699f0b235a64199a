#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "sluice/testing.hpp"
#include "temp_dir.h"

// The plugin that does harm on demand does it where and when it is told, and works otherwise. What
// ends the process is for the tests that have one to spare.
namespace {

using namespace std::chrono_literals;
using sluice::testing::call_failed;

const sluice_connector_desc &chaos(std::string_view class_name) {
  return sluice::testing::find_connector(
      sluice::testing::load(TEST_BUILD_DIR "/test-plugins/chaos/chaos.so"), class_name);
}

TEST(Chaos, ReturnsTheStatusAtTheCallThatIsNamed) {
  sluice::testing::fake_host host;
  sluice::testing::source_run run(host, chaos("sluice.test.ChaosSourceConnector"));
  run.start({{"chaos.where", "poll"},
             {"chaos.what", "retry"},
             {"chaos.after", "2"},
             {"interval.ms", "0"}});
  EXPECT_EQ(run.poll(0ms).at(0).value, "chaos");
  try {
    run.poll(0ms);
    FAIL() << "polled";
  } catch (const call_failed &failed) {
    EXPECT_EQ(failed.status, SLUICE_E_RETRY);
    EXPECT_EQ(failed.message, "chaos: retry in poll");
  }
  EXPECT_EQ(run.poll(0ms).size(), 1U);
}

TEST(Chaos, LetsExceptionsOut) {
  sluice::testing::fake_host host;
  sluice::testing::sink_run run(host, chaos("sluice.test.ChaosSinkConnector"));
  run.start({{"chaos.where", "put"}, {"chaos.what", "throw"}});
  EXPECT_THROW(run.put({{}}), int);
}

TEST(Chaos, DoesItOnceWhenAFileSaysSo) {
  const TempDir dir;
  const sluice::testing::settings given{
      {"chaos.where", "start"}, {"chaos.what", "fatal"}, {"chaos.once.file", dir / "done"}};
  sluice::testing::fake_host host;
  sluice::testing::sink_run first(host, chaos("sluice.test.ChaosSinkConnector"));
  EXPECT_THROW(first.start(given), call_failed);
  EXPECT_TRUE(std::filesystem::exists(dir / "done"));
  sluice::testing::sink_run second(host, chaos("sluice.test.ChaosSinkConnector"));
  second.start(given);
  second.put({{}});
}

} // namespace
