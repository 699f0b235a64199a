#include "host/config/version_range.h"

#include <algorithm>

#include "host/base/java_text.h"

namespace host::config {
namespace {

// One number or word of a version.
struct Part {
  bool number;
  std::string text;
};

constexpr bool digit(char c) { return c >= '0' && c <= '9'; }

std::vector<Part> parts_of(std::string_view version) {
  std::vector<Part> parts;
  for (const char c : version) {
    if (c == '.' || c == '-' || c == '_') {
      parts.push_back({false, {}});
      continue;
    }
    if (parts.empty() || (!parts.back().text.empty() && parts.back().number != digit(c)))
      parts.push_back({digit(c), {}});
    parts.back().number = digit(c);
    parts.back().text += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  }
  for (Part &part : parts)
    if (part.number)
      part.text.erase(0, std::min(part.text.find_first_not_of('0'), part.text.size()));
  const auto nothing = [](const Part &part) {
    return part.text.empty() || part.text == "ga" || part.text == "final" || part.text == "release";
  };
  while (!parts.empty() && nothing(parts.back()))
    parts.pop_back();
  return parts;
}

// Qualifiers below the release are negative; 0 is the release itself.
int rank(const Part &part) {
  constexpr std::string_view kBelow[] = {"alpha", "beta", "milestone", "rc", "snapshot"};
  if (part.number)
    return part.text.empty() ? 0 : 3;
  if (part.text.empty())
    return 0;
  for (int i = 0; i < 5; ++i)
    if (part.text == kBelow[i] || (i == 3 && part.text == "cr"))
      return i - 5;
  return part.text == "sp" ? 1 : 2;
}

int sign(int value) { return (value > 0) - (value < 0); }

int compare(const Part &a, const Part &b) {
  if (rank(a) != rank(b))
    return sign(rank(a) - rank(b));
  if (a.number && a.text.size() != b.text.size())
    return a.text.size() < b.text.size() ? -1 : 1;
  return sign(a.text.compare(b.text));
}

tl::unexpected<Error> refuse(std::string text) { return fail(Code::Config, std::move(text)); }

} // namespace

int compare_versions(std::string_view a, std::string_view b) {
  const auto left = parts_of(a);
  const auto right = parts_of(b);
  const Part nothing{true, {}};
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const int order =
        compare(i < left.size() ? left[i] : nothing, i < right.size() ? right[i] : nothing);
    if (order != 0)
      return order;
  }
  return 0;
}

Result<VersionRange> VersionRange::parse(std::string_view given) {
  VersionRange range;
  std::string_view text = java::trim(given);
  if (text.empty() || text == "latest")
    return range;
  std::string hard; // what a bare version is
  if (text.front() != '[' && text.front() != '(') {
    hard.append("[").append(text).append("]");
    given = text = hard;
  }
  while (!text.empty() && (text.front() == '[' || text.front() == '(')) {
    const std::size_t end = text.find_first_of("])");
    if (end == std::string_view::npos)
      return refuse("Unbounded range: " + std::string(given));
    const std::string_view inside = text.substr(1, end - 1);
    Interval interval{{}, text.front() == '[', {}, text[end] == ']'};
    const std::size_t comma = inside.find(',');
    const auto bound = [](std::string_view side) {
      side = java::trim(side);
      return side.empty() ? std::nullopt : std::optional<std::string>(side);
    };
    interval.low = bound(inside.substr(0, comma));
    interval.high =
        comma == std::string_view::npos ? interval.low : bound(inside.substr(comma + 1));
    if (comma == std::string_view::npos && !(interval.low_included && interval.high_included))
      return refuse("Single version must be surrounded by []: " + std::string(given));
    if (comma != std::string_view::npos && interval.low && interval.high &&
        compare_versions(*interval.high, *interval.low) < 0)
      return refuse("Range defies version ordering: " + std::string(given));
    range.intervals_.push_back(std::move(interval));
    text = java::trim(text.substr(end + 1));
    if (text.starts_with(','))
      text = java::trim(text.substr(1));
  }
  if (!text.empty())
    return refuse("Only fully-qualified sets allowed in multiple set scenario: " +
                  std::string(given));
  return range;
}

bool VersionRange::contains(std::string_view version) const {
  const auto inside = [&](const Interval &interval) {
    if (interval.low) {
      const int order = compare_versions(version, *interval.low);
      if (order < 0 || (order == 0 && !interval.low_included))
        return false;
    }
    if (interval.high) {
      const int order = compare_versions(version, *interval.high);
      if (order > 0 || (order == 0 && !interval.high_included))
        return false;
    }
    return true;
  };
  return intervals_.empty() || std::any_of(intervals_.begin(), intervals_.end(), inside);
}

std::string no_version_in(std::string_view class_name, std::string_view range,
                          std::string_view available) {
  const bool bare = range.find_first_of("[(") == std::string_view::npos;
  std::string text = "Plugin ";
  text.append(class_name).append(" not found that matches the version range ");
  if (bare)
    text.append("[").append(range).append(",").append(range).append("]");
  else
    text.append(range);
  return text.append(", available versions: [").append(available).append("]");
}

} // namespace host::config
