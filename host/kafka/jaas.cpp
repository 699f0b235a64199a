#include "host/kafka/jaas.h"

#include <cctype>
#include <optional>

#include <fmt/format.h>

namespace host::kafka {
namespace {

struct Token {
  bool quoted = false;
  std::string text; // `=`, `;` or a word
};

// java.io.StreamTokenizer as JaasConfig sets it up.
class Tokenizer {
public:
  explicit Tokenizer(std::string_view text) : text_(text) {}

  std::optional<Token> next() {
    skip_blanks();
    if (at_ >= text_.size())
      return std::nullopt;
    const char c = text_[at_];
    if (c == '"' || c == '\'')
      return quoted(c);
    if (!is_word(c))
      return Token{false, std::string(1, text_[at_++])};
    Token token;
    while (at_ < text_.size() && is_word(text_[at_]))
      token.text += text_[at_++];
    return token;
  }

private:
  static bool is_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) || byte >= 0xA0 || c == '.' || c == '-' || c == '_' || c == '$';
  }

  void skip_blanks() {
    while (at_ < text_.size()) {
      const std::string_view rest = text_.substr(at_);
      if (static_cast<unsigned char>(text_[at_]) <= ' ')
        ++at_;
      else if (rest.starts_with("//"))
        at_ += std::min(rest.find('\n'), rest.size());
      else if (rest.starts_with("/*"))
        at_ += std::min(rest.find("*/", 2), rest.size() - 2) + 2;
      else
        return;
    }
  }

  Token quoted(char quote) {
    Token token{true, {}};
    for (++at_; at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n'; ++at_) {
      if (text_[at_] != '\\' || at_ + 1 >= text_.size()) {
        token.text += text_[at_];
        continue;
      }
      token.text += escaped();
    }
    if (at_ < text_.size() && text_[at_] == quote)
      ++at_;
    return token;
  }

  // at_ is on the backslash; left on the last character of the escape.
  char escaped() {
    const char c = text_[++at_];
    if (c >= '0' && c <= '7') {
      int value = c - '0';
      for (int digits = 1; digits < (c <= '3' ? 3 : 2) && at_ + 1 < text_.size() &&
                           text_[at_ + 1] >= '0' && text_[at_ + 1] <= '7';
           ++digits)
        value = value * 8 + (text_[++at_] - '0');
      return static_cast<char>(value);
    }
    constexpr std::string_view kNames = "abfnrtv";
    constexpr std::string_view kValues = "\a\b\f\n\r\t\v";
    const auto known = kNames.find(c);
    return known == std::string_view::npos ? c : kValues[known];
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

tl::unexpected<Error> bad(std::string_view what) {
  return fail(Code::Config, exception::kConfig,
              fmt::format("Invalid value [hidden] for configuration sasl.jaas.config: {}", what));
}

bool is_number(const Token &token) {
  const char c = token.text.empty() ? 'x' : token.text[0];
  return !token.quoted && (std::isdigit(static_cast<unsigned char>(c)) || c == '-' || c == '.');
}

} // namespace

Result<JaasEntry> parse_jaas(std::string_view text) {
  Tokenizer tokens(text);
  JaasEntry entry;
  const auto module = tokens.next();
  if (!module)
    return bad("Login module not specified in JAAS config");
  entry.module = module->text;
  const auto flag = tokens.next();
  if (!flag || flag->text == ";")
    return bad("Login module control flag not specified in JAAS config");
  for (;;) {
    const auto key = tokens.next();
    if (!key)
      return bad("JAAS config entry not terminated by semi-colon");
    if (!key->quoted && key->text == ";")
      break;
    const auto equals = tokens.next();
    const auto value = equals && equals->text == "=" ? tokens.next() : std::nullopt;
    if (!value || is_number(*value) || (!value->quoted && value->text == ";"))
      return bad(fmt::format("Value not specified for key '{}' in JAAS config", key->text));
    entry.options.set(key->text, value->text);
  }
  if (tokens.next())
    return bad("JAAS config property contains more than one login module, should be 1 module");
  return entry;
}

} // namespace host::kafka
