// The plugins, their keys, and the validation of configs.
#include <utility>

#include "host/rest/entities.h"
#include "host/rest/replies.h"
#include "host/rest/request_body.h"
#include "host/rest/resources.h"

namespace host::rest {
namespace {

void list(herder::Herder &herder, const Call &call) {
  const std::string *only = call.target.parameter("connectorsOnly");
  const bool connectors_only = only == nullptr || only->empty() || *only == "true";
  call.respond(json_reply(200, plugins_json(herder.plugins(connectors_only))));
}

void keys(herder::Herder &herder, const Call &call) {
  const std::string *version = call.target.parameter("version");
  const auto found = herder.plugin_config(
      call.argument(0), version == nullptr ? std::nullopt : std::optional(*version));
  call.respond(found ? json_reply(200, config_keys_json(*found)) : error_reply(found.error()));
}

std::string_view without_suffix(std::string_view name) {
  constexpr std::string_view kSuffix = "Connector";
  if (name.ends_with(kSuffix) && name.size() > kSuffix.size())
    name.remove_suffix(kSuffix.size());
  return name;
}

void validate(herder::Herder &herder, const Call &call) {
  auto config = read_config(call.request.body);
  if (!config)
    return call.respond(error_reply(config.error()));
  if (!*config)
    return call.respond(error_reply(
        500, "Cannot invoke \"java.util.Map.get(Object)\" because \"connectorConfig\" is null"));
  const std::string *included = (*config)->find("connector.class");
  if (included != nullptr && !without_suffix(*included).ends_with(without_suffix(call.argument(0))))
    return call.respond(error_reply(400, "Included connector type " + *included +
                                             " does not match request type " + call.argument(0)));
  herder.validate(**std::move(config), [respond = call.respond](const auto &infos) {
    respond(infos ? json_reply(200, config_infos_json(*infos)) : error_reply(infos.error()));
  });
}

} // namespace

void add_plugins(Router &router, herder::Herder &herder) {
  router.add("GET", "/connector-plugins", Body::Ignored,
             [&herder](const Call &call) { list(herder, call); });
  router.add("GET", "/connector-plugins/{plugin}/config", Body::Ignored,
             [&herder](const Call &call) { keys(herder, call); });
  router.add("PUT", "/connector-plugins/{plugin}/config/validate", Body::Read,
             [&herder](const Call &call) { validate(herder, call); });
}

} // namespace host::rest
