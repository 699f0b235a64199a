#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/rest/http.h"
#include "host/rest/uri.h"

namespace host::rest {

// Carries a request on to the worker at a URL.
using Forward =
    std::function<void(const Request &request, const std::string &url, Responder respond)>;

// One request that found its route.
struct Call {
  const Request &request;
  const Target &target;
  const Forward &forward;
  std::vector<std::string> arguments; // decoded, one per `{…}` of the pattern
  Responder respond;

  const std::string &argument(std::size_t i) const { return arguments[i]; }
  // What a change does with an error of the herder, from any thread: a reply, or the request
  // carried on to the worker that must answer it.
  std::function<void(const Error &)> fails() const;
};

using Handler = std::function<void(const Call &)>;
// Lets a request to a resource pass, or gives the reply that it gets instead.
using Gate = std::function<std::optional<Reply>(Request &)>;

// Whether a route reads its body; one that does needs a Content-Type with it.
enum class Body : std::uint8_t { Ignored = 1, Read };

// Finds the handler of a request, and answers those that have none as Kafka Connect's container
// does: 404, 405, 415, 406 in this order, OPTIONS and HEAD for every resource. Filled at start,
// then only read. Any thread.
class Router {
public:
  // `pattern`: `/connectors/{connector}/status`.
  void add(std::string_view method, std::string_view pattern, Body body, Handler handler);
  // A resource whose replies are plain text.
  void add_text(std::string_view pattern, Handler handler);
  // Asked before each handler, not where there is none.
  void set_gate(Gate gate) { gate_ = std::move(gate); }
  // Without it nothing is carried on.
  void set_forward(Forward forward) { forward_ = std::move(forward); }

  // Answers now, or lets the handler answer later.
  void route(Request &request, Responder respond) const;

private:
  struct Method {
    std::string name;
    Body body;
    Handler handler;
    bool text = false;
  };
  struct Resource {
    std::vector<std::string> pattern;
    std::vector<Method> methods;
    std::string allow; // of OPTIONS

    bool matches(const Target &target, std::vector<std::string> &arguments) const;
  };

  const Resource *find(const Target &target, std::vector<std::string> &arguments) const;
  static Reply options(const Resource &resource, const Request &request);

  std::vector<Resource> resources_;
  Forward forward_;
  Gate gate_ = [](const Request &) { return std::optional<Reply>(); };
};

} // namespace host::rest
