#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

// Every C++ block of the author's documentation stands in a file that is compiled.
namespace {

namespace fs = std::filesystem;

// Lines without their indentation, and without empty ones.
std::vector<std::string> lines_of(std::istream &in) {
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) {
    line.erase(0, line.find_first_not_of(' '));
    if (!line.empty())
      out.push_back(line);
  }
  return out;
}

std::string joined(const std::vector<std::string> &lines) {
  std::string out = "\n";
  for (const std::string &line : lines)
    out += line + "\n";
  return out;
}

std::vector<std::string> compiled_files() {
  std::vector<std::string> out;
  for (const char *folder : {"examples", "tests/sdk", "tests/badplugins", "plugins"})
    for (const auto &entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR) / folder))
      if (entry.path().extension() == ".cpp") {
        std::ifstream in(entry.path());
        out.push_back(joined(lines_of(in)));
      }
  return out;
}

std::vector<std::string> blocks_of(const fs::path &page) {
  std::vector<std::string> out;
  std::ifstream in(page);
  std::ostringstream block;
  bool is_inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line == "```cpp") {
      is_inside = true;
      block.str("");
    } else if (line == "```" && is_inside) {
      is_inside = false;
      std::istringstream text(block.str());
      out.push_back(joined(lines_of(text)));
    } else if (is_inside) {
      block << line << '\n';
    }
  }
  return out;
}

TEST(AuthorDocs, CodeIsCompiled) {
  const std::vector<std::string> files = compiled_files();
  std::size_t n = 0;
  for (const auto &page : fs::directory_iterator(fs::path(SOURCE_DIR) / "docs/sdk"))
    for (const std::string &block : blocks_of(page.path())) {
      ++n;
      const bool is_compiled = std::any_of(files.begin(), files.end(), [&](const auto &file) {
        return file.find(block) != file.npos;
      });
      EXPECT_TRUE(is_compiled) << page.path() << ": no compiled file has this:" << block;
    }
  EXPECT_GT(n, 10U) << "the pages were not found";
}

} // namespace
