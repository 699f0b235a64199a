#include "host/rest/uri.h"

#include <algorithm>

#include "host/base/utf8.h"

namespace host::rest {
namespace {

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
// RFC 3986: what a path may hold unescaped.
bool is_path_char(char c) {
  return is_alnum(c) || std::string_view("-._~!$&'()*+,;=:@/").find(c) != std::string_view::npos;
}

int hex(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The byte that `%41` at `text[i]` stands for; -1 for a malformed escape.
int escaped(std::string_view text, std::size_t i) {
  if (text.size() - i < 3)
    return -1;
  const int high = hex(text[i + 1]);
  const int low = hex(text[i + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

auto refused(const char *why) { return fail(Code::BadRequest, why); }

Result<std::string> decode_segment(std::string_view raw) {
  std::string decoded;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '%') {
      decoded += raw[i];
      continue;
    }
    const int byte = escaped(raw, i);
    if (byte <= 0)
      return refused("Bad Request");
    if (byte == '/')
      return refused("Ambiguous URI path separator");
    if (byte == '%')
      return refused("Ambiguous URI path encoding");
    if (byte == '\\' || byte < 0x20 || byte == 0x7F)
      return refused("Suspicious Path Character");
    decoded += static_cast<char>(byte);
    i += 2;
  }
  if (!utf8::valid(decoded))
    return refused("Bad UTF-8 encoding");
  if (decoded != raw && (decoded == "." || decoded == ".."))
    return refused("Ambiguous URI path segment");
  return decoded;
}

Result<std::vector<Target::Segment>> parse_path(std::string_view path) {
  std::vector<Target::Segment> segments;
  for (const char c : path)
    if (!is_path_char(c) && c != '%')
      return refused("Illegal Path Character");
  while (!path.empty()) {
    path.remove_prefix(1); // the slash
    const std::string_view whole = path.substr(0, path.find('/'));
    path.remove_prefix(whole.size());
    if (whole.empty() && (!path.empty() || !segments.empty())) {
      if (path.empty())
        break; // a trailing slash makes no difference
      return refused("Ambiguous URI empty segment");
    }
    if (whole.empty())
      break;
    const std::string_view raw = whole.substr(0, whole.find(';'));
    HOST_ASSIGN(std::string decoded, decode_segment(raw));
    segments.push_back({std::string(raw), std::move(decoded)});
  }
  return segments;
}

// Form decoding; a malformed escape stays as it is.
std::string decode_query(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int byte = text[i] == '%' ? escaped(text, i) : -1;
    if (byte >= 0) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  std::string repaired;
  utf8::append_repaired(repaired, decoded);
  return repaired;
}

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    if (part.empty())
      continue;
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string_view value = part.substr(std::min(part.size(), equals + 1));
    parameters.emplace_back(decode_query(part.substr(0, equals)), decode_query(value));
  }
  return parameters;
}

// Takes `http://host:port` off an absolute target.
Result<std::string_view> without_authority(std::string_view target, std::string_view host) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme))
      continue;
    target.remove_prefix(scheme.size());
    const std::size_t end = std::min(target.find_first_of("/?#"), target.size());
    if (target.substr(0, end) != host)
      return refused("Authority!=Host");
    return end == target.size() ? std::string_view("/") : target.substr(end);
  }
  if (target == "*")
    return refused("Bad URI path");
  if (!target.starts_with('/'))
    return refused("Bad Request");
  return target;
}

} // namespace

const std::string *Target::parameter(std::string_view name) const {
  for (const auto &[key, value] : query)
    if (key == name)
      return &value;
  return nullptr;
}

Result<Target> parse_target(std::string_view text, std::string_view host) {
  HOST_ASSIGN(std::string_view rest, without_authority(text, host));
  rest = rest.substr(0, rest.find('#'));
  const std::size_t question = std::min(rest.find('?'), rest.size());
  Target target;
  HOST_ASSIGN(target.path, parse_path(rest.substr(0, question)));
  target.query = parse_query(rest.substr(std::min(rest.size(), question + 1)));
  return target;
}

std::string encode_path(std::string_view name) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool escape = c == '%' && escaped(name, i) >= 0;
    if (is_path_char(c) || escape) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kHex[byte >> 4];
    encoded += kHex[byte & 15];
  }
  return encoded;
}

} // namespace host::rest
