// What can be done with a connector that is there: pause, resume, stop, restart, and what only
// workers ask each other.
#include <algorithm>
#include <cctype>
#include <utility>

#include "host/rest/entities.h"
#include "host/rest/parameters.h"
#include "host/rest/replies.h"
#include "host/rest/request_body.h"
#include "host/rest/resources.h"

namespace host::rest {
namespace {

// A flag of the query: `true` in any case, else false, as Java reads it.
bool flag(const Target &target, std::string_view name) {
  const std::string *value = target.parameter(name);
  if (value == nullptr || value->size() != 4)
    return false;
  std::string lower = *value;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower == "true";
}

herder::Herder::Callback<void> done(const Call &call, int status) {
  return [respond = call.respond, fails = call.fails(), status](const Status &result) {
    if (result)
      respond(empty_reply(status));
    else
      fails(result.error());
  };
}

void restart(herder::Herder &herder, const Call &call) {
  const herder::RestartFlags flags{flag(call.target, "includeTasks"),
                                   flag(call.target, "onlyFailed")};
  if (!flags.include_tasks && !flags.only_failed)
    return herder.restart_connector(call.argument(0), done(call, 204));
  herder.restart(call.argument(0), flags,
                 [respond = call.respond, fails = call.fails()](const auto &planned) {
                   if (planned)
                     respond(json_reply(202, connector_status_json(**planned)));
                   else
                     fails(planned.error());
                 });
}

void restart_task(herder::Herder &herder, const Call &call) {
  const auto number = task_number(call.argument(1));
  if (!number)
    return call.respond(error_reply(404, "HTTP 404 Not Found"));
  herder.restart_task({call.argument(0), *number}, done(call, 204));
}

// Whether another worker of the cluster sent it; answers if not.
bool is_of_a_worker(const herder::Herder &herder, const Call &call) {
  const auto value = [&](std::string_view name) {
    const std::string *found = call.request.header(lower_case(name));
    return found == nullptr ? std::nullopt : std::optional(*found);
  };
  const http::Signature signature{value(http::kSignatureHeader),
                                  value(http::kSignatureAlgorithmHeader)};
  const Status good = herder.check_internal(signature, call.request.body);
  if (!good)
    call.respond(error_reply(good.error()));
  return good.has_value();
}

void put_task_configs(herder::Herder &herder, const Call &call) {
  auto configs = read_task_configs(call.request.body);
  if (!configs)
    return call.respond(error_reply(configs.error()));
  if (!is_of_a_worker(herder, call))
    return;
  herder.put_task_configs(call.argument(0), *std::move(configs), done(call, 204));
}

Handler to_target(herder::Herder &herder, TargetState target, int status) {
  return [&herder, target, status](const Call &call) {
    herder.set_target(call.argument(0), target, done(call, status));
  };
}

} // namespace

void add_connector_actions(Router &router, herder::Herder &herder) {
  const auto add = [&](std::string_view method, std::string_view pattern, Handler handler) {
    router.add(method, pattern, Body::Ignored, std::move(handler));
  };
  add("PUT", "/connectors/{connector}/pause", to_target(herder, TargetState::Paused, 202));
  add("PUT", "/connectors/{connector}/resume", to_target(herder, TargetState::Started, 202));
  add("PUT", "/connectors/{connector}/stop", to_target(herder, TargetState::Stopped, 204));
  add("POST", "/connectors/{connector}/restart",
      [&herder](const Call &call) { restart(herder, call); });
  add("POST", "/connectors/{connector}/tasks/{task}/restart",
      [&herder](const Call &call) { restart_task(herder, call); });
  add("PUT", "/connectors/{connector}/topics/reset",
      [&herder](const Call &call) { herder.reset_topics(call.argument(0), done(call, 202)); });
  add("PUT", "/connectors/{connector}/fence", [&herder](const Call &call) {
    if (is_of_a_worker(herder, call))
      herder.fence_zombies(call.argument(0), done(call, 204));
  });
  router.add("POST", "/connectors/{connector}/tasks", Body::Read,
             [&herder](const Call &call) { put_task_configs(herder, call); });
}

} // namespace host::rest
