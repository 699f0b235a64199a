#include "host/metrics/exposition.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "host/metrics/process_figures.h"
#include "host/metrics/window.h"

namespace host::metrics {
namespace {

using namespace std::chrono_literals;

TEST(ExpositionTest, SamplesOfANameStandTogether) {
  Exposition out;
  out.counter("b_total", "Bs.", {{"task", "0"}}, 1);
  out.gauge("a", "As\nand \\s.", {}, 0.5);
  out.counter("b_total", "other", {{"connector", "x\"\\\ny"}, {"task", "1"}}, 12'345'678'901);
  EXPECT_EQ(out.text(), "# HELP a As\\nand \\\\s.\n"
                        "# TYPE a gauge\n"
                        "a 0.5\n"
                        "# HELP b_total Bs.\n"
                        "# TYPE b_total counter\n"
                        "b_total{task=\"0\"} 1\n"
                        "b_total{connector=\"x\\\"\\\\\\ny\",task=\"1\"} 12345678901\n");
}

TEST(ExpositionTest, SpecialNumbersAreKnown) {
  Exposition out;
  out.gauge("a", "", {}, std::nan(""));
  out.gauge("b", "", {}, std::numeric_limits<double>::infinity());
  out.gauge("c", "", {}, -std::numeric_limits<double>::infinity());
  out.gauge("d", "", {}, 1e300);
  const std::string text = out.text();
  for (const char *line : {"\na NaN\n", "\nb +Inf\n", "\nc -Inf\n", "\nd 1e+300\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line;
}

TEST(WindowTest, RatesAndAveragesAreOfTheLastMinute) {
  Window window;
  const TimePoint start{1h};
  window.sample(start, 0, 0);
  EXPECT_EQ(window.rate(), 0);
  EXPECT_TRUE(std::isnan(window.average()));
  window.sample(start + 10s, 100, 5);
  EXPECT_DOUBLE_EQ(window.rate(), 10);
  EXPECT_DOUBLE_EQ(window.average(), 20);
  window.sample(start + 65s, 100, 5);
  EXPECT_DOUBLE_EQ(window.rate(), 0);
  EXPECT_TRUE(std::isnan(window.average()));
}

TEST(WindowTest, ACounterThatBeginsAnewBeginsAWindow) {
  Window window;
  const TimePoint start{1h};
  window.sample(start, 1000);
  window.sample(start + 10s, 1100);
  window.sample(start + 20s, 10);
  EXPECT_EQ(window.rate(), 0);
  window.sample(start + 30s, 30);
  EXPECT_DOUBLE_EQ(window.rate(), 2);
}

TEST(ProcessFigures, AreThoseOfThisProcess) {
  Exposition out;
  add_process_figures(out);
  EXPECT_NE(out.text().find("process_resident_memory_bytes "), std::string::npos);
  EXPECT_FALSE(resident_bytes(0));
}

} // namespace
} // namespace host::metrics
