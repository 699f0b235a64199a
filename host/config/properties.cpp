#include "host/config/properties.h"

#include <optional>

#include <fmt/format.h>

#include "host/base/files.h"

namespace host::config {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f'; }
bool is_line_end(char c) { return c == '\n' || c == '\r'; }

void append_utf8(std::string &out, std::uint32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | point >> 6);
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | point >> 12);
    out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | point >> 18);
    out += static_cast<char>(0x80 | (point >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  }
}

// Reads logical lines: comments and blank lines left out, continued lines joined.
class LineReader {
public:
  explicit LineReader(std::string_view bytes) : bytes_(bytes) {}

  // False at the end. `line` is still escaped; `number` is where it starts.
  bool next(std::string &line, std::int32_t &number) {
    while (at_ < bytes_.size()) {
      skip_blanks();
      number = number_;
      if (at_ < bytes_.size() && (bytes_[at_] == '#' || bytes_[at_] == '!')) {
        natural_line();
        continue;
      }
      line = natural_line();
      while (continues(line) && at_ < bytes_.size()) {
        line.pop_back();
        skip_blanks();
        line += natural_line();
      }
      if (continues(line))
        line.pop_back();
      if (!line.empty())
        return true;
    }
    return false;
  }

private:
  void skip_blanks() {
    while (at_ < bytes_.size() && is_blank(bytes_[at_]))
      ++at_;
  }

  std::string_view natural_line() {
    const std::size_t start = at_;
    while (at_ < bytes_.size() && !is_line_end(bytes_[at_]))
      ++at_;
    const std::string_view line = bytes_.substr(start, at_ - start);
    if (at_ < bytes_.size()) {
      at_ += bytes_.substr(at_).starts_with("\r\n") ? 2 : 1;
      ++number_;
    }
    return line;
  }

  // An odd number of backslashes at the end.
  static bool continues(const std::string &line) {
    std::size_t count = 0;
    while (count < line.size() && line[line.size() - 1 - count] == '\\')
      ++count;
    return count % 2 == 1;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::int32_t number_ = 1;
};

std::optional<std::uint32_t> hex4(std::string_view digits) {
  if (digits.size() < 4)
    return std::nullopt;
  std::uint32_t value = 0;
  for (char c : digits.substr(0, 4)) {
    if (c >= '0' && c <= '9')
      value = value * 16 + static_cast<std::uint32_t>(c - '0');
    else if (const char lower = static_cast<char>(c | 0x20); lower >= 'a' && lower <= 'f')
      value = value * 16 + static_cast<std::uint32_t>(lower - 'a' + 10);
    else
      return std::nullopt;
  }
  return value;
}

char unescaped(char c) {
  switch (c) {
  case 't':
    return '\t';
  case 'n':
    return '\n';
  case 'r':
    return '\r';
  case 'f':
    return '\f';
  default:
    return c; // unknown escapes only lose their backslash
  }
}

// Resolves escapes and turns ISO-8859-1 into UTF-8. Nothing for a broken \u escape.
std::optional<std::string> decode(std::string_view text, Encoding encoding) {
  std::string out;
  std::uint32_t high = 0; // first half of a pair of \u escapes
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::uint32_t point = static_cast<unsigned char>(text[i]);
    if (text[i] == '\\' && i + 1 < text.size()) {
      ++i;
      if (text[i] == 'u') {
        const auto code = hex4(text.substr(i + 1));
        if (!code)
          return std::nullopt;
        i += 4;
        point = *code;
      } else {
        point = static_cast<unsigned char>(unescaped(text[i]));
      }
    }
    if (high != 0) {
      const bool pair = point >= 0xDC00 && point <= 0xDFFF;
      append_utf8(out, pair ? 0x10000 + ((high - 0xD800) << 10) + (point - 0xDC00) : 0xFFFD);
      high = 0;
      if (pair)
        continue;
    }
    if (encoding == Encoding::Utf8 && point == static_cast<unsigned char>(text[i]) && point >= 0x80)
      out += text[i]; // a byte of a longer sequence
    else if (point >= 0xD800 && point <= 0xDBFF)
      high = point;
    else
      append_utf8(out, point >= 0xDC00 && point <= 0xDFFF ? 0xFFFD : point);
  }
  if (high != 0)
    append_utf8(out, 0xFFFD);
  return out;
}

// Where the key ends: at the first `=`, `:` or blank that is not escaped.
std::size_t key_length(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\')
      ++i;
    else if (line[i] == '=' || line[i] == ':' || is_blank(line[i]))
      return i;
  }
  return line.size();
}

// The value behind a key: blanks, at most one `=` or `:`, blanks.
std::string_view value_of(std::string_view rest) {
  const auto skip = [&] {
    while (!rest.empty() && is_blank(rest.front()))
      rest.remove_prefix(1);
  };
  skip();
  if (!rest.empty() && (rest.front() == '=' || rest.front() == ':')) {
    rest.remove_prefix(1);
    skip();
  }
  return rest;
}

} // namespace

StringMap Properties::map() const {
  StringMap result;
  for (const Property &entry : entries)
    result.set(entry.key, entry.value);
  return result;
}

const Property *Properties::find(std::string_view key) const {
  for (const Property &entry : entries)
    if (entry.key == key)
      return &entry;
  return nullptr;
}

Result<Properties> parse_properties(std::string_view bytes, std::string file, Encoding encoding) {
  Properties properties;
  LineReader reader(bytes);
  std::string line;
  std::int32_t number = 0;
  while (reader.next(line, number)) {
    const std::size_t length = key_length(line);
    auto key = decode(std::string_view(line).substr(0, length), encoding);
    auto value = decode(value_of(std::string_view(line).substr(length)), encoding);
    if (!key || !value)
      return fail(
          Code::Config,
          fmt::format("{}:{}: \\u must be followed by four hexadecimal digits", file, number));
    std::erase_if(properties.entries, [&](const Property &entry) { return entry.key == *key; });
    properties.entries.push_back({std::move(*key), std::move(*value), number});
  }
  properties.file = std::move(file);
  return properties;
}

Result<Properties> read_properties(const std::string &path) {
  const auto bytes = read_file(path);
  if (!bytes)
    return fail(Code::Io, fmt::format("{}: {}", path, bytes.error().message()));
  return parse_properties(*bytes, path);
}

} // namespace host::config
