#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/rest/http.h"

namespace host::rest {

// Who may do what: HTTP basic authentication equal in effect to Kafka Connect's
// BasicAuthSecurityRestExtension with its PropertyFileLoginModule (KIP-285), and two roles of our
// own. Requests that only workers send each other are let through: their signature tells. Immutable
// once made; any thread.
class Users {
public:
  struct Roles {
    std::vector<std::string> read_only; // users whose requests may change nothing
    // Users that alone may use /admin; nothing: every user that may change something.
    std::optional<std::vector<std::string>> admins;
  };

  // `login_config` is the file that JVMs are given as java.security.auth.login.config: its entry
  // KafkaConnect names the properties file with `user=password` lines. Config errors say what is
  // wrong where.
  static Result<Users> read(const std::string &login_config, Roles roles);

  // Lets the request pass, noting its user, or gives the reply that it gets instead.
  std::optional<Reply> check(Request &request) const;

private:
  std::optional<std::string> user_of(const Request &request) const;

  std::map<std::string, std::string, std::less<>> passwords_; // none: everybody is let in
  Roles roles_;
};

} // namespace host::rest
