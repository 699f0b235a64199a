#include "host/json/scanner.h"

#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "host/json/encoding.h"
#include "host/json/escape.h"
#include "tests/support/hex.h"

namespace host::json {
namespace {

// Whatever the scanner says about a text, written again as compact JSON; numbers as literals.
std::string echo(Scanner &scanner) {
  std::string out;
  const auto separate = [&] {
    if (!out.empty() && out.back() != '[' && out.back() != '{' && out.back() != ':')
      out += ',';
  };
  for (;;) {
    const Token token = scanner.next();
    switch (token) {
    case Token::ObjectBegin:
      separate();
      out += '{';
      break;
    case Token::ArrayBegin:
      separate();
      out += '[';
      break;
    case Token::ObjectEnd:
      out += '}';
      break;
    case Token::ArrayEnd:
      out += ']';
      break;
    case Token::Key:
      separate();
      append_quoted(out, scanner.text());
      out += ':';
      break;
    case Token::String:
      separate();
      append_quoted(out, scanner.text());
      break;
    case Token::Integer:
    case Token::Decimal:
      separate();
      out += scanner.text();
      break;
    case Token::True:
      separate();
      out += "true";
      break;
    case Token::False:
      separate();
      out += "false";
      break;
    case Token::Null:
      separate();
      out += "null";
      break;
    case Token::Blank:
      return "empty\t-";
    case Token::End:
      return "ok\t" + out;
    case Token::Fault: {
      std::string text(scanner.fault().text());
      for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; ++at)
        text.replace(at, 1, "\\n");
      return std::string(scanner.fault().exception()) + "\t" + text;
    }
    }
  }
}

// Each line of the file is what Jackson itself did with a text.
TEST(Scanner, SaysWhatJacksonSays) {
  std::ifstream file(SLUICE_JSON_DATA "/jackson.tsv");
  ASSERT_TRUE(file.good());
  int checked = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#'))
      continue;
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    const std::string text = from_hex(std::string_view(line).substr(0, first));
    const bool lenient = line.substr(first + 1, second - first - 1) == "lenient";
    Scanner scanner(Dialect{.leading_zeros = lenient});
    std::string scratch;
    scanner.reset(to_utf8(text, scratch));
    EXPECT_EQ(echo(scanner), line.substr(second + 1)) << "for " << text.substr(0, 80);
    ++checked;
  }
  EXPECT_GT(checked, 300);
}

TEST(Scanner, IntegersKeepTheirLowBitsAndTellWhetherTheyFit) {
  const auto read = [](std::string_view text) {
    Scanner scanner;
    scanner.reset(text);
    EXPECT_EQ(scanner.next(), Token::Integer) << text;
    return std::pair(scanner.integer(), scanner.fits());
  };
  EXPECT_EQ(read("9223372036854775807"), std::pair(INT64_MAX, true));
  EXPECT_EQ(read("-9223372036854775808"), std::pair(INT64_MIN, true));
  EXPECT_EQ(read("9223372036854775808"), std::pair(INT64_MIN, false));
  EXPECT_EQ(read("-9223372036854775809"), std::pair(INT64_MAX, false));
  EXPECT_EQ(read("12345678901234567890123"), std::pair(std::int64_t{4807115922877859019}, false));
}

TEST(Scanner, SkipsWholeContainers) {
  Scanner scanner;
  scanner.reset(R"({"a":[1,{"b":[]},"x"],"c":2})");
  EXPECT_EQ(scanner.next(), Token::ObjectBegin);
  EXPECT_EQ(scanner.next(), Token::Key);
  EXPECT_TRUE(scanner.skip(scanner.next()));
  EXPECT_EQ(scanner.next(), Token::Key);
  EXPECT_EQ(scanner.text(), "c");
  EXPECT_TRUE(scanner.skip(scanner.next()));
  EXPECT_EQ(scanner.next(), Token::ObjectEnd);
  EXPECT_EQ(scanner.next(), Token::End);
}

TEST(Scanner, StringsWithoutEscapesAreNotCopied) {
  const std::string text = "[\"abc\",\"a\\nb\"]";
  Scanner scanner;
  scanner.reset(text);
  scanner.next();
  EXPECT_EQ(scanner.next(), Token::String);
  EXPECT_TRUE(scanner.in_place());
  EXPECT_EQ(scanner.text().data(), text.data() + 2);
  EXPECT_EQ(scanner.next(), Token::String);
  EXPECT_FALSE(scanner.in_place());
  EXPECT_EQ(scanner.text(), "a\nb");
}

// Every prefix of a document is a fault or blank, never a value and never a crash.
TEST(Scanner, PrefixesAreRefused) {
  const std::string text = R"({"k":[1.5e3,-2,"x\u00e9\n",true,null,{"é":"😀"}],"z":{}})";
  for (std::size_t size = 0; size < text.size(); ++size) {
    Scanner scanner;
    scanner.reset(std::string_view(text).substr(0, size));
    EXPECT_FALSE(echo(scanner).starts_with("ok")) << size;
  }
}

} // namespace
} // namespace host::json
