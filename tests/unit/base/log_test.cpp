#include "host/base/log.h"

#include <unistd.h>

#include <string>

#include <gtest/gtest.h>

#include "host/base/fd.h"

namespace host::log {
namespace {

const Logger kLog{"test.log"};

// Runs `f` with events going to a pipe and returns what arrived.
template <class F> std::string capture(Format format, F f) {
  int ends[2];
  if (::pipe(ends) != 0)
    return "no pipe";
  UniqueFd in(ends[0]);
  UniqueFd out(ends[1]);
  set_sink(line_sink(out.get(), format));
  f();
  set_sink(nullptr);
  out.reset();
  std::string text(4096, '\0');
  text.resize(static_cast<std::size_t>(::read(in.get(), text.data(), text.size())));
  return text;
}

TEST(Log, TextLineNamesLevelContextAndLogger) {
  const std::string line = capture(Format::Text, [] {
    ScopedContext context(task_context("c", 3));
    kLog.warn("a{}b", 1);
  });
  EXPECT_EQ(line.substr(24), " WARN  [c|task-3] test.log: a1b\n");
}

TEST(Log, JsonLineIsOneLineWhateverTheMessage) {
  const std::string line = capture(Format::Json, [] {
    ScopedContext context(task_context("a|\"b", 0));
    kLog.info("x\ny\"");
  });
  EXPECT_EQ(line.substr(line.find(",\"level")),
            ",\"level\":\"INFO\",\"logger\":\"test.log\",\"connector\":\"a|\\\"b\",\"task\":0,"
            "\"message\":\"x\\ny\\\"\"}\n");
}

TEST(Log, BytesThatAreNoTextMakeALineAllTheSame) {
  const std::string json = capture(Format::Json, [] { kLog.info("a\xff\x1b[2J\xc3\xa9"); });
  EXPECT_NE(json.find("\"message\":\"a\xef\xbf\xbd\\u001B[2J\xc3\xa9\"}\n"), std::string::npos)
      << json;
  const std::string text = capture(Format::Text, [] { kLog.info("a\x1b[2J\r\tb\nc\x7f"); });
  EXPECT_NE(text.find("test.log: a\\x1b[2J\\x0d\tb\n  c\\x7f\n"), std::string::npos) << text;
}

TEST(Log, LevelsChangeByPrefixAndReachLaterLoggers) {
  EXPECT_FALSE(kLog.enabled(Level::Debug));
  EXPECT_EQ(set_level("test.", Level::Debug), std::vector<std::string>{"test.log"});
  EXPECT_TRUE(kLog.enabled(Level::Debug));
  EXPECT_TRUE(Logger("test.later").enabled(Level::Debug));
  EXPECT_TRUE(set_level("test.", Level::Debug).empty());
  set_level("test.", Level::Info);
}

TEST(Log, LevelNamesAreConnects) {
  EXPECT_EQ(level_of("warn"), Level::Warn);
  EXPECT_EQ(level_of("ALL"), Level::Trace);
  EXPECT_FALSE(level_of("loud").has_value());
}

} // namespace
} // namespace host::log
