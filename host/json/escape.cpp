#include "host/json/escape.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "host/base/utf8.h"

namespace host::json {
namespace {

constexpr bool plain(char c) {
  return static_cast<signed char>(c) >= 0x20 && c != '"' && c != '\\';
}

void append_unit(std::string &out, char32_t unit) {
  constexpr char kHex[] = "0123456789ABCDEF";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4)
    out += kHex[unit >> shift & 0xF];
}

void append_ascii(std::string &out, char c) {
  switch (c) {
  case '"':
    out += "\\\"";
    return;
  case '\\':
    out += "\\\\";
    return;
  case '\n':
    out += "\\n";
    return;
  case '\r':
    out += "\\r";
    return;
  case '\t':
    out += "\\t";
    return;
  case '\b':
    out += "\\b";
    return;
  case '\f':
    out += "\\f";
    return;
  default:
    append_unit(out, static_cast<unsigned char>(c));
  }
}

void append_wide(std::string &out, std::string_view text, const utf8::Decoded &next) {
  if (next.code >= 0x10000) {
    append_unit(out, 0xD800 + ((next.code - 0x10000) >> 10));
    append_unit(out, 0xDC00 + ((next.code - 0x10000) & 0x3FF));
  } else if (utf8::is_surrogate(next.code)) {
    append_unit(out, next.code);
  } else if (next.valid) {
    out.append(text.substr(0, next.size));
  } else {
    utf8::append(out, utf8::kReplacement);
  }
}

} // namespace

std::size_t plain_prefix(std::string_view text) {
  std::size_t at = 0;
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i space = _mm_set1_epi8(0x20);
  while (at + 16 <= text.size()) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(text.data() + at));
    // As signed bytes everything from 0x80 up is below a space too.
    const __m128i special =
        _mm_or_si128(_mm_cmplt_epi8(bytes, space),
                     _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
    const int mask = _mm_movemask_epi8(special);
    if (mask != 0)
      return at + static_cast<std::size_t>(__builtin_ctz(static_cast<unsigned>(mask)));
    at += 16;
  }
#endif
  while (at < text.size() && plain(text[at]))
    ++at;
  return at;
}

void append_quoted(std::string &out, std::string_view text) {
  out += '"';
  for (;;) {
    const std::size_t run = plain_prefix(text);
    out.append(text.substr(0, run));
    text.remove_prefix(run);
    if (text.empty())
      break;
    if (static_cast<unsigned char>(text[0]) < 0x80) {
      append_ascii(out, text[0]);
      text.remove_prefix(1);
    } else {
      const auto next = utf8::decode(text);
      append_wide(out, text, next);
      text.remove_prefix(next.size);
    }
  }
  out += '"';
}

} // namespace host::json
