// sluice: the command-line client of a worker's REST API, and `sluice try`, which needs no worker.

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "host/app/cli_options.h"
#include "host/app/cli_run.h"
#include "host/app/try_run.h"
#include "host/app/version.h"
#include "host/http/url.h"

namespace host::app::cli {
namespace {

bool wants_colours() {
  const char *term = std::getenv("TERM");
  const char *no_color = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0') &&
         term != nullptr && std::string_view(term) != "dumb";
}

int run_at_worker(const Command &command, Screen &screen) {
  const auto url = http::parse_url(command.url);
  if (!url)
    return screen.complain("--url or SLUICE_URL: " + url.error().message(), kExitUsage);
  http::ClientOptions options;
  options.user_agent = fmt::format("sluice/{}", kVersion);
  WorkerApi worker(http::Client(*url, std::move(options)));
  const SystemClock clock;
  const Pace pace{clock,
                  [](Duration pause) { ::poll(nullptr, 0, static_cast<int>(pause.count())); }};
  Session session{worker, screen, pace};
  return run(command, session);
}

int run_command(const Command &command) {
  Screen screen(std::cout, std::cerr, command.output, wants_colours());
  const int code = command.verb == Verb::Try ? dry_run::run_try(command.dry_run, screen)
                                             : run_at_worker(command, screen);
  errno = 0;
  if (std::cout.flush())
    return code;
  if (errno == EPIPE) // whoever read us has seen enough
    return code;
  return screen.complain(fmt::format("cannot write the output: {}", std::strerror(errno)),
                         kExitRefused);
}

} // namespace
} // namespace host::app::cli

int main(int argc, char **argv) {
  using namespace host::app::cli;
  std::signal(SIGPIPE, SIG_IGN); // also one of the worker's connection
  const ParsedCommand parsed = parse_command(argc, argv);
  return parsed.exit_code ? *parsed.exit_code : run_command(parsed.command);
}
