#pragma once

#include <functional>
#include <optional>
#include <string>

#include "host/app/cli_command.h"
#include "host/app/cli_contexts.h"
#include "host/base/error.h"
#include "host/http/client.h"

namespace host::app::cli {

// What is around the command line: tests have their own.
struct Surroundings {
  std::function<std::string(const char *)> variable; // empty for one that is not set
  std::function<Result<std::string>(const std::string &prompt)> ask_password;
  std::string contexts_path;
};
Surroundings real_surroundings();

// Where the worker is and how to be let in.
struct Access {
  http::Url url;
  std::string authorization; // of HTTP basic authentication; empty: none
  http::ClientOptions options;
};

// --url, or the context named by -c, or SLUICE_URL, or the current context, or localhost:8083. User
// and authorities of a context go to its own URL only; --user, SLUICE_USER and --cacert go before
// them. A password that is not given is asked for. Errors are of the command line.
Result<Access> access_of(const Command &command, const Surroundings &around);

} // namespace host::app::cli
