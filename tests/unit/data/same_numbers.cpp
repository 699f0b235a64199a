#include "tests/unit/data/same_numbers.h"

#include <cstdlib>
#include <string>

namespace {

constexpr std::string_view kNumber = "0123456789.-+E";

// The number that begins around a place; takes it off both ways.
std::string number_at(std::string_view text, std::size_t begin) {
  const std::size_t end = text.find_first_not_of(kNumber, begin);
  return std::string(text.substr(begin, end == text.npos ? text.npos : end - begin));
}

} // namespace

bool same_but_for_digits(std::string_view ours, std::string_view theirs) {
  for (;;) {
    std::size_t at = 0;
    while (at < ours.size() && at < theirs.size() && ours[at] == theirs[at])
      ++at;
    if (at == ours.size() && at == theirs.size())
      return true;
    while (at > 0 && kNumber.find(ours[at - 1]) != kNumber.npos)
      --at;
    const std::string a = number_at(ours, at);
    const std::string b = number_at(theirs, at);
    const bool longer = !a.empty() && a.size() < b.size();
    if (!longer || (std::strtof(a.c_str(), nullptr) != std::strtof(b.c_str(), nullptr) &&
                    std::strtod(a.c_str(), nullptr) != std::strtod(b.c_str(), nullptr)))
      return false;
    ours.remove_prefix(at + a.size());
    theirs.remove_prefix(at + b.size());
  }
}
