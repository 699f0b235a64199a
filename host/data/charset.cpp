#include "host/data/charset.h"

#include "host/base/utf8.h"

namespace host::data {
namespace {

void append_unit(std::string &out, char32_t unit, bool big_endian) {
  const char high = static_cast<char>(unit >> 8);
  const char low = static_cast<char>(unit & 0xFF);
  out += big_endian ? high : low;
  out += big_endian ? low : high;
}

void decode_utf16(std::string &out, std::string_view bytes, bool big_endian) {
  const auto unit_at = [&](std::size_t at) {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<char32_t>(big_endian ? first << 8 | second : second << 8 | first);
  };
  std::size_t at = 0;
  for (; at + 1 < bytes.size(); at += 2) {
    char32_t code = unit_at(at);
    if (utf8::is_high_surrogate(code) && at + 3 < bytes.size() &&
        utf8::is_low_surrogate(unit_at(at + 2))) {
      code = utf8::combine(code, unit_at(at + 2));
      at += 2;
    }
    utf8::append(out, utf8::is_surrogate(code) ? utf8::kReplacement : code);
  }
  if (at < bytes.size())
    utf8::append(out, utf8::kReplacement);
}

void decode_narrow(std::string &out, std::string_view bytes, bool latin) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    utf8::append(out, byte < 0x80 || latin ? byte : utf8::kReplacement);
  }
}

} // namespace

std::optional<Charset> charset_of(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c != '-' && c != '_')
      plain += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  }
  if (plain == "utf8" || plain == "unicode11utf8")
    return Charset::Utf8;
  if (plain == "iso88591" || plain == "latin1" || plain == "l1" || plain == "cp819" ||
      plain == "ibm819" || plain == "8859")
    return Charset::Latin1;
  if (plain == "usascii" || plain == "ascii" || plain == "iso646us" || plain == "ascii7" ||
      plain == "cp367" || plain == "us")
    return Charset::Ascii;
  if (plain == "utf16" || plain == "unicode")
    return Charset::Utf16;
  if (plain == "utf16be" || plain == "unicodebigunmarked")
    return Charset::Utf16Be;
  if (plain == "utf16le" || plain == "unicodelittleunmarked")
    return Charset::Utf16Le;
  return std::nullopt;
}

void append_decoded(std::string &out, Charset charset, std::string_view bytes) {
  switch (charset) {
  case Charset::Utf8:
    utf8::append_repaired(out, bytes);
    return;
  case Charset::Latin1:
  case Charset::Ascii:
    decode_narrow(out, bytes, charset == Charset::Latin1);
    return;
  case Charset::Utf16:
    if (bytes.starts_with("\xFF\xFE"))
      decode_utf16(out, bytes.substr(2), false);
    else
      decode_utf16(out, bytes.substr(bytes.starts_with("\xFE\xFF") ? 2 : 0), true);
    return;
  case Charset::Utf16Be:
  case Charset::Utf16Le:
    decode_utf16(out, bytes, charset == Charset::Utf16Be);
  }
}

void append_encoded(std::string &out, Charset charset, std::string_view text) {
  if (charset == Charset::Utf16 && !text.empty())
    out += "\xFE\xFF";
  while (!text.empty()) {
    const auto next = utf8::decode(text);
    text.remove_prefix(next.size);
    const bool surrogate = utf8::is_surrogate(next.code);
    switch (charset) {
    case Charset::Utf8:
      utf8::append(out, surrogate ? U'?' : next.code);
      break;
    case Charset::Latin1:
    case Charset::Ascii:
      out += next.code < (charset == Charset::Latin1 ? 0x100U : 0x80U)
                 ? static_cast<char>(next.code)
                 : '?';
      break;
    default: {
      const bool big = charset != Charset::Utf16Le;
      const char32_t code = surrogate ? utf8::kReplacement : next.code;
      if (code >= 0x10000) {
        append_unit(out, 0xD800 + ((code - 0x10000) >> 10), big);
        append_unit(out, 0xDC00 + ((code - 0x10000) & 0x3FF), big);
      } else {
        append_unit(out, code, big);
      }
    }
    }
  }
}

bool may_hold_surrogates(std::string_view text) {
  return text.find('\xED') != std::string_view::npos;
}

void replace_surrogates(std::string &text) {
  for (std::size_t at = 0; (at = text.find('\xED', at)) != std::string::npos; ++at) {
    const auto next = utf8::decode(std::string_view(text).substr(at));
    if (next.valid && utf8::is_surrogate(next.code))
      text.replace(at, next.size, "?");
  }
}

} // namespace host::data
