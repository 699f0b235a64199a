// Stored offsets: shown, changed, removed (contract 2.8).
#include <utility>

#include "host/json/writer.h"
#include "host/rest/entities.h"
#include "host/rest/replies.h"
#include "host/rest/request_body.h"
#include "host/rest/resources.h"

namespace host::rest {
namespace {

// The texts of the NullPointerExceptions that clients of 4.3.0 get (17·2).
constexpr std::string_view kNoBody =
    "Cannot invoke \"org.apache.kafka.connect.runtime.rest.entities.ConnectorOffsets.offsets()\" "
    "because \"offsets\" is null";
constexpr std::string_view kNoEntry =
    "Cannot invoke "
    "\"org.apache.kafka.connect.runtime.rest.entities.ConnectorOffset.partition()\" because "
    "\"offset\" is null";

void get(herder::Herder &herder, const Call &call) {
  herder.offsets(call.argument(0), [respond = call.respond](auto result) {
    respond(result ? json_reply(200, offsets_json(*result)) : error_reply(result.error()));
  });
}

herder::Herder::Callback<std::string> message(const Call &call) {
  return [respond = call.respond, fails = call.fails()](const Result<std::string> &changed) {
    if (!changed)
      return fails(changed.error());
    std::string body;
    json::Writer(body).begin_object().field("message", *changed).end_object();
    respond(json_reply(200, std::move(body)));
  };
}

void alter(herder::Herder &herder, const Call &call) {
  auto body = read_offsets(call.request.body);
  if (!body)
    return call.respond(error_reply(body.error()));
  if (!*body)
    return call.respond(error_reply(500, kNoBody));
  if ((*body)->empty())
    return call.respond(
        error_reply(400, "Partitions / offsets need to be provided for an alter offsets request"));
  std::vector<OffsetChange> changes;
  for (auto &entry : **body) {
    if (!entry)
      return call.respond(error_reply(500, kNoEntry));
    changes.push_back(*std::move(entry));
  }
  herder.alter_offsets(call.argument(0), std::move(changes), message(call));
}

void reset(herder::Herder &herder, const Call &call) {
  herder.alter_offsets(call.argument(0), std::nullopt, message(call));
}

} // namespace

void add_connector_offsets(Router &router, herder::Herder &herder) {
  const auto add = [&](std::string_view method, Body body,
                       void (*handle)(herder::Herder &, const Call &)) {
    router.add(method, "/connectors/{connector}/offsets", body,
               [&herder, handle](const Call &call) { handle(herder, call); });
  };
  add("GET", Body::Ignored, get);
  add("PATCH", Body::Read, alter);
  add("DELETE", Body::Ignored, reset);
}

} // namespace host::rest
