#include "host/wire/oauth_token.h"

#include <charconv>
#include <cstdint>

#include <fmt/format.h>

#include "host/base/strings.h"
#include "host/data/base64.h"
#include "host/json/writer.h"

namespace host::wire {
namespace {

constexpr std::string_view kExtension = "extension_";

tl::unexpected<Error> bad(std::string_view why) {
  return fail(Code::Config, exception::kConfig,
              fmt::format("sasl.jaas.config: no OAUTHBEARER token can be made of it: {}", why));
}

// `name=value` items between blanks, as librdkafka reads them.
Result<StringMap> parse(std::string_view config) {
  StringMap items;
  while (!config.empty()) {
    const auto blank = std::min(config.find(' '), config.size());
    const std::string_view item = config.substr(0, blank);
    config.remove_prefix(std::min(blank + 1, config.size()));
    if (item.empty())
      continue;
    const auto equals = item.find('=');
    if (equals == 0 || equals == std::string_view::npos || equals + 1 == item.size())
      return bad(fmt::format("'{}' is no name with a value", item.substr(0, equals)));
    items.set(item.substr(0, equals), std::string(item.substr(equals + 1)));
  }
  return items;
}

// With the URL alphabet and without padding.
std::string base64url(std::string_view bytes) {
  std::string text;
  data::append_base64(text, bytes);
  while (text.ends_with('='))
    text.pop_back();
  for (char &c : text)
    c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

void write_list(json::Writer &json, std::string_view values) {
  json.begin_array();
  while (!values.empty()) {
    const auto comma = std::min(values.find(','), values.size());
    if (comma > 0)
      json.value(values.substr(0, comma));
    values.remove_prefix(std::min(comma + 1, values.size()));
  }
  json.end_array();
}

} // namespace

Result<OauthToken> make_unsecured_token(std::string_view config,
                                        std::chrono::system_clock::time_point now) {
  HOST_ASSIGN(const StringMap items, parse(config));
  if (!items.contains("principal"))
    return bad("there is no principal");
  const std::string seconds = items.get("lifeSeconds", "3600");
  std::int64_t life = 0;
  const auto parsed = std::from_chars(seconds.data(), seconds.data() + seconds.size(), life);
  if (parsed.ec != std::errc() || parsed.ptr != seconds.data() + seconds.size() || life < 1)
    return bad(fmt::format("lifeSeconds={} is no number of seconds", seconds));
  const auto issued =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  std::string claims;
  json::Writer json(claims);
  json.begin_object().field(items.get("principalClaimName", "sub"), items.get("principal"));
  json.field("iat", issued).field("exp", issued + life);
  if (items.contains("scope"))
    write_list(json.key(items.get("scopeClaimName", "scope")), items.get("scope"));
  json.end_object();
  OauthToken token;
  token.text = base64url(R"({"alg":"none"})") + '.' + base64url(claims) + '.';
  for (const auto &[name, value] : items)
    if (name.starts_with(kExtension))
      token.extensions.emplace_back(name.substr(kExtension.size()), value);
  return token;
}

} // namespace host::wire
