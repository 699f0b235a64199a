#include "line_buffer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

void feed(file::LineBuffer &lines, std::string_view text) {
  while (!text.empty()) {
    const auto room = lines.room();
    const std::size_t n = std::min(room.size(), text.size());
    std::memcpy(room.data(), text.data(), n);
    lines.filled(n);
    text.remove_prefix(n);
  }
}

std::vector<std::string> take(file::LineBuffer &lines) {
  std::vector<std::string> out;
  while (const auto line = lines.next())
    out.emplace_back(line->text);
  return out;
}

TEST(LineBuffer, CutsAtEachKindOfEnd) {
  file::LineBuffer lines;
  feed(lines, "unix\ndos\r\nmac\rlast\n");
  EXPECT_THAT(take(lines), ElementsAre("unix", "dos", "mac", "last"));
}

TEST(LineBuffer, LengthsCountTheEnds) {
  file::LineBuffer lines;
  feed(lines, "a\nb\r\nc\rd");
  EXPECT_EQ(lines.next()->length, 2U);
  EXPECT_EQ(lines.next()->length, 3U);
  EXPECT_EQ(lines.next()->length, 2U);
  EXPECT_FALSE(lines.next());
  EXPECT_EQ(lines.unfinished(), 1U);
}

TEST(LineBuffer, CarriageReturnAtTheEndWaitsForTheNextByte) {
  file::LineBuffer lines;
  feed(lines, "a\r");
  EXPECT_THAT(take(lines), IsEmpty());
  feed(lines, "\nb\r");
  EXPECT_THAT(take(lines), ElementsAre("a"));
  feed(lines, "c");
  EXPECT_THAT(take(lines), ElementsAre("b"));
  EXPECT_EQ(lines.last()->text, "c");
}

TEST(LineBuffer, LastLineNeedsNoEnd) {
  file::LineBuffer lines;
  feed(lines, "a\nb\r");
  EXPECT_THAT(take(lines), ElementsAre("a"));
  const auto last = lines.last();
  EXPECT_EQ(last->text, "b");
  EXPECT_EQ(last->length, 2U);
  EXPECT_FALSE(lines.last());
}

TEST(LineBuffer, EmptyLinesAreLines) {
  file::LineBuffer lines;
  feed(lines, "\n\n\r\n\r\r\n\n");
  EXPECT_THAT(take(lines), ElementsAre("", "", "", "", "", ""));
}

TEST(LineBuffer, LinesStayWhereTheyAreWhileTheirChunkIsHeld) {
  file::LineBuffer lines;
  feed(lines, "first\nsec");
  const auto line = lines.next();
  const auto held = lines.chunk();
  for (int i = 0; i < 100'000; ++i) {
    feed(lines, "0123456789\n");
    take(lines);
  }
  EXPECT_EQ(line->text, "first");
}

TEST(LineBuffer, LinesLongerThanAChunk) {
  file::LineBuffer lines;
  const std::string text(3'000'000, 'x');
  feed(lines, text);
  EXPECT_THAT(take(lines), IsEmpty());
  EXPECT_EQ(lines.unfinished(), text.size());
  feed(lines, "\nshort\n");
  EXPECT_THAT(take(lines), ElementsAre(text, "short"));
}

TEST(LineBuffer, ForgetsAndGivesBackMemory) {
  file::LineBuffer lines;
  feed(lines, "a\nunfinished");
  take(lines);
  lines.release_memory(); // the unfinished line stays
  EXPECT_EQ(lines.unfinished(), 10U);
  lines.clear();
  lines.release_memory();
  EXPECT_EQ(lines.chunk(), nullptr);
  feed(lines, "b\n");
  EXPECT_THAT(take(lines), ElementsAre("b"));
}

// Against the plain rule, at every way of cutting the input into reads.
TEST(LineBuffer, HowTheBytesArriveMakesNoDifference) {
  constexpr unsigned kSeed = 20240611;
  std::mt19937 random(kSeed);
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (int i = 0; i < 200; ++i)
      text += "ab\r\n"[random() % 4];
    std::vector<std::string> expected(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n' || text[i] == '\r') {
        i += text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n' ? 1 : 0;
        expected.emplace_back();
      } else {
        expected.back() += text[i];
      }
    }
    if (expected.back().empty())
      expected.pop_back();

    file::LineBuffer lines;
    std::vector<std::string> got;
    std::size_t total = 0;
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t n = std::min<std::size_t>(1 + random() % 9, rest.size());
      feed(lines, rest.substr(0, n));
      rest.remove_prefix(n);
      while (const auto line = lines.next()) {
        got.emplace_back(line->text);
        total += line->length;
      }
      if (random() % 4 == 0)
        lines.release_memory();
    }
    if (const auto line = lines.last()) {
      got.emplace_back(line->text);
      total += line->length;
    }
    ASSERT_EQ(got, expected) << "seed " << kSeed << ", round " << round;
    ASSERT_EQ(total, text.size());
  }
}

} // namespace
