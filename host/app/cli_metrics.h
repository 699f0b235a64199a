#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace host::app::cli {

// One line of Prometheus' text format.
struct Sample {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;

  std::string_view label(std::string_view key) const; // empty if it has none
};

// Foreign bytes: lines that are none of the format are left out.
std::vector<Sample> parse_metrics(std::string_view text);

} // namespace host::app::cli
