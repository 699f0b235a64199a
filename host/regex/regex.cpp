#include "host/regex/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <iterator>
#include <optional>

#include "host/base/utf8.h"
#include "host/regex/classes.h"

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
constexpr int kBadRepetition = PCRE2_ERROR_QUANTIFIER_OUT_OF_ORDER;
constexpr int kNameIsDigit = PCRE2_ERROR_INVALID_SUBPATTERN_NAME;
constexpr int kUnknownModifier = PCRE2_ERROR_INVALID_AFTER_PARENS_QUERY;
constexpr int kUnknownProperty = PCRE2_ERROR_UNKNOWN_UNICODE_PROPERTY;
constexpr int kNameTwice = PCRE2_ERROR_DUPLICATE_SUBPATTERN_NAME;

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
      else if (pattern.substr(i).starts_with("\\Q"))
        i = std::min(pattern.find("\\E", i), pattern.size() - 1) + 1;
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

// Java refuses letters behind a backslash that mean nothing; to PCRE2 a few of them mean something.
std::optional<std::string> escape_fault(std::string_view pattern) {
  constexpr std::string_view kKnown = "ABDGHNPQRSVWXZabcdefhknprstuvwxz";
  for (std::size_t i = 0; i + 1 < pattern.size(); ++i) {
    if (pattern[i] != '\\')
      continue;
    const char c = pattern[++i];
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (letter && kKnown.find(c) == std::string_view::npos)
      return java_message("Illegal/unsupported escape sequence", pattern,
                          utf8::utf16_length(pattern.substr(0, i)));
    if (c == 'Q') // up to `\E`, or the end
      i = std::min(pattern.find("\\E", i), pattern.size() - 1) + 1;
  }
  return std::nullopt;
}

// `\\u00e9` in PCRE2's spelling, two of them where they are a pair. Nothing if it is neither.
std::optional<std::string> unicode_escape(std::string_view rest, std::size_t &size) {
  const auto unit = [&](std::size_t at) -> std::optional<char32_t> {
    std::uint32_t number = 0;
    if (rest.size() < at + 6 || rest.substr(at, 2) != "\\u")
      return std::nullopt;
    const char *end = rest.data() + at + 6;
    const auto read = std::from_chars(end - 4, end, number, 16);
    return read.ec == std::errc() && read.ptr == end ? std::optional<char32_t>(number)
                                                     : std::nullopt;
  };
  auto code = unit(0);
  size = 6;
  if (code && utf8::is_high_surrogate(*code))
    if (const auto low = unit(6); low && utf8::is_low_surrogate(*low)) {
      code = utf8::combine(*code, *low);
      size = 12;
    }
  if (!code || utf8::is_surrogate(*code))
    return std::nullopt;
  char text[16];
  std::snprintf(text, sizeof text, "\\x{%x}", static_cast<unsigned>(*code));
  return std::string(text);
}

// Java's POSIX classes, `\\p{Alnum}`, and code units, `\\u00e9`, in PCRE2's spelling.
std::string in_pcre_spelling(std::string_view pattern) {
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
    if (rest.starts_with("\\Q")) {
      const std::string_view quoted =
          rest.substr(0, std::min(rest.find("\\E"), rest.size() - 2) + 2);
      out += quoted;
      i += quoted.size() - 1;
      continue;
    }
    std::size_t size = 0;
    if (const auto code = unicode_escape(rest, size)) {
      out += *code;
      i += size - 1;
      continue;
    }
    const bool negated = rest.starts_with("\\P{");
    const bool named = negated || rest.starts_with("\\p{");
    const std::size_t end = named ? rest.find('}') : std::string_view::npos;
    const std::string_view name = end != std::string_view::npos ? rest.substr(3, end - 3) : "";
    const auto *known = std::find(std::begin(kNames), std::end(kNames), name);
    if (known == std::end(kNames)) {
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
    return java_message(std::string("Dangling meta character '") +
                            (offset < pattern.size() ? pattern[offset] : '*') + "'",
                        pattern, index);
  case kUnmatchedClose:
    if (index == 0)
      return java_message("Unmatched closing ')'", pattern, std::nullopt);
    return java_message("Unmatched closing ')'", pattern, index - 1);
  case kBadRepetition:
    return java_message("Illegal repetition range", pattern, index);
  case kNameIsDigit:
    return java_message("capturing group name does not start with a Latin letter", pattern, index);
  case kUnknownModifier:
    return java_message("Unknown inline modifier", pattern, index);
  case kUnknownProperty: {
    const std::size_t open = pattern.rfind('{', offset);
    return java_message("Unknown character property name " +
                            std::string(pattern.substr(std::min(open, pattern.size()),
                                                       offset - std::min(open, offset))),
                        pattern, index - 1);
  }
  case kNameTwice: {
    const std::size_t open = pattern.rfind('<', offset);
    return java_message("Named capturing group " +
                            std::string(pattern.substr(open, offset - 1 - open)) +
                            "> is already defined",
                        pattern, index - 1);
  }
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

  using Match = std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;

  // Null if there is none.
  Match match(std::string_view text, std::uint32_t options) const {
    Match data(pcre2_match_data_create_from_pattern(code, nullptr), pcre2_match_data_free);
    const int found = pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0,
                                  options, data.get(), context);
    if (found < 0)
      data.reset();
    return data;
  }
};

namespace {

tl::unexpected<Error> illegal(std::string message) {
  return fail(host::Code::Data, "java.lang.IllegalArgumentException", std::move(message));
}

// Writes a replacement, whose groups are those of a match.
class Replacement {
public:
  Replacement(const pcre2_code *code, pcre2_match_data *match, std::string_view text)
      : code_(code), match_(match), text_(text) {
    pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups_);
  }

  Status append(std::string &out, std::string_view replacement) {
    for (std::size_t at = 0; at < replacement.size();) {
      const char c = replacement[at++];
      if (c == '$') {
        HOST_ASSIGN(const std::uint32_t group, reference(replacement, at));
        HOST_TRY(append_group(out, group));
        continue;
      }
      if (c == '\\' && at == replacement.size())
        return illegal("character to be escaped is missing");
      out += c == '\\' ? replacement[at++] : c;
    }
    return {};
  }

private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  Result<std::uint32_t> reference(std::string_view replacement, std::size_t &at) const {
    if (at == replacement.size())
      return illegal("Illegal group reference: group index is missing");
    if (replacement[at] == '{')
      return name(replacement, ++at);
    if (!is_digit(replacement[at]))
      return illegal("Illegal group reference");
    auto group = static_cast<std::uint32_t>(replacement[at++] - '0');
    // As many digits as still make a group that there is.
    for (; at < replacement.size() && is_digit(replacement[at]); ++at) {
      const std::uint32_t longer = group * 10 + static_cast<std::uint32_t>(replacement[at] - '0');
      if (longer > groups_)
        break;
      group = longer;
    }
    return group;
  }

  Result<std::uint32_t> name(std::string_view replacement, std::size_t &at) const {
    std::string name;
    for (; at < replacement.size() && is_word(replacement[at]); ++at)
      name += replacement[at];
    if (name.empty())
      return illegal("named capturing group has 0 length name");
    if (at == replacement.size() || replacement[at] != '}')
      return illegal("named capturing group is missing trailing '}'");
    if (is_digit(name[0]))
      return illegal("capturing group name {" + name + "} starts with digit character");
    const int group =
        pcre2_substring_number_from_name(code_, reinterpret_cast<PCRE2_SPTR>(name.c_str()));
    if (group < 0)
      return illegal("No group with name {" + name + "}");
    ++at;
    return static_cast<std::uint32_t>(group);
  }

  Status append_group(std::string &out, std::uint32_t group) const {
    if (group > groups_)
      return fail(host::Code::Data, "java.lang.IndexOutOfBoundsException",
                  "No group " + std::to_string(group));
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(match_) + std::size_t{2} * group;
    if (ends[0] != PCRE2_UNSET)
      out += text_.substr(ends[0], ends[1] - ends[0]);
    return {};
  }

  const pcre2_code *code_;
  pcre2_match_data *match_;
  std::string_view text_;
  std::uint32_t groups_ = 0;
};

} // namespace

Result<Regex> Regex::compile(std::string_view pattern) {
  for (const auto find_fault : {counted_closure_fault, escape_fault})
    if (auto fault = find_fault(pattern))
      return fail(host::Code::Config, "java.util.regex.PatternSyntaxException", *std::move(fault));
  const ClassTranslation classes = translate_classes(pattern);
  if (classes.fault != std::string_view::npos)
    return fail(host::Code::Config, "java.util.regex.PatternSyntaxException",
                java_message("A part of a character class between '&&' is empty, which is not "
                             "supported",
                             pattern, utf8::utf16_length(pattern.substr(0, classes.fault))));
  auto result = std::make_shared<Regex::Code>();
  result->pattern = pattern;
  int code = 0;
  PCRE2_SIZE offset = 0;
  const std::string translated = in_pcre_spelling(classes.pattern);
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
  return code_->match(text, PCRE2_ANCHORED | PCRE2_ENDANCHORED) != nullptr;
}

bool Regex::finds(std::string_view text) const { return code_->match(text, 0) != nullptr; }

Result<std::string> Regex::replace_first(std::string_view text,
                                         std::string_view replacement) const {
  const auto match = code_->match(text, 0);
  if (!match)
    return std::string(text);
  const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(match.get());
  std::string result(text.substr(0, ends[0]));
  HOST_TRY(Replacement(code_->code, match.get(), text).append(result, replacement));
  result += text.substr(ends[1]);
  return result;
}

const std::string &Regex::pattern() const { return code_->pattern; }

} // namespace host::regex
