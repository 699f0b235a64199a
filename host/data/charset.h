#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace host::data {

// A character set that StringConverter offers: a row of the table behind it and of the reference.
struct CharsetName {
  std::string_view name;    // Java's
  std::string_view aliases; // Java's, in lower case, between blanks
};
std::span<const CharsetName> charset_names();

// Text in one of Java's character sets. The Unicode ones, Latin-1 and ASCII are our own; the others
// are those of the C library, which must have them installed: sets of one byte a character as a
// table, East Asian ones by its converters. One thread.
class Charset {
public:
  // By a Java name or alias, any case: `UTF-8`, `utf8`, `latin1`, `windows-1252`. Nothing for an
  // unknown one.
  static std::optional<Charset> find(std::string_view name);
  Charset(Charset &&) noexcept;
  Charset &operator=(Charset &&) noexcept;
  ~Charset();

  // In UTF-8 bytes are text.
  bool is_utf8() const { return form_ == Form::Utf8; }

  // Bytes to UTF-8; what is malformed becomes U+FFFD, as in Java. UTF-16 and UTF-32 obey a byte
  // order mark.
  void append_decoded(std::string &out, std::string_view bytes) const;
  // UTF-8 to bytes; what cannot be written becomes `?`. UTF-16 starts with a big-endian mark.
  void append_encoded(std::string &out, std::string_view utf8) const;

private:
  enum class Form : std::uint8_t {
    Utf8 = 1,
    Latin1,
    Ascii,
    Utf16,
    Utf16Be,
    Utf16Le,
    Utf32,
    Utf32Be,
    Utf32Le,
    Table,
    Library,
  };
  struct Row;
  struct Library; // two converters of the C library
  struct Back {
    char32_t code;
    char byte;
  };

  static const Row kRows[];
  explicit Charset(Form form);
  static std::optional<Charset> from_library(const char *library_name, bool table);
  friend std::span<const CharsetName> charset_names();

  bool make_table();
  void encode_one(std::string &out, char32_t code) const;
  char byte_of(char32_t code) const;

  Form form_;
  std::array<char32_t, 256> table_{};
  std::vector<Back> back_; // of the table, by code
  std::unique_ptr<Library> library_;
};

// Replaces lone surrogates, which text inside the host may hold (host/base/utf8.h), by `?`.
void replace_surrogates(std::string &utf8);
// A quick look whether there may be any.
bool may_hold_surrogates(std::string_view utf8);

} // namespace host::data
