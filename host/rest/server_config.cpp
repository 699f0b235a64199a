#include "host/rest/server_config.h"

#include <algorithm>
#include <string>

#include "host/base/java_text.h"
#include "host/rest/header_rules.h"
#include "host/rest/tls.h"

namespace host::rest {
namespace {

constexpr std::string_view kBasicAuth =
    "org.apache.kafka.connect.rest.basic.auth.extension.BasicAuthSecurityRestExtension";

bool any_tls(const std::vector<Listener> &listeners) {
  return std::any_of(listeners.begin(), listeners.end(), [](const auto &l) { return l.tls; });
}

Result<std::shared_ptr<const Users>> users_of(const config::Values &values) {
  const std::vector<std::string> extensions = values.list("rest.extension.classes");
  if (extensions.empty())
    return std::shared_ptr<const Users>();
  for (const std::string &extension : extensions)
    if (extension != kBasicAuth && extension != "BasicAuthSecurityRestExtension")
      return fail(Code::Config, "rest.extension.classes: " + extension +
                                    " is a Java class that is not built in; there is " +
                                    std::string(kBasicAuth));
  Users::Roles roles{values.list("rest.users.read.only"), std::nullopt};
  if (!values.is_null("rest.users.admin"))
    roles.admins = values.list("rest.users.admin");
  HOST_ASSIGN(auto users,
              Users::read(values.text("java.security.auth.login.config"), std::move(roles)));
  return std::shared_ptr<const Users>(std::make_shared<Users>(std::move(users)));
}

Result<FrontOptions> front_of(const config::Values &values) {
  FrontOptions front;
  const std::string origins = values.text("access.control.allow.origin");
  if (!java::trim(origins).empty())
    front.cors.emplace(origins, values.text("access.control.allow.methods"));
  HOST_ASSIGN(front.header_rules, parse_header_rules(values.text("response.http.headers.config")));
  front.requests_per_second =
      static_cast<std::uint32_t>(values.integer("rest.requests.per.second"));
  return front;
}

} // namespace

Advertised advertised(const config::Values &values) {
  return {values.text("rest.advertised.host.name"),
          static_cast<std::uint16_t>(values.integer("rest.advertised.port")),
          lower_case(values.text("rest.advertised.listener"))};
}

Result<Forwarder::Options> forwarder_options(const config::WorkerConfig &config) {
  Forwarder::Options options;
  HOST_ASSIGN(options.tls, make_client_tls(config.entries));
  return options;
}

Result<ServerOptions> server_options(const config::WorkerConfig &config) {
  const config::Values &values = *config.values;
  ServerOptions options;
  HOST_ASSIGN(options.listeners, parse_listeners(values.list("listeners"), "listeners"));
  if (any_tls(options.listeners)) {
    HOST_ASSIGN(options.tls, make_tls(config.entries, "listeners.https."));
  }
  if (!values.is_null("admin.listeners")) {
    HOST_ASSIGN(options.admin_listeners,
                parse_listeners(values.list("admin.listeners"), "admin.listeners"));
    if (any_tls(*options.admin_listeners)) {
      HOST_ASSIGN(options.admin_tls, make_tls(config.entries, "admin.listeners.https."));
    }
  }
  HOST_ASSIGN(options.users, users_of(values));
  options.guard_admin = options.users && !values.is_null("rest.users.admin");
  HOST_ASSIGN(options.front, front_of(values));
  options.limits.body_bytes = static_cast<std::uint64_t>(values.integer("rest.request.max.bytes"));
  return options;
}

} // namespace host::rest
