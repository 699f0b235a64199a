#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "host/json/text_buffer.h"

namespace host::json {

// Appends `text` as a JSON string with its quotes, byte for byte as Jackson does (contract 8.2,
// 17·8.2): `"` `\` and control characters are escaped, `/` and DEL are not, characters up to U+FFFF
// are UTF-8, every surrogate is an escape (`\uD83D\uDE00`). Malformed UTF-8 becomes U+FFFD.
void append_quoted(std::string &out, std::string_view text);
void append_quoted(TextBuffer &out, std::string_view text);

// Whether a byte stands for itself in a JSON string: ASCII without quote, backslash and control
// characters.
constexpr bool is_plain(char c) {
  return static_cast<signed char>(c) >= 0x20 && c != '"' && c != '\\';
}

#ifdef __SSE2__
// A bit for each of sixteen bytes that is not plain.
inline unsigned special_mask(const char *bytes) {
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i *>(bytes));
  // As signed bytes everything from 0x80 up is below a space too.
  const __m128i special = _mm_or_si128(_mm_cmplt_epi8(block, _mm_set1_epi8(0x20)),
                                       _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')),
                                                    _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'))));
  return static_cast<unsigned>(_mm_movemask_epi8(special));
}
#endif

// The number of leading plain bytes.
inline std::size_t plain_prefix(std::string_view text) {
  std::size_t at = 0;
#ifdef __SSE2__
  for (; at + 16 <= text.size(); at += 16)
    if (const unsigned mask = special_mask(text.data() + at); mask != 0)
      return at + static_cast<std::size_t>(__builtin_ctz(mask));
#endif
  while (at < text.size() && is_plain(text[at]))
    ++at;
  return at;
}

} // namespace host::json
