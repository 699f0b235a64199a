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

struct Names {
  Charset charset;
  std::string_view names; // Java's name and aliases in lower case, between blanks
};

constexpr Names kNames[] = {
    {Charset::Utf8, " utf-8 utf8 unicode-1-1-utf-8 "},
    {Charset::Latin1,
     " iso-8859-1 819 iso8859-1 l1 iso_8859-1:1987 iso_8859-1 8859_1 iso-ir-100 latin1 "
     "cp819 iso8859_1 ibm819 ibm-819 csisolatin1 "},
    {Charset::Ascii, " us-ascii ansi_x3.4-1968 cp367 csascii iso-ir-6 ascii iso_646.irv:1983 "
                     "ansi_x3.4-1986 ascii7 default iso_646.irv:1991 iso646-us ibm367 646 us "},
    {Charset::Utf16, " utf-16 utf_16 unicode utf16 unicodebig "},
    {Charset::Utf16Be, " utf-16be x-utf-16be utf_16be iso-10646-ucs-2 unicodebigunmarked "},
    {Charset::Utf16Le, " utf-16le unicodelittleunmarked utf_16le x-utf-16le "},
};

bool has_word(std::string_view words, std::string_view word) {
  return !word.empty() && word.find(' ') == word.npos &&
         words.find(" " + std::string(word) + " ") != words.npos;
}

} // namespace

std::optional<Charset> charset_of(std::string_view name) {
  std::string lower(name);
  for (char &c : lower)
    c = static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  for (const Names &names : kNames)
    if (has_word(names.names, lower))
      return names.charset;
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
