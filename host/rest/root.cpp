// GET / and GET /health, and what a request that takes too long is told.
#include <ctime>

#include <fmt/format.h>

#include "host/json/writer.h"
#include "host/rest/replies.h"
#include "host/rest/resources.h"

namespace host::rest {
namespace {

Reply health_reply(int status, std::string_view word, std::string_view message) {
  std::string body;
  json::Writer(body).begin_object().field("status", word).field("message", message).end_object();
  return json_reply(status, std::move(body));
}

// As java.time.Instant prints it: a fraction of three digits, if there is one.
std::string instant(std::int64_t wall_ms) {
  const std::time_t seconds = wall_ms / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  const auto millis = wall_ms % 1000;
  return millis == 0 ? fmt::format("{}Z", text) : fmt::format("{}.{:03}Z", text, millis);
}

std::string stage_sentence(const herder::Herder &herder) {
  const auto stage = herder.stage();
  if (!stage)
    return {};
  return fmt::format(" The worker is currently {}, which began at {}.", stage->description,
                     instant(stage->began_wall_ms));
}

Reply starting(const herder::Herder &herder) {
  return health_reply(503, "starting", "Worker is still starting up." + stage_sentence(herder));
}

bool is_health(const Request &request) {
  return request.target == "/health" || request.target.starts_with("/health?") ||
         request.target.starts_with("/health/");
}

} // namespace

Deadline deadline_of(const Request &request, const herder::Herder &herder, Patience patience) {
  if (!is_health(request))
    return {patience.request, [&herder] {
              const std::string stage = stage_sentence(herder);
              return error_reply(500, "Request timed out" + (stage.empty() ? "" : "." + stage));
            }};
  return {patience.health, [&herder] {
            if (!herder.ready())
              return starting(herder);
            return health_reply(500, "unhealthy",
                                "Worker was unable to handle this request and may be unable to "
                                "handle other requests." +
                                    stage_sentence(herder));
          }};
}

void add_root(Router &router, herder::Herder &herder, ServerInfo info) {
  router.add("GET", "/", Body::Ignored, [&herder, info = std::move(info)](const Call &call) {
    const auto snapshot = herder.snapshot();
    std::string body;
    json::Writer out(body);
    out.begin_object().field("version", info.version).field("commit", info.commit);
    out.key("kafka_cluster_id");
    if (snapshot->kafka_cluster_id.empty())
      out.null(); // Kafka has not answered yet
    else
      out.value(snapshot->kafka_cluster_id);
    out.field("sluice_version", info.sluice_version).end_object();
    call.respond(json_reply(200, std::move(body)));
  });
  const Handler health = [&herder](const Call &call) {
    herder.ping([&herder, respond = call.respond](const Status &pong) {
      if (!pong)
        return respond(health_reply(500, "unhealthy", pong.error().message()));
      if (!herder.ready())
        return respond(starting(herder));
      if (herder.stage())
        return respond(health_reply(500, "unhealthy",
                                    "Worker cannot do its work now." + stage_sentence(herder)));
      respond(health_reply(200, "healthy",
                           "Worker has completed startup and is ready to handle requests."));
    });
  };
  router.add("GET", "/health", Body::Ignored, health);
  router.add("GET", "/health/ready", Body::Ignored, health);
  // For who restarts what is stuck: a worker that starts, or waits for Kafka, is alive.
  router.add("GET", "/health/live", Body::Ignored, [&herder](const Call &call) {
    herder.ping([respond = call.respond](const Status &pong) {
      respond(pong ? health_reply(200, "alive", "Worker handles requests.")
                   : health_reply(500, "unhealthy", pong.error().message()));
    });
  });
}

void add_metrics(Router &router, std::function<void(std::function<void(std::string)>)> text) {
  router.add_text("/metrics", [text = std::move(text)](const Call &call) {
    text([respond = call.respond](std::string body) {
      Reply reply;
      reply.body = std::move(body);
      reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
      respond(std::move(reply));
    });
  });
}

} // namespace host::rest
