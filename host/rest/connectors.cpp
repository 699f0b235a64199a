// Reads of connectors, all from the snapshot, and deletion.
#include <algorithm>
#include <charconv>

#include "host/base/log.h"
#include "host/rest/entities.h"
#include "host/rest/parameters.h"
#include "host/rest/replies.h"
#include "host/rest/resources.h"

namespace host::rest {
namespace {

const log::Logger kLog{"sluice.rest"};

using herder::ConnectorView;

Reply connector_missing(const std::string &name) {
  return error_reply(404, "Connector " + name + " not found");
}

void list(herder::Herder &herder, const Call &call) {
  const auto snapshot = herder.snapshot();
  if (call.target.parameter("expand") == nullptr)
    return call.respond(json_reply(200, connector_names_json(*snapshot)));
  std::vector<Expansion> expansions;
  for (const auto &[name, value] : call.target.query) {
    if (name != "expand")
      continue;
    if (value != "status" && value != "info") {
      kLog.info("Ignoring unknown expansion type {}", value);
      continue;
    }
    const Expansion expansion = value == "status" ? Expansion::Status : Expansion::Info;
    if (std::find(expansions.begin(), expansions.end(), expansion) == expansions.end())
      expansions.push_back(expansion);
  }
  call.respond(json_reply(200, expanded_json(*snapshot, expansions)));
}

// Answers with what `json` makes of the connector.
template <class Json> Handler read(herder::Herder &herder, Json json) {
  return [&herder, json](const Call &call) {
    const auto connector = herder.snapshot()->find(call.argument(0));
    call.respond(connector == nullptr ? connector_missing(call.argument(0))
                                      : json_reply(200, json(*connector)));
  };
}

void status(herder::Herder &herder, const Call &call) {
  const auto connector = herder.snapshot()->find(call.argument(0));
  if (connector == nullptr || !connector->status)
    return call.respond(error_reply(404, "No status found for connector " + call.argument(0)));
  call.respond(json_reply(200, connector_status_json(*connector)));
}

void task_status(herder::Herder &herder, const Call &call) {
  const auto number = task_number(call.argument(1));
  if (!number)
    return call.respond(error_reply(404, "HTTP 404 Not Found"));
  const auto connector = herder.snapshot()->find(call.argument(0));
  if (connector != nullptr)
    if (const auto task = connector->tasks.find(*number); task != connector->tasks.end())
      return call.respond(json_reply(200, task_status_json(*number, task->second)));
  call.respond(error_reply(404, "No status found for task " + call.argument(0) + "-" +
                                    std::to_string(*number)));
}

void topics(herder::Herder &herder, const Call &call) {
  const auto snapshot = herder.snapshot();
  if (!snapshot->topic_tracking)
    return call.respond(error_reply(403, "Topic tracking is disabled."));
  const auto found = snapshot->active_topics.find(call.argument(0));
  static const std::vector<std::string> kNone;
  const auto &topics = found == snapshot->active_topics.end() ? kNone : found->second;
  call.respond(json_reply(200, topics_json(call.argument(0), topics)));
}

} // namespace

std::optional<std::int32_t> task_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-"))
    text.remove_prefix(1);
  std::int32_t number = 0;
  const char *end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end)
    return std::nullopt;
  return number;
}

void add_connectors(Router &router, herder::Herder &herder) {
  const auto add = [&](std::string_view pattern, void (*handle)(herder::Herder &, const Call &)) {
    router.add("GET", pattern, Body::Ignored,
               [&herder, handle](const Call &call) { handle(herder, call); });
  };
  add("/connectors", list);
  add("/connectors/{connector}/status", status);
  add("/connectors/{connector}/tasks/{task}/status", task_status);
  add("/connectors/{connector}/topics", topics);
  router.add("GET", "/connectors/{connector}", Body::Ignored,
             read(herder, [](const ConnectorView &c) { return connector_info_json(c); }));
  router.add("GET", "/connectors/{connector}/config", Body::Ignored,
             read(herder, [](const ConnectorView &c) { return config_json(c.config); }));
  router.add("GET", "/connectors/{connector}/tasks", Body::Ignored,
             read(herder, [](const ConnectorView &c) { return tasks_json(c); }));
  router.add("DELETE", "/connectors/{connector}", Body::Ignored, [&herder](const Call &call) {
    herder.remove(call.argument(0),
                  [respond = call.respond, fails = call.fails()](const Status &removed) {
                    if (removed)
                      respond(empty_reply(204));
                    else
                      fails(removed.error());
                  });
  });
}

} // namespace host::rest
