#include "host/regex/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "host/base/utf8.h"

namespace host::regex {
namespace {

constexpr std::uint32_t kMatchLimit = 1'000'000;
constexpr std::uint32_t kHeapLimitKiB = 8 * 1024;

// The constants of these names in pcre2.h, by the situation that they stand for.
constexpr int kUnclosedClass = PCRE2_ERROR_MISSING_SQUARE_BRACKET;
constexpr int kBadRange = PCRE2_ERROR_CLASS_RANGE_ORDER;
constexpr int kNothingToRepeat = PCRE2_ERROR_QUANTIFIER_INVALID;
constexpr int kUnclosedGroup = PCRE2_ERROR_MISSING_CLOSING_PARENTHESIS;
constexpr int kUnmatchedClose = PCRE2_ERROR_UNMATCHED_CLOSING_PARENTHESIS;
constexpr int kTrailingBackslash = PCRE2_ERROR_END_BACKSLASH;

// PatternSyntaxException.getMessage: what, the index in UTF-16 units, the pattern, a caret.
std::string java_message(std::string_view what, std::string_view pattern,
                         std::optional<std::size_t> index) {
  std::string text(what);
  if (index)
    text += " near index " + std::to_string(*index);
  text += '\n';
  text += pattern;
  if (index && *index < utf8::utf16_length(pattern))
    text += '\n' + std::string(*index, ' ') + '^';
  return text;
}

// Java refuses an opened repetition that is not closed or not a number; PCRE2 takes it literally.
std::optional<std::string> counted_closure_fault(std::string_view pattern) {
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      const bool named = i + 2 < pattern.size() && pattern[i + 2] == '{' &&
                         std::string_view("pPxkN").find(pattern[i + 1]) != std::string_view::npos;
      if (named)
        i = std::min(pattern.find('}', i), pattern.size());
      else
        ++i;
    } else if (c == '[') {
      in_class = true;
    } else if (c == ']') {
      in_class = false;
    } else if (c == '{' && !in_class) {
      std::size_t at = i + 1;
      const auto digits = [&] {
        const std::size_t from = at;
        while (at < pattern.size() && pattern[at] >= '0' && pattern[at] <= '9')
          ++at;
        return at > from;
      };
      if (!digits())
        return java_message("Illegal repetition", pattern,
                            utf8::utf16_length(pattern.substr(0, at)));
      if (at < pattern.size() && pattern[at] == ',') {
        ++at;
        digits();
      }
      if (at >= pattern.size() || pattern[at] != '}')
        return java_message("Unclosed counted closure", pattern,
                            utf8::utf16_length(pattern.substr(0, at)));
      i = at;
    }
  }
  return std::nullopt;
}

// Java's POSIX classes, `\\p{Alnum}`, in PCRE2's spelling.
std::string with_posix_classes(std::string_view pattern) {
  constexpr std::string_view kNames[] = {"Lower", "Upper",  "ASCII", "Alpha", "Digit",
                                         "Alnum", "Punct",  "Graph", "Print", "Blank",
                                         "Cntrl", "XDigit", "Space"};
  std::string out;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '[' || pattern[i] == ']')
      in_class = pattern[i] == '[';
    if (pattern[i] != '\\' || i + 1 == pattern.size()) {
      out += pattern[i];
      continue;
    }
    const std::string_view rest = pattern.substr(i);
    const bool negated = rest.starts_with("\\P{");
    const std::string_view name =
        rest.substr(0, rest.find('}')).substr(std::min<std::size_t>(3, rest.size()));
    const auto *known = std::find(std::begin(kNames), std::end(kNames), name);
    if ((!negated && !rest.starts_with("\\p{")) || known == std::end(kNames)) {
      out.append(rest.substr(0, 2));
      ++i;
      continue;
    }
    std::string posix = negated ? "[:^" : "[:";
    for (const char c : name)
      posix += static_cast<char>(c | 0x20);
    posix += ":]";
    out += in_class ? posix : "[" + posix + "]";
    i += name.size() + 3;
  }
  return out;
}

std::string describe(int code, std::string_view pattern, std::size_t offset) {
  const std::size_t length = utf8::utf16_length(pattern);
  const std::size_t index = utf8::utf16_length(pattern.substr(0, std::min(offset, pattern.size())));
  switch (code) {
  case kUnclosedGroup:
    return java_message("Unclosed group", pattern, length);
  case kUnclosedClass:
    return java_message("Unclosed character class", pattern, length - 1);
  case kBadRange:
    return java_message("Illegal character range", pattern, index);
  case kNothingToRepeat:
    return java_message(std::string("Dangling meta character '") + pattern[offset] + "'", pattern,
                        index);
  case kUnmatchedClose:
    if (index == 0)
      return java_message("Unmatched closing ')'", pattern, std::nullopt);
    return java_message("Unmatched closing ')'", pattern, index - 1);
  case kTrailingBackslash:
    return java_message("Unexpected internal error", pattern, length);
  default: {
    PCRE2_UCHAR text[256];
    pcre2_get_error_message(code, text, sizeof text);
    return java_message(reinterpret_cast<const char *>(text), pattern, index);
  }
  }
}

} // namespace

struct Regex::Code {
  std::string pattern;
  pcre2_code *code = nullptr;
  pcre2_match_context *context = nullptr;

  Code() = default;
  Code(const Code &) = delete;
  Code &operator=(const Code &) = delete;
  ~Code() {
    pcre2_match_context_free(context);
    pcre2_code_free(code);
  }

  bool match(std::string_view text, std::uint32_t options) const {
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, nullptr);
    const int found = pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0,
                                  options, data, context);
    pcre2_match_data_free(data);
    return found >= 0;
  }
};

Result<Regex> Regex::compile(std::string_view pattern) {
  if (auto fault = counted_closure_fault(pattern))
    return fail(host::Code::Config, "java.util.regex.PatternSyntaxException", *std::move(fault));
  auto result = std::make_shared<Regex::Code>();
  result->pattern = pattern;
  int code = 0;
  PCRE2_SIZE offset = 0;
  const std::string translated = with_posix_classes(pattern);
  result->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                               PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C, &code,
                               &offset, nullptr);
  if (result->code == nullptr)
    return fail(host::Code::Config, "java.util.regex.PatternSyntaxException",
                describe(code, pattern, offset));
  result->context = pcre2_match_context_create(nullptr);
  pcre2_set_match_limit(result->context, kMatchLimit);
  pcre2_set_heap_limit(result->context, kHeapLimitKiB);
  return Regex(std::move(result));
}

bool Regex::matches(std::string_view text) const {
  return code_->match(text, PCRE2_ANCHORED | PCRE2_ENDANCHORED);
}

bool Regex::finds(std::string_view text) const { return code_->match(text, 0); }

const std::string &Regex::pattern() const { return code_->pattern; }

} // namespace host::regex
