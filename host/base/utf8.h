#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace host::utf8 {

// What one step of decoding found. `size` bytes were used, 0 only at the end of the text.
struct Decoded {
  char32_t code = 0;
  std::uint8_t size = 0;
  bool valid = false;
};

// The code point at the start of `text`. Text inside the host is UTF-8 that may also hold lone
// surrogates in their three-byte form, as Java strings may; they are valid here, see is_surrogate.
// For malformed input `size` is the length that Java's decoder replaces by one U+FFFD.
Decoded decode(std::string_view text);

constexpr bool is_surrogate(char32_t code) { return code >= 0xD800 && code <= 0xDFFF; }
constexpr bool is_high_surrogate(char32_t code) { return code >= 0xD800 && code <= 0xDBFF; }
constexpr bool is_low_surrogate(char32_t code) { return code >= 0xDC00 && code <= 0xDFFF; }
constexpr char32_t combine(char32_t high, char32_t low) {
  return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}
inline constexpr char32_t kReplacement = 0xFFFD;

// Lone surrogates in their three-byte form.
void append(std::string &out, char32_t code);

// The length of the longest prefix of ASCII bytes.
std::size_t ascii_prefix(std::string_view text);
// Well-formed UTF-8 without lone surrogates.
bool valid(std::string_view text);
// Appends `text` with U+FFFD for what is malformed, exactly as Java's `new String(bytes, UTF_8)`.
void append_repaired(std::string &out, std::string_view text);
// UTF-16 code units, which is what Java's `String.length()` counts.
std::size_t utf16_length(std::string_view text);

} // namespace host::utf8
