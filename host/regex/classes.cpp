#include "host/regex/classes.h"

#include <algorithm>
#include <vector>

namespace host::regex {
namespace {

// How deep classes may nest, since reading them recurses.
constexpr int kMostNested = 50;

class Translator {
public:
  explicit Translator(std::string_view pattern) : pattern_(pattern) {}

  ClassTranslation run() {
    ClassTranslation result;
    while (at_ < pattern_.size() && fault_ == std::string_view::npos) {
      const std::size_t begin = at_;
      if (pattern_[at_] == '[')
        result.pattern += character_class(0);
      else
        result.pattern += pattern_.substr(begin, skip_element() - begin);
    }
    result.fault = fault_;
    return result;
  }

private:
  // What stands between two `&&`: characters as a class has them, and classes within.
  struct Operand {
    std::string characters;
    std::vector<std::string> classes;
  };

  // Moves behind a character, an escape or quoted text; returns where that is.
  std::size_t skip_element() {
    const std::string_view rest = pattern_.substr(at_);
    if (rest.starts_with("\\Q")) {
      const std::size_t end = rest.find("\\E");
      at_ = end == std::string_view::npos ? pattern_.size() : at_ + end + 2;
    } else if (rest.size() > 2 && rest[0] == '\\' && rest[2] == '{') {
      at_ += std::min(rest.find('}'), rest.size() - 1) + 1;
    } else {
      at_ += std::min<std::size_t>(rest[0] == '\\' ? 2 : 1, rest.size());
    }
    return at_;
  }

  // At the opening bracket. An unclosed class is left for PCRE2 to complain about.
  std::string character_class(int depth) {
    const std::size_t begin = at_++;
    const bool negated = pattern_.substr(at_).starts_with('^');
    at_ += negated ? 1 : 0;
    std::vector<Operand> operands(1);
    for (bool first = true;; first = false) {
      if (at_ >= pattern_.size())
        return std::string(pattern_.substr(begin));
      const std::string_view rest = pattern_.substr(at_);
      if (rest[0] == ']' && !first)
        break;
      if (rest.starts_with("&&")) {
        at_ += 2;
        operands.emplace_back();
      } else if (rest[0] == '[' && depth < kMostNested) {
        operands.back().classes.push_back(character_class(depth + 1));
      } else {
        const std::size_t from = at_;
        operands.back().characters += pattern_.substr(from, skip_element() - from);
      }
    }
    ++at_;
    if (operands.size() == 1 && operands[0].classes.empty())
      return std::string(pattern_.substr(begin, at_ - begin));
    return composed(operands, negated, begin);
  }

  std::string composed(const std::vector<Operand> &operands, bool negated, std::size_t begin) {
    std::string text = "(?:";
    if (negated)
      text += "(?!";
    for (const Operand &operand : operands) {
      if (operand.characters.empty() && operand.classes.empty())
        fault_ = begin;
      const bool last = &operand == &operands.back();
      text += last ? alternatives(operand) : "(?=" + alternatives(operand) + ")";
    }
    return text + (negated ? ")[\\s\\S])" : ")");
  }

  static std::string alternatives(const Operand &operand) {
    std::string text = "(?:";
    if (!operand.characters.empty())
      text += "[" + operand.characters + "]";
    for (const std::string &inner : operand.classes)
      text.append(text.size() > 3 ? "|" : "").append(inner);
    return text + ")";
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  std::size_t fault_ = std::string_view::npos;
};

} // namespace

ClassTranslation translate_classes(std::string_view pattern) { return Translator(pattern).run(); }

} // namespace host::regex
