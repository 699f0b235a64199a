#include "host/data/charset.h"

#include <algorithm>

#include "host/base/utf8.h"
#include "host/data/charset_library.h"

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

char32_t utf32_at(std::string_view bytes, bool big_endian) {
  char32_t code = 0;
  for (std::size_t i = 0; i < 4; ++i)
    code = code << 8 | static_cast<unsigned char>(bytes[big_endian ? i : 3 - i]);
  return code;
}

void decode_utf32(std::string &out, std::string_view bytes, bool big_endian) {
  for (; bytes.size() >= 4; bytes.remove_prefix(4)) {
    const char32_t code = utf32_at(bytes, big_endian);
    utf8::append(out, code > 0x10FFFF ? utf8::kReplacement : code);
  }
  if (!bytes.empty())
    utf8::append(out, utf8::kReplacement);
}

void append_utf32(std::string &out, char32_t code, bool big_endian) {
  for (int i = 0; i < 4; ++i)
    out += static_cast<char>(code >> (big_endian ? 24 - 8 * i : 8 * i));
}

} // namespace

struct Charset::Library {
  LibraryConversion reading;
  LibraryConversion writing;
};

Charset::Charset(Form form) : form_(form) {}
Charset::Charset(Charset &&) noexcept = default;
Charset &Charset::operator=(Charset &&) noexcept = default;
Charset::~Charset() = default;

std::optional<Charset> Charset::from_library(const char *name, bool table) {
  auto reading = LibraryConversion::open("UTF-8", name);
  auto writing = LibraryConversion::open(name, "UTF-8");
  if (!reading || !writing)
    return std::nullopt;
  Charset charset(table ? Form::Table : Form::Library);
  charset.library_ = std::make_unique<Library>(Library{*std::move(reading), *std::move(writing)});
  if (table && !charset.make_table())
    return std::nullopt;
  return charset;
}

bool Charset::make_table() {
  for (std::size_t i = 0; i < table_.size(); ++i) {
    const char byte = static_cast<char>(i);
    std::string text;
    library_->reading.append(text, {&byte, 1},
                             [](std::string &, std::string_view) { return std::size_t{1}; });
    table_[i] = text.empty() ? utf8::kReplacement : utf8::decode(text).code;
    if (!text.empty())
      back_.push_back({table_[i], byte});
  }
  std::stable_sort(back_.begin(), back_.end(),
                   [](const Back &a, const Back &b) { return a.code < b.code; });
  library_.reset();
  return !back_.empty();
}

void Charset::append_decoded(std::string &out, std::string_view bytes) const {
  switch (form_) {
  case Form::Utf8:
    return utf8::append_repaired(out, bytes);
  case Form::Latin1:
    for (const char c : bytes)
      utf8::append(out, static_cast<unsigned char>(c));
    return;
  case Form::Ascii:
    for (const char c : bytes)
      utf8::append(out, static_cast<unsigned char>(c) < 0x80 ? static_cast<unsigned char>(c)
                                                             : utf8::kReplacement);
    return;
  case Form::Utf16:
    if (bytes.starts_with("\xFF\xFE"))
      return decode_utf16(out, bytes.substr(2), false);
    return decode_utf16(out, bytes.substr(bytes.starts_with("\xFE\xFF") ? 2 : 0), true);
  case Form::Utf16Be:
  case Form::Utf16Le:
    return decode_utf16(out, bytes, form_ == Form::Utf16Be);
  case Form::Utf32:
    if (bytes.starts_with(std::string_view("\xFF\xFE\0\0", 4)))
      return decode_utf32(out, bytes.substr(4), false);
    return decode_utf32(
        out, bytes.substr(bytes.starts_with(std::string_view("\0\0\xFE\xFF", 4)) ? 4 : 0), true);
  case Form::Utf32Be:
  case Form::Utf32Le:
    return decode_utf32(out, bytes, form_ == Form::Utf32Be);
  case Form::Table:
    for (const char c : bytes)
      utf8::append(out, table_[static_cast<unsigned char>(c)]);
    return;
  case Form::Library:
    library_->reading.append(out, bytes, [](std::string &to, std::string_view) {
      utf8::append(to, utf8::kReplacement);
      return std::size_t{1};
    });
  }
}

void Charset::append_encoded(std::string &out, std::string_view text) const {
  if (form_ == Form::Library) {
    library_->writing.append(out, text, [](std::string &to, std::string_view rest) {
      to += '?';
      return std::size_t{utf8::decode(rest).size};
    });
    return;
  }
  if (form_ == Form::Utf16 && !text.empty())
    out += "\xFE\xFF";
  while (!text.empty()) {
    const auto next = utf8::decode(text);
    text.remove_prefix(next.size);
    encode_one(out, next.code);
  }
}

void Charset::encode_one(std::string &out, char32_t code) const {
  const bool surrogate = utf8::is_surrogate(code);
  switch (form_) {
  case Form::Utf8:
    return utf8::append(out, surrogate ? U'?' : code);
  case Form::Latin1:
  case Form::Ascii:
    out += code < (form_ == Form::Latin1 ? 0x100U : 0x80U) ? static_cast<char>(code) : '?';
    return;
  case Form::Table:
    out += byte_of(code);
    return;
  case Form::Utf32:
  case Form::Utf32Be:
  case Form::Utf32Le:
    return append_utf32(out, surrogate ? utf8::kReplacement : code, form_ != Form::Utf32Le);
  default:
    break;
  }
  const bool big = form_ != Form::Utf16Le;
  if (surrogate)
    code = utf8::kReplacement;
  if (code < 0x10000)
    return append_unit(out, code, big);
  append_unit(out, 0xD800 + ((code - 0x10000) >> 10), big);
  append_unit(out, 0xDC00 + ((code - 0x10000) & 0x3FF), big);
}

char Charset::byte_of(char32_t code) const {
  const auto find = [this](char32_t wanted) {
    const auto at =
        std::lower_bound(back_.begin(), back_.end(), wanted,
                         [](const Back &entry, char32_t other) { return entry.code < other; });
    return at != back_.end() && at->code == wanted ? &*at : nullptr;
  };
  if (const Back *found = find(code))
    return found->byte;
  const Back *mark = find(U'?');
  return mark != nullptr ? mark->byte : '?';
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
