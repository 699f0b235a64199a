#include "host/http/url.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace host::http {
namespace {

constexpr std::string_view kForm = "http://HOST[:PORT][/PREFIX] or https://…";

tl::unexpected<Error> refused(std::string_view text, std::string_view problem) {
  return fail(Code::BadRequest, fmt::format("`{}` {}; expected {}", text, problem, kForm));
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

bool all_visible(std::string_view text) {
  for (const char c : text)
    if (c <= ' ' || static_cast<unsigned char>(c) >= 0x7f)
      return false;
  return true;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char *end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || stop != end || port == 0)
    return std::nullopt;
  return port;
}

bool is_host(std::string_view host) {
  for (const char c : host)
    if (!is_unreserved(c))
      return false;
  return !host.empty();
}

bool is_address6(std::string_view host) {
  return host.find(':') != std::string_view::npos &&
         host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
}

// `host`, `host:port`, `[v6]`, `[v6]:port` into the URL; the port may be missing.
bool take_authority(std::string_view authority, Url &url) {
  std::string_view port;
  bool has_port = false;
  if (authority.starts_with('[')) {
    const auto bracket = authority.find(']');
    if (bracket == std::string_view::npos)
      return false;
    url.host = authority.substr(1, bracket - 1);
    const std::string_view rest = authority.substr(bracket + 1);
    if (!is_address6(url.host) || (!rest.empty() && rest.front() != ':'))
      return false;
    has_port = !rest.empty();
    port = has_port ? rest.substr(1) : rest;
  } else {
    const auto colon = authority.find(':');
    has_port = colon != std::string_view::npos;
    url.host = authority.substr(0, colon);
    port = has_port ? authority.substr(colon + 1) : std::string_view();
    if (!is_host(url.host))
      return false;
  }
  if (!has_port)
    return true;
  const auto number = parse_port(port);
  url.port = number.value_or(0);
  return number.has_value();
}

} // namespace

std::string Url::text() const {
  const bool address6 = host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}{}", tls ? "https" : "http", address6 ? "[" : "", host,
                     address6 ? "]" : "", port, prefix);
}

Result<Url> parse_url(std::string_view text) {
  Url url;
  std::string_view rest = text;
  if (const auto scheme_end = text.find("://"); scheme_end != std::string_view::npos) {
    const std::string_view scheme = text.substr(0, scheme_end);
    if (scheme != "http" && scheme != "https")
      return refused(text, fmt::format("has the scheme `{}`", scheme));
    url.tls = scheme == "https";
    rest = text.substr(scheme_end + 3);
  }
  if (!all_visible(rest))
    return refused(text, "holds characters that a URL may not");
  if (rest.find('@') != std::string_view::npos)
    return fail(Code::BadRequest,
                "the URL names a user: credentials do not belong in it, and are not supported yet");
  if (rest.find_first_of("?#") != std::string_view::npos)
    return refused(text, "has a query or a fragment");
  const auto slash = rest.find('/');
  url.port = url.tls ? 443 : 80;
  if (!take_authority(rest.substr(0, slash), url))
    return refused(text, "names no host and port");
  if (slash != std::string_view::npos)
    url.prefix = rest.substr(slash);
  while (url.prefix.ends_with('/'))
    url.prefix.pop_back();
  return url;
}

std::string encode_segment(std::string_view name) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : name) {
    if (is_unreserved(c)) {
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

} // namespace host::http
