#include "host/app/cli_screen.h"

#include <sstream>

#include <gtest/gtest.h>

#include "host/json/parse.h"

namespace host::app::cli {
namespace {

TEST(Table, aligns_characters_not_bytes) {
  Table table({"NAME", "STATE"});
  EXPECT_TRUE(table.empty());
  table.row({"zürich-ö", "RUNNING"});
  table.row({"a", ""});
  EXPECT_FALSE(table.empty());
  EXPECT_EQ(table.text(false, "> "), "> NAME      STATE\n"
                                     "> zürich-ö  RUNNING\n"
                                     "> a         -\n");
}

TEST(Table, paints_states_without_moving_columns) {
  Table table({"FAILED", "TASKS", "END"});
  table.row({"RUNNING", "2 RUNNING, 1 FAILED", "not FAILED"});
  EXPECT_EQ(table.text(true), "FAILED   TASKS                END\n"
                              "\x1b[32mRUNNING\x1b[0m  \x1b[32m2 RUNNING\x1b[0m, "
                              "\x1b[31m1 FAILED\x1b[0m  not FAILED\n");
}

TEST(Visible, lets_nothing_through_that_moves_a_terminal) {
  EXPECT_EQ(visible("a\x1b[2J\r\n\x7f\xc2\x9b\xff"), "a\\x1b[2J\\x0d\\n\\x7f\\x9b\xef\xbf\xbd");
  EXPECT_EQ(visible("größe ✓"), "größe ✓");
  EXPECT_EQ(visible_lines("a\n\tat b\r\n\x1b", "  "), "  a\n      at b\n  \\x1b\n");
  EXPECT_EQ(visible_lines("a\n", "  "), "  a\n");
  EXPECT_EQ(visible_lines("", "  "), "");
}

TEST(Pretty, indents_and_keeps_order_and_numbers) {
  const auto value = json::parse(R"({"b":[1.50,{"x":null}],"a":{},"c":[],"d":"\u001b"})");
  ASSERT_TRUE(value);
  EXPECT_EQ(pretty(*value), R"({
  "b": [
    1.50,
    {
      "x": null
    }
  ],
  "a": {},
  "c": [],
  "d": "\u001B"
})");
}

TEST(Screen, says_on_which_stream_and_how_it_ends) {
  std::ostringstream out, err;
  Screen screen(out, err, Output::Table, false);
  screen.report("a", "created");
  EXPECT_EQ(screen.complain(Error(Code::Conflict, "one\ntwo")), kExitRefused);
  EXPECT_EQ(screen.complain(Error(Code::Unavailable, "gone")), kExitUnreachable);
  EXPECT_EQ(screen.complain("what?", kExitUsage), kExitUsage);
  EXPECT_EQ(out.str(), "a: created\n");
  EXPECT_EQ(err.str(), "sluice: one\n  two\nsluice: gone\nsluice: what?\n");
}

TEST(Screen, reports_a_line_of_json_for_programs) {
  std::ostringstream out, err;
  Screen screen(out, err, Output::Json, false);
  screen.report("a\"b", "created");
  EXPECT_EQ(out.str(), "{\"name\":\"a\\\"b\",\"result\":\"created\"}\n");
}

} // namespace
} // namespace host::app::cli
