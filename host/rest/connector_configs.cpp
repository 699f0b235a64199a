// Creation and change of connectors.
#include <utility>

#include "host/base/java_text.h"
#include "host/rest/entities.h"
#include "host/rest/replies.h"
#include "host/rest/request_body.h"
#include "host/rest/resources.h"

namespace host::rest {
namespace {

// The texts of the NullPointerExceptions that clients of 4.3.0 get for a missing body (17·2).
constexpr std::string_view kNoRequest =
    "Cannot invoke \"org.apache.kafka.connect.runtime.rest.entities.CreateConnectorRequest.name()\""
    " because \"createRequest\" is null";
constexpr std::string_view kNoConfig =
    "Cannot invoke \"java.util.Map.get(Object)\" because \"connectorConfig\" is null";
constexpr std::string_view kNoPatch =
    "Cannot invoke \"java.util.Map.forEach(java.util.function.BiConsumer)\" because \"patch\" is "
    "null";

// Fills in the name, or refuses another one.
Status take_name(herder::SubmittedConfig &config, const std::string &name) {
  const std::string *included = config.find("name");
  if (included != nullptr && *included != name)
    return fail(Code::BadRequest, "Connector name configuration (" + *included +
                                      ") doesn't match connector name in the URL (" + name + ")");
  if (included == nullptr)
    config.set("name", name);
  return {};
}

// The connector, with its Location if it is new.
herder::Herder::Callback<herder::Changed> changed(const Call &call) {
  const std::string base =
      (call.request.secure ? "https://" : "http://") + call.request.host + "/connectors/";
  return [respond = call.respond, fails = call.fails(),
          base](const Result<herder::Changed> &result) {
    if (!result)
      return fails(result.error());
    Reply reply = json_reply(result->created ? 201 : 200, connector_info_json(*result->connector));
    if (result->created)
      reply.headers.emplace_back("Location", base + encode_path(result->connector->name));
    respond(std::move(reply));
  };
}

void create(herder::Herder &herder, const Call &call) {
  auto body = read_create(call.request.body);
  if (!body)
    return call.respond(error_reply(body.error()));
  if (!*body)
    return call.respond(error_reply(500, kNoRequest));
  CreateBody &request = **body;
  const std::string name(java::trim(request.name.value_or("")));
  if (!request.config)
    return call.respond(error_reply(500, kNoConfig));
  if (const Status named = take_name(*request.config, name); !named)
    return call.respond(error_reply(named.error()));
  herder.create(
      {name, *std::move(request.config), request.initial_state.value_or(TargetState::Started)},
      changed(call));
}

void put(herder::Herder &herder, const Call &call) {
  auto config = read_config(call.request.body);
  if (!config)
    return call.respond(error_reply(config.error()));
  if (!*config)
    return call.respond(error_reply(500, kNoConfig));
  if (const Status named = take_name(**config, call.argument(0)); !named)
    return call.respond(error_reply(named.error()));
  herder.put_config(call.argument(0), **std::move(config), changed(call));
}

void patch(herder::Herder &herder, const Call &call) {
  auto patch = read_config(call.request.body);
  if (!patch)
    return call.respond(error_reply(patch.error()));
  const std::string &name = call.argument(0);
  if (herder.snapshot()->find(name) == nullptr)
    return call.respond(error_reply(404, "Connector " + name + " not found"));
  if (!*patch)
    return call.respond(error_reply(500, kNoPatch));
  if ((*patch)->find("name") != nullptr)
    if (const Status named = take_name(**patch, name); !named)
      return call.respond(error_reply(named.error()));
  herder.patch_config(name, **std::move(patch), changed(call));
}

} // namespace

void add_connector_configs(Router &router, herder::Herder &herder) {
  const auto add = [&](std::string_view method, std::string_view pattern,
                       void (*handle)(herder::Herder &, const Call &)) {
    router.add(method, pattern, Body::Read,
               [&herder, handle](const Call &call) { handle(herder, call); });
  };
  add("POST", "/connectors", create);
  add("PUT", "/connectors/{connector}/config", put);
  add("PATCH", "/connectors/{connector}/config", patch);
}

} // namespace host::rest
