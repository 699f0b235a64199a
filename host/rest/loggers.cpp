// Levels of loggers at run time.
#include <utility>

#include "host/base/log.h"
#include "host/json/writer.h"
#include "host/rest/logger_levels.h"
#include "host/rest/replies.h"
#include "host/rest/request_body.h"
#include "host/rest/resources.h"

namespace host::rest {
namespace {

const log::Logger kLog{"sluice.rest"};

void write_entry(json::Writer &out, const LoggerLevels::Entry &entry) {
  out.begin_object().field("level", log::name_of(entry.level)).key("last_modified");
  if (entry.last_modified_ms)
    out.value(*entry.last_modified_ms);
  else
    out.null();
  out.end_object();
}

void list(LoggerLevels &levels, const Call &call) {
  std::string body;
  json::Writer out(body);
  out.begin_object();
  for (const auto &[name, entry] : levels.all()) {
    out.key(name);
    write_entry(out, entry);
  }
  out.end_object();
  call.respond(json_reply(200, std::move(body)));
}

void get(LoggerLevels &levels, const Call &call) {
  const auto entry = levels.find(call.argument(0));
  if (!entry)
    return call.respond(error_reply(404, "Logger " + call.argument(0) + " not found."));
  std::string body;
  json::Writer out(body);
  write_entry(out, *entry);
  call.respond(json_reply(200, std::move(body)));
}

bool for_whole_cluster(const Target &target) {
  const std::string *scope = target.parameter("scope");
  if (scope == nullptr)
    return false;
  std::string lower = *scope;
  for (char &c : lower)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (lower != "cluster" && lower != "worker")
    kLog.warn("Received invalid scope '{}' in request to change log level, treating it as worker",
              *scope);
  return lower == "cluster";
}

void put(LoggerLevels &levels, herder::Herder &herder, const Call &call) {
  const auto body = read_config(call.request.body);
  if (!body)
    return call.respond(error_reply(body.error()));
  if (!*body)
    return call.respond(error_reply(
        500, "Cannot invoke \"java.util.Map.get(Object)\" because \"levelMap\" is null"));
  const std::string *wanted = (*body)->find("level");
  if (wanted == nullptr)
    return call.respond(
        error_reply(400, "Desired 'level' parameter was not specified in request."));
  const auto level = log::level_of(*wanted);
  if (!level)
    return call.respond(error_reply(404, "invalid log level '" + *wanted + "'."));
  if (for_whole_cluster(call.target))
    return herder.set_cluster_log_level(call.argument(0), std::string(log::name_of(*level)),
                                        [respond = call.respond](const Status &written) {
                                          respond(written ? empty_reply(204)
                                                          : error_reply(written.error()));
                                        });
  const std::vector<std::string> changed = levels.set(call.argument(0), *level);
  std::string names;
  json::Writer out(names);
  out.begin_array();
  for (const std::string &name : changed)
    out.value(name);
  out.end_array();
  call.respond(json_reply(200, std::move(names)));
}

} // namespace

void add_loggers(Router &router, LoggerLevels &levels, herder::Herder &herder) {
  router.add("GET", "/admin/loggers", Body::Ignored,
             [&levels](const Call &call) { list(levels, call); });
  router.add("GET", "/admin/loggers/{logger}", Body::Ignored,
             [&levels](const Call &call) { get(levels, call); });
  router.add("PUT", "/admin/loggers/{logger}", Body::Read,
             [&levels, &herder](const Call &call) { put(levels, herder, call); });
}

} // namespace host::rest
