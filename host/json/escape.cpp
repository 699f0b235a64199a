#include "host/json/escape.h"

#include <cstring>

#include "host/base/utf8.h"

namespace host::json {
namespace {

constexpr std::size_t kLongestEscape = 12; // of a surrogate pair

char *write_unit(char *to, char32_t unit) {
  constexpr char kHex[] = "0123456789ABCDEF";
  *to++ = '\\';
  *to++ = 'u';
  for (int shift = 12; shift >= 0; shift -= 4)
    *to++ = kHex[unit >> shift & 0xF];
  return to;
}

char *write_ascii(char *to, char c) {
  constexpr std::string_view kNamed = "\"\\\n\r\t\b\f";
  constexpr std::string_view kNames = "\"\\nrtbf";
  const auto index = kNamed.find(c);
  if (index == std::string_view::npos)
    return write_unit(to, static_cast<unsigned char>(c));
  *to++ = '\\';
  *to++ = kNames[index];
  return to;
}

// Writes the character that `text` begins with, which is not plain, and takes it off.
char *write_special(char *to, std::string_view &text) {
  if (static_cast<unsigned char>(text[0]) < 0x80) {
    to = write_ascii(to, text[0]);
    text.remove_prefix(1);
    return to;
  }
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  const auto next = utf8::decode(text);
  const std::string_view raw = text.substr(0, next.size);
  text.remove_prefix(next.size);
  if (next.code >= 0x10000) {
    to = write_unit(to, 0xD800 + ((next.code - 0x10000) >> 10));
    return write_unit(to, 0xDC00 + ((next.code - 0x10000) & 0x3FF));
  }
  if (utf8::is_surrogate(next.code))
    return write_unit(to, next.code);
  const std::string_view written = next.valid ? raw : kReplacement;
  std::memcpy(to, written.data(), written.size());
  return to + written.size();
}

// Copies the plain bytes that `text` begins with and takes them off. There is room for all of it.
inline char *copy_plain(char *to, std::string_view &text) {
  const char *from = text.data();
  const char *const end = from + text.size();
#ifdef __SSE2__
  for (; end - from >= 16; from += 16, to += 16) {
    std::memcpy(to, from, 16); // as far as the special byte it counts
    if (const unsigned mask = special_mask(from); mask != 0) {
      const auto plain = static_cast<std::size_t>(__builtin_ctz(mask));
      text.remove_prefix(static_cast<std::size_t>(from - text.data()) + plain);
      return to + plain;
    }
  }
#endif
  while (from != end && is_plain(*from))
    *to++ = *from++;
  text.remove_prefix(static_cast<std::size_t>(from - text.data()));
  return to;
}

} // namespace

void append_quoted(TextBuffer &out, std::string_view text) {
  char *to = out.room(text.size() + 2);
  *to++ = '"';
  to = copy_plain(to, text);
  while (!text.empty()) {
    out.advance(to);
    to = write_special(out.room(kLongestEscape + text.size() + 2), text);
    to = copy_plain(to, text);
  }
  *to++ = '"';
  out.advance(to);
}

void append_quoted(std::string &out, std::string_view text) {
  out += '"';
  for (;;) {
    const std::size_t run = plain_prefix(text);
    out.append(text.substr(0, run));
    text.remove_prefix(run);
    if (text.empty())
      break;
    char special[kLongestEscape];
    out.append(special, write_special(special, text));
  }
  out += '"';
}

} // namespace host::json
