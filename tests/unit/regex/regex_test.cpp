#include "host/regex/regex.h"

#include <gtest/gtest.h>

namespace host::regex {
namespace {

TEST(Regex, MatchesWholeTexts) {
  const Regex regex = Regex::compile("orders-(eu|us)(?<!x).*+").value();
  EXPECT_TRUE(regex.matches("orders-eu"));
  EXPECT_FALSE(regex.matches("my-orders-eu"));
  EXPECT_TRUE(regex.finds("my-orders-eu"));
  EXPECT_TRUE(Regex::compile(".").value().matches("é"));
  EXPECT_TRUE(Regex::compile("").value().matches(""));
  EXPECT_FALSE(Regex::compile("").value().matches("a"));
}

// What java.util.regex says, JDK 17.
TEST(Regex, FaultsAreJavas) {
  const auto fault = [](std::string_view pattern) {
    return Regex::compile(pattern).error().message();
  };
  EXPECT_EQ(fault("("), "Unclosed group near index 1\n(");
  EXPECT_EQ(fault("a{2"), "Unclosed counted closure near index 3\na{2");
  EXPECT_EQ(fault("[z-a]"), "Illegal character range near index 3\n[z-a]\n   ^");
  EXPECT_EQ(fault("*"), "Dangling meta character '*' near index 0\n*\n^");
  EXPECT_EQ(fault("a|+"), "Dangling meta character '+' near index 2\na|+\n  ^");
  EXPECT_EQ(fault("[a"), "Unclosed character class near index 1\n[a\n ^");
  EXPECT_EQ(fault(")"), "Unmatched closing ')'\n)");
  EXPECT_EQ(fault("a)"), "Unmatched closing ')' near index 0\na)\n^");
  EXPECT_EQ(fault("a{x}"), "Illegal repetition near index 2\na{x}\n  ^");
  EXPECT_EQ(fault("a\\E"), "Illegal/unsupported escape sequence near index 2\na\\E\n  ^");
  EXPECT_TRUE(Regex::compile("\\Q{x}\\i\\E\\d").value().matches("{x}\\i7"));
}

TEST(Regex, KnowsJavasCodeUnits) {
  EXPECT_TRUE(Regex::compile("a\\u00e9[\\u0041-\\u0043]")
                  .value()
                  .matches("a\xC3\xA9"
                           "B"));
  EXPECT_TRUE(Regex::compile("\\ud83d\\ude00+").value().matches("\xF0\x9F\x98\x80"));
  EXPECT_TRUE(Regex::compile("\\Q\\u0041\\E").value().matches("\\u0041"));
  EXPECT_FALSE(Regex::compile("\\ud83d"));
}

TEST(Regex, KnowsJavasPosixClasses) {
  const Regex regex = Regex::compile("a{2,3}\\p{Alnum}[{\\p{Upper}]\\P{Digit}").value();
  EXPECT_TRUE(regex.matches("aa7{x"));
  EXPECT_TRUE(regex.matches("aaxBx"));
  EXPECT_FALSE(regex.matches("aaxbx"));
  EXPECT_FALSE(regex.matches("aa7{7"));
}

TEST(Regex, EscapedBracesAreBraces) {
  EXPECT_TRUE(Regex::compile("\\{a\\}").value().matches("{a}"));
  EXPECT_TRUE(Regex::compile("[\\}]\\}").value().matches("}}"));
  EXPECT_FALSE(Regex::compile("\\p{Alnum"));
}

TEST(Regex, GivesUpOnExplosivePatterns) {
  const Regex regex = Regex::compile("(a+)+(b+)+c").value();
  EXPECT_FALSE(regex.matches(std::string(50, 'a') + std::string(50, 'b')));
}

// Checked against java.util.regex, JDK 17.
TEST(Regex, ClassesInsideClasses) {
  const auto matched = [](std::string_view pattern, std::string_view characters) {
    const Regex regex = Regex::compile(pattern).value();
    std::string text;
    for (const char c : characters)
      if (regex.matches(std::string_view(&c, 1)))
        text += c;
    return text;
  };
  EXPECT_EQ(matched("[a-z&&[^b]]", "abcABC1"), "ac");
  EXPECT_EQ(matched("[\\w&&[^a]]", "ab_-"), "b_");
  EXPECT_EQ(matched("[a-c[x-z]]", "abxyd"), "abxy");
  EXPECT_EQ(matched("[^a-c[x-z]]", "abxyd"), "d");
  EXPECT_EQ(matched("[^a-z&&[b-d]]", "abcde1"), "ae1");
  EXPECT_EQ(matched("[a-f&&[b-z]&&[^d]]", "abcdefg"), "bcef");
  EXPECT_EQ(matched("[\\p{Alpha}&&[^\\p{Upper}]]", "aB1"), "a");
  EXPECT_EQ(matched("[\\[&]", "[&a"), "[&");
  EXPECT_TRUE(Regex::compile("[a-z&&[^x]]{2}&&").value().matches("ab&&"));
  EXPECT_EQ(Regex::compile("[a&&]").error().exception(), "java.util.regex.PatternSyntaxException");
}

TEST(Regex, ReplacesAsJavaDoes) {
  const auto replaced = [](std::string_view pattern, std::string_view text,
                           std::string_view replacement) {
    auto result = Regex::compile(pattern).value().replace_first(text, replacement);
    return result ? *result
                  : std::string(result.error().exception()) + ": " + result.error().message();
  };
  EXPECT_EQ(replaced("(a)(b)?", "xay", "[$1$2]"), "x[a]y");
  EXPECT_EQ(replaced("(?<n>a)", "a", "${n}\\$1"), "a$1");
  EXPECT_EQ(replaced("(a)", "a", "$12"), "a2");
  EXPECT_EQ(replaced("b", "a", "$9"), "a");
  EXPECT_EQ(replaced("(a)", "a", "$2"), "java.lang.IndexOutOfBoundsException: No group 2");
  EXPECT_EQ(replaced("a", "a", "$"), "java.lang.IllegalArgumentException: Illegal group "
                                     "reference: group index is missing");
  EXPECT_EQ(replaced("a", "a", "$x"),
            "java.lang.IllegalArgumentException: Illegal group reference");
  EXPECT_EQ(replaced("a", "a", "${m}"),
            "java.lang.IllegalArgumentException: No group with name {m}");
  EXPECT_EQ(replaced("a", "a", "\\"),
            "java.lang.IllegalArgumentException: character to be escaped is missing");
  EXPECT_EQ(replaced(".*?", "topic", "x"), "xtopic");
}

} // namespace
} // namespace host::regex
