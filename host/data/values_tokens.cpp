// How Values cuts a text into tokens.
#include "host/base/java_text.h"
#include "host/data/values.h"

namespace host::data {
namespace {

bool is_blank(std::string_view token) { return java::trim(token).empty(); }

} // namespace

std::string_view ValuesParser::next() {
  if (has_ahead_) {
    has_ahead_ = false;
    return ahead_;
  }
  return cut_token();
}

// Steps over `count` tokens; if there are fewer, over none.
bool ValuesParser::next(int count) {
  const std::size_t start = mark();
  for (int i = 0; i < count; ++i) {
    if (!has_next()) {
      rewind(start);
      return false;
    }
    next();
  }
  return true;
}

std::string_view ValuesParser::cut_token() {
  const std::size_t start = at_;
  bool escaped = false;
  for (; at_ < input_.size(); ++at_) {
    const char c = input_[at_];
    if (c == '\\') {
      escaped = !escaped;
      continue;
    }
    const bool delimiter =
        c == ':' || c == ',' || c == '{' || c == '}' || c == '[' || c == ']' || c == '"';
    if (delimiter && !escaped) {
      if (start == at_)
        ++at_;
      break;
    }
    escaped = false;
  }
  return input_.substr(start, at_ - start);
}

// Takes the next token if it is the expected one; blank ones before it are lost either way.
bool ValuesParser::can_consume(std::string_view expected) {
  if (!has_ahead_) {
    if (at_ >= input_.size())
      return false;
    ahead_ = cut_token();
    has_ahead_ = true;
  }
  while (is_blank(ahead_) && at_ < input_.size())
    ahead_ = cut_token();
  if (java::trim(ahead_) != expected)
    return false;
  has_ahead_ = false;
  return true;
}

void ValuesParser::rewind(std::size_t position) {
  at_ = position;
  has_ahead_ = false;
}

} // namespace host::data
