#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"

namespace host::config {

// Maven's order of versions, as far as plugins need it: numbers by value, qualifiers
// alpha < beta < milestone < rc < snapshot < release < sp < other text (contract 16.8).
int compare_versions(std::string_view a, std::string_view b);

// A version requirement of KIP-891: `[1.2]`, `[1.0,2.0)`, `(,1.0],[1.2,)`; a bare `1.2` is the
// exact version, as Connect takes it (17·2); `latest` and the empty text are any. A value.
class VersionRange {
public:
  static Result<VersionRange> parse(std::string_view text);
  bool contains(std::string_view version) const;

private:
  struct Interval {
    std::optional<std::string> low;
    bool low_included = false;
    std::optional<std::string> high;
    bool high_included = false;
  };
  std::vector<Interval> intervals_; // none: every version
};

// What Connect says of a class that no version in the range is there of. A bare version is an exact
// one, and printed as such; `available`: `1.0, 1.1`.
std::string no_version_in(std::string_view class_name, std::string_view range,
                          std::string_view available);

} // namespace host::config
