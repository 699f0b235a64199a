#include "host/rest/listener.h"

#include <netdb.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

#include <arpa/inet.h>

namespace host::rest {
namespace {

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const char *end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && stop == end ? std::optional(port) : std::nullopt;
}

Result<Listener> parse_listener(const std::string &item, std::string_view key) {
  const std::string where = std::string(key) + " item `" + item + "`: ";
  const std::size_t scheme_end = item.find("://");
  const std::size_t colon = item.rfind(':');
  if (scheme_end == std::string::npos || colon < scheme_end + 3)
    return fail(Code::Config,
                where + "Listener doesn't have the right format (protocol://hostname:port).");
  std::string scheme = item.substr(0, scheme_end);
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (scheme != "http" && scheme != "https")
    return fail(Code::Config, where + "Listener protocol must be either \"http\" or \"https\".");
  std::string host = item.substr(scheme_end + 3, colon - scheme_end - 3);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  const auto port = port_of(std::string_view(item).substr(colon + 1));
  if (!port)
    return fail(Code::Config,
                where + "Listener doesn't have the right format (protocol://hostname:port).");
  return Listener{std::move(host), *port, scheme == "https"};
}

// This machine's own address, as a client elsewhere may use it.
std::string own_address() {
  char name[256] = {};
  if (gethostname(name, sizeof name - 1) != 0)
    return "127.0.0.1";
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo *found = nullptr;
  if (getaddrinfo(name, nullptr, &hints, &found) != 0 || found == nullptr)
    return name;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, &freeaddrinfo);
  char text[INET_ADDRSTRLEN] = {};
  const auto *address = reinterpret_cast<const sockaddr_in *>(found->ai_addr);
  return inet_ntop(AF_INET, &address->sin_addr, text, sizeof text) != nullptr ? text : name;
}

std::string bracketed(const std::string &host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

} // namespace

std::string Listener::text() const {
  return (tls ? "https://" : "http://") + bracketed(host) + ":" + std::to_string(port);
}

Result<std::vector<Listener>> parse_listeners(const std::vector<std::string> &items,
                                              std::string_view key) {
  std::vector<Listener> listeners;
  for (const std::string &item : items) {
    if (item.find_first_not_of(" \t") == std::string::npos)
      return fail(Code::Config, "Empty URL found when parsing " + std::string(key) + " list.");
    HOST_ASSIGN(auto listener, parse_listener(item, key));
    listeners.push_back(std::move(listener));
  }
  return listeners;
}

const Listener &advertised_listener(const Advertised &advertised,
                                    const std::vector<Listener> &bound) {
  const bool plain = std::any_of(bound.begin(), bound.end(), [](const auto &l) { return !l.tls; });
  const bool tls = advertised.listener.empty() ? !plain : advertised.listener == "https";
  const auto found =
      std::find_if(bound.begin(), bound.end(), [tls](const auto &l) { return l.tls == tls; });
  return found == bound.end() ? bound.front() : *found;
}

std::string advertised_url(const Advertised &advertised, const Listener &bound) {
  return (bound.tls ? "https://" : "http://") + worker_id(advertised, bound);
}

std::string worker_id(const Advertised &advertised, const Listener &bound) {
  const std::string &host = advertised.host_name.empty() ? bound.host : advertised.host_name;
  const std::uint16_t port = advertised.port == 0 ? bound.port : advertised.port;
  return bracketed(host.empty() ? own_address() : host) + ":" + std::to_string(port);
}

} // namespace host::rest
