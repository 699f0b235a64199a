#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "host/base/error.h"

namespace host::regex {

// A regular expression in Java's syntax, run by PCRE2 with limits on steps and memory, so that no
// pattern of a user can hang a thread. Immutable; copies share; any thread may match.
class Regex {
public:
  // The error's message is java.util.regex.PatternSyntaxException's for the common mistakes.
  static Result<Regex> compile(std::string_view pattern);

  // Whether the whole text matches, which is what Connect's keys mean (contract 16.4). False also
  // when a limit was hit.
  bool matches(std::string_view text) const;
  // Whether some part of the text matches.
  bool finds(std::string_view text) const;
  // Java's Matcher.replaceFirst: the first match becomes the replacement, in which `$1` and
  // `${name}` are groups and a backslash takes the next character as it is. Errors are Java's, for
  // a replacement that names what is not there.
  Result<std::string> replace_first(std::string_view text, std::string_view replacement) const;
  const std::string &pattern() const;

private:
  struct Code;
  explicit Regex(std::shared_ptr<const Code> code) : code_(std::move(code)) {}
  std::shared_ptr<const Code> code_;
};

} // namespace host::regex
