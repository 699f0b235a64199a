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
}

TEST(Regex, KnowsJavasPosixClasses) {
  const Regex regex = Regex::compile("a{2,3}\\p{Alnum}[{\\p{Upper}]\\P{Digit}").value();
  EXPECT_TRUE(regex.matches("aa7{x"));
  EXPECT_TRUE(regex.matches("aaxBx"));
  EXPECT_FALSE(regex.matches("aaxbx"));
  EXPECT_FALSE(regex.matches("aa7{7"));
}

TEST(Regex, GivesUpOnExplosivePatterns) {
  const Regex regex = Regex::compile("(a+)+(b+)+c").value();
  EXPECT_FALSE(regex.matches(std::string(50, 'a') + std::string(50, 'b')));
}

} // namespace
} // namespace host::regex
