#include "host/rest/router.h"

#include <algorithm>
#include <utility>

#include "host/herder/java_map.h"
#include "host/rest/media_type.h"
#include "host/rest/replies.h"

namespace host::rest {
namespace {

std::vector<std::string> split(std::string_view pattern) {
  std::vector<std::string> parts;
  while (pattern.size() > 1) {
    pattern.remove_prefix(1);
    const std::string_view part = pattern.substr(0, pattern.find('/'));
    parts.emplace_back(part);
    pattern.remove_prefix(part.size());
  }
  return parts;
}

bool is_parameter(const std::string &part) { return part.starts_with('{'); }

// Methods in the order in which the container prints them: a hash set's.
std::string allow_of(std::vector<std::string> methods) {
  methods.push_back("OPTIONS");
  if (std::find(methods.begin(), methods.end(), "GET") != methods.end())
    methods.push_back("HEAD");
  std::string allow;
  for (const std::string &method : herder::in_hash_order(std::move(methods)))
    allow += (allow.empty() ? "" : ",") + method;
  return allow;
}

// The part of content negotiation that looks at the request's body.
int body_status(const Request &request, Body body) {
  const BodyType type = body_type(request.content_type);
  const bool reads = request.method != "GET" && request.method != "HEAD";
  if (reads && type == BodyType::Other)
    return 415;
  if (body == Body::Read && !request.body.empty() &&
      (type == BodyType::None || type == BodyType::Wildcard))
    return 415;
  return 0;
}

} // namespace

std::function<void(const Error &)> Call::fails() const {
  // The request itself ends with its connection, which may be before the herder answers.
  return [request = request, forward = &forward, respond = respond](const Error &error) {
    if (error.where() && *forward)
      (*forward)(request, *error.where(), respond);
    else
      respond(error_reply(error));
  };
}

void Router::add(std::string_view method, std::string_view pattern, Body body, Handler handler) {
  std::vector<std::string> parts = split(pattern);
  auto found = std::find_if(resources_.begin(), resources_.end(),
                            [&](const Resource &r) { return r.pattern == parts; });
  if (found == resources_.end())
    found = resources_.insert(resources_.end(), Resource{std::move(parts), {}, {}});
  found->methods.push_back({std::string(method), body, std::move(handler)});
  std::vector<std::string> names;
  for (const Method &m : found->methods)
    names.push_back(m.name);
  found->allow = allow_of(std::move(names));
}

bool Router::Resource::matches(const Target &target, std::vector<std::string> &arguments) const {
  if (target.path.size() != pattern.size())
    return false;
  arguments.clear();
  for (std::size_t i = 0; i < pattern.size(); ++i)
    if (is_parameter(pattern[i]))
      arguments.push_back(target.path[i].decoded);
    else if (target.path[i].raw != pattern[i])
      return false;
  return true;
}

const Router::Resource *Router::find(const Target &target,
                                     std::vector<std::string> &arguments) const {
  for (const Resource &resource : resources_)
    if (resource.matches(target, arguments))
      return &resource;
  return nullptr;
}

Reply Router::options(const Resource &resource, const Request &request) {
  Reply reply;
  reply.headers.emplace_back("Allow", resource.allow);
  if (accepts(request.accept, "text", "plain")) {
    reply.content_type = "text/plain";
    for (const char c : resource.allow)
      reply.body += c == ',' ? std::string(", ") : std::string(1, c);
  }
  return reply;
}

void Router::add_text(std::string_view pattern, Handler handler) {
  add("GET", pattern, Body::Ignored, std::move(handler));
  for (Resource &resource : resources_)
    if (resource.pattern == split(pattern))
      resource.methods.back().text = true;
}

void Router::route(Request &request, Responder respond) const {
  const auto target = parse_target(request.target, request.host);
  if (!target)
    return respond(error_reply(target.error()));
  if (body_type(request.content_type) == BodyType::Malformed)
    return respond(error_reply(400, "Bad Request"));
  Call call{request, *target, forward_, {}, std::move(respond)};
  const Resource *resource = find(*target, call.arguments);
  if (resource == nullptr)
    return call.respond(container_reply(404));
  if (request.method == "OPTIONS") {
    auto refused = gate_(request);
    return call.respond(refused ? *std::move(refused) : options(*resource, request));
  }
  const std::string wanted = request.method == "HEAD" ? "GET" : request.method;
  const auto method =
      std::find_if(resource->methods.begin(), resource->methods.end(),
                   [&](const Method &candidate) { return candidate.name == wanted; });
  if (method == resource->methods.end())
    return call.respond(container_reply(405));
  if (const int status = body_status(request, method->body)) {
    Reply reply = container_reply(status);
    // Refused by the reader of the body, the reply is the resource's.
    if (body_type(request.content_type) != BodyType::Other)
      reply.content_type = "application/json";
    return call.respond(std::move(reply));
  }
  if (!accepts(request.accept, method->text ? "text" : "application",
               method->text ? "plain" : "json"))
    return call.respond(container_reply(406));
  if (auto refused = gate_(request))
    return call.respond(*std::move(refused));
  method->handler(call);
}

} // namespace host::rest
