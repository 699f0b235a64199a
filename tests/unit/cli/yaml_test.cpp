#include "host/app/cli_yaml.h"

#include <gtest/gtest.h>

#include "host/json/parse.h"

namespace host::app::cli {
namespace {

std::string yaml(std::string_view text) { return to_yaml(json::parse(text).value()); }

TEST(Yaml, nests_in_blocks) {
  EXPECT_EQ(yaml(R"({"b":[1.50,{"x":null,"z":[true,[2]]},[]],"a":{},"c":{"d":"e f"}})"),
            "b:\n"
            "  - 1.50\n"
            "  - x: null\n"
            "    z:\n"
            "      - true\n"
            "      - - 2\n"
            "  - []\n"
            "a: {}\n"
            "c:\n"
            "  d: e f\n");
  EXPECT_EQ(yaml("[]"), "[]\n");
  EXPECT_EQ(yaml("7"), "7\n");
}

TEST(Yaml, quotes_what_could_be_taken_for_something_else) {
  for (const char *plain :
       {"RUNNING", "org.apache.X$Y", "http://a:1/b", "a b", "_x", "/tmp/x-1", "a:b", "worker:8083"})
    EXPECT_EQ(to_yaml(json::Value(plain)), std::string(plain) + "\n");
  for (const char *quoted :
       {"",   "1",  "1.5", "-1", "null", "True", "NO",       "~",   "y",          "a: b",
        "a:", " a", "a ",  "#a", "a #b", "- a",  "[hidden]", "{x}", "2026-01-01", "*",
        "&a", "!a", "%a",  "@a", "0x1",  ".inf", "größe",    "'",   "a,b",        "?"})
    EXPECT_EQ(to_yaml(json::Value(quoted)), "\"" + std::string(quoted) + "\"\n");
  EXPECT_EQ(yaml(R"({"1":"a\"\\\u001b\u0085","on":"\t"})"), "\"1\": \"a\\\"\\\\\\u001b\\u0085\"\n"
                                                            "\"on\": \"\\u0009\"\n");
}

TEST(Yaml, shows_lines_as_lines_where_that_loses_nothing) {
  EXPECT_EQ(yaml(R"({"t":"Boom: x\n\tat y\n\nend","u":"a\n"})"), "t: |-\n"
                                                                 "  Boom: x\n"
                                                                 "  \tat y\n"
                                                                 "\n"
                                                                 "  end\n"
                                                                 "u: |\n"
                                                                 "  a\n");
  EXPECT_EQ(yaml(R"(["a\nb"])"), "- |-\n  a\n  b\n");
  EXPECT_EQ(yaml(R"(" a\nb")"), "\" a\\nb\"\n");
  EXPECT_EQ(yaml(R"("a\n \nb")"), "\"a\\n \\nb\"\n");
  EXPECT_EQ(yaml(R"("a\n\n")"), "\"a\\n\\n\"\n");
}

} // namespace
} // namespace host::app::cli
