#pragma once

#include <fstream>
#include <string>
#include <vector>

namespace host::kafka::test {

// The rows of a tab-separated file beside the tests, without its `#` lines.
inline std::vector<std::vector<std::string>> read_tsv(const std::string &path) {
  std::ifstream file(std::string(SLUICE_SOURCE_DIR) + "/tests/" + path);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#'))
      continue;
    std::vector<std::string> &row = rows.emplace_back();
    for (std::size_t at = 0;;) {
      const auto tab = line.find('\t', at);
      row.push_back(line.substr(at, tab - at));
      if (tab == std::string::npos)
        break;
      at = tab + 1;
    }
  }
  return rows;
}

} // namespace host::kafka::test
