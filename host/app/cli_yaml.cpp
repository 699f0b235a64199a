#include "host/app/cli_yaml.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include <fmt/format.h>

#include "host/base/utf8.h"

namespace host::app::cli {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kInner =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:()+$ -";

// What YAML 1.1 or 1.2 reads as something else than a text; none begins with `_` or `/`.
bool is_reserved(std::string_view text) {
  static constexpr std::array<std::string_view, 9> kWords{"null", "true", "false", "yes", "no",
                                                          "on",   "off",  "y",     "n"};
  std::string lower(text);
  for (char &c : lower)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
}

// Numbers, dates, indicators and their like begin with none of these characters.
bool may_be_plain(std::string_view text) {
  if (text.empty() || is_reserved(text))
    return false;
  if (kLetters.find(text.front()) == std::string_view::npos && text.front() != '_' &&
      text.front() != '/')
    return false;
  return text.find_first_not_of(kInner) == std::string_view::npos && text.back() != ' ' &&
         text.back() != ':' && text.find(": ") == std::string_view::npos;
}

bool is_printable(char32_t code) {
  return code >= 0x20 && !(code >= 0x7f && code < 0xa0) && code != 0x2028 && code != 0x2029 &&
         code != 0xfeff && code < 0xfffe;
}

void append_quoted(std::string &out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const utf8::Decoded next = utf8::decode(text.substr(at));
    const auto code = static_cast<std::uint32_t>(next.code);
    if (!next.valid)
      utf8::append(out, utf8::kReplacement);
    else if (code == '"' || code == '\\')
      out.append(1, '\\').append(1, static_cast<char>(code));
    else if (code == '\n')
      out += "\\n";
    else if (is_printable(next.code) || code > 0xffff)
      out += text.substr(at, next.size);
    else
      out += fmt::format("\\u{:04x}", code);
    at += next.size;
  }
  out += '"';
}

// A literal block says nothing of what it cannot show: such texts are quoted.
bool may_be_block(std::string_view text) {
  if (text.find('\n') == std::string_view::npos || text.ends_with("\n\n") || text == "\n" ||
      text.front() == ' ' || text.front() == '\t' || text.front() == '\n')
    return false;
  for (std::size_t at = 0; at < text.size();) {
    const utf8::Decoded next = utf8::decode(text.substr(at));
    if (!next.valid || !(is_printable(next.code) || next.code == '\n' || next.code == '\t'))
      return false;
    at += next.size;
  }
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (!line.empty() && line.find_first_not_of(" \t") == std::string_view::npos)
      return false;
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return true;
}

void append_block(std::string &out, std::string_view text, std::size_t indent) {
  out += text.ends_with('\n') ? "|\n" : "|-\n";
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (!line.empty())
      out.append(indent, ' ').append(line);
    out += '\n';
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
}

void append_text(std::string &out, std::string_view text) {
  if (may_be_plain(text))
    out += text;
  else
    append_quoted(out, text);
}

// Scalars and what is empty, up to the end of the line.
void append_scalar(std::string &out, const json::Value &value, std::size_t indent) {
  if (value.is_string() && may_be_block(value.text()))
    return append_block(out, value.text(), indent);
  if (value.is_string())
    append_text(out, value.text());
  else
    json::append(out, value);
  out += '\n';
}

bool has_parts(const json::Value &value) {
  return !value.members().empty() || !value.items().empty();
}

// Each part on lines of its own; the first line has its indentation already.
void append_parts(std::string &out, const json::Value &value, std::size_t indent) {
  bool first = true;
  const auto begin_line = [&] {
    out.append(first ? 0 : indent, ' ');
    first = false;
  };
  for (const json::Member &member : value.members()) {
    begin_line();
    append_text(out, member.key);
    out += ':';
    if (has_parts(member.value)) {
      out.append(1, '\n').append(indent + 2, ' ');
      append_parts(out, member.value, indent + 2);
    } else {
      out += ' ';
      append_scalar(out, member.value, indent + 2);
    }
  }
  for (const json::Value &item : value.items()) {
    begin_line();
    out += "- ";
    if (has_parts(item))
      append_parts(out, item, indent + 2);
    else
      append_scalar(out, item, indent + 2);
  }
}

} // namespace

std::string to_yaml(const json::Value &value) {
  std::string out;
  if (has_parts(value))
    append_parts(out, value, 0);
  else
    append_scalar(out, value, 2);
  return out;
}

} // namespace host::app::cli
