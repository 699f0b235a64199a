#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace host::regex {

// Java's character classes may hold classes and be intersected, `[a-z&&[^b]]`; PCRE2 would read
// both as characters. Writes such classes as alternatives and look-aheads; the rest of the pattern
// stays as it is.
struct ClassTranslation {
  std::string pattern;
  // Where a class is that cannot be written so; npos if there is none.
  std::size_t fault = std::string_view::npos;
};
ClassTranslation translate_classes(std::string_view pattern);

} // namespace host::regex
