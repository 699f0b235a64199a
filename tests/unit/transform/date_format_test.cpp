#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "host/transform/date_format.h"

namespace tests {
namespace {

using host::transform::DateFormat;

std::vector<std::string> split(const std::string &line) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t tab; (tab = line.find('\t', from)) != std::string::npos; from = tab + 1)
    parts.push_back(line.substr(from, tab - from));
  parts.push_back(line.substr(from));
  return parts;
}

std::string answer(const std::string &pattern, const std::string &kind, const std::string &given) {
  const auto format = DateFormat::compile(pattern);
  if (!format)
    return format.error().message();
  if (kind == "e")
    return "a format";
  std::string text;
  if (kind == "f")
    format->append(text, std::stoll(given));
  else if (const auto ms = format->parse(given))
    text = std::to_string(*ms);
  else
    text = "!";
  return text;
}

// Years that only an exponent can make wrap around in Java.
constexpr std::size_t kMostDigits = 17;

// Lines of tests/oracle/dates; SLUICE_DATE_CASES names a file of more.
TEST(DateFormat, DoesWhatSimpleDateFormatDoes) {
  const char *more = std::getenv("SLUICE_DATE_CASES");
  std::ifstream file(more != nullptr ? more : SLUICE_TRANSFORM_DATA "/dates.tsv");
  ASSERT_TRUE(file.good());
  int checked = 0;
  int failed = 0;
  for (std::string line; std::getline(file, line); ++checked) {
    const auto parts = split(line);
    ASSERT_EQ(parts.size(), 4U) << line;
    const std::string &expected = parts[1] == "e" ? parts[2] : parts[3];
    if (parts[1] == "p" && expected.size() > kMostDigits)
      continue;
    const std::string actual = answer(parts[0], parts[1], parts[2]);
    if (actual != expected && ++failed <= 20)
      ADD_FAILURE() << line << "\nactual " << actual;
  }
  EXPECT_GT(checked, 1000);
  EXPECT_EQ(failed, 0) << "of " << checked;
}

TEST(DateFormat, TwoDigitsAreAYearOfTheLastEightyOrNextTwenty) {
  const DateFormat format = DateFormat::compile("yy-MM-dd").value();
  EXPECT_EQ(format.parse("01-01-01"), 978307200000);
  EXPECT_EQ(format.parse("99-01-01"), 915148800000);
  EXPECT_EQ(format.parse("2001-01-01"), 978307200000);
  EXPECT_EQ(format.parse("1-01-01"), -62135769600000) << "one digit is the year 1";
}

} // namespace
} // namespace tests
