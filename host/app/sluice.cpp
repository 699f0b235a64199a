// sluice: the command-line client of a worker's REST API, and what needs no worker.

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "host/app/cli_access.h"
#include "host/app/cli_completion.h"
#include "host/app/cli_contexts.h"
#include "host/app/cli_options.h"
#include "host/app/cli_run.h"
#include "host/app/try_run.h"

namespace host::app::cli {
namespace {

constexpr Duration kRebalancePatience{10'000};
constexpr Duration kCompletionPatience{2'000};

bool on_terminal() {
  const char *term = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

bool wants_colours() {
  const char *no_color = std::getenv("NO_COLOR");
  return on_terminal() && (no_color == nullptr || *no_color == '\0');
}

int run_at_worker(const Command &command, Screen &screen) {
  auto access = access_of(command, real_surroundings());
  if (!access)
    return screen.complain(access.error().message(), kExitUsage);
  WorkerApi worker(std::move(access->url), std::move(access->options),
                   std::move(access->authorization));
  const SystemClock clock;
  const Pace pace{clock,
                  [](Duration pause) { ::poll(nullptr, 0, static_cast<int>(pause.count())); }};
  worker.be_patient({kRebalancePatience, pace.pause, [&screen](std::string_view text) {
                       if (::isatty(STDERR_FILENO) == 1)
                         screen.note(text);
                     }});
  Session session{worker, screen, pace};
  return run(command, session);
}

// The keys of an object, or the texts of a list, that a worker gives without being waited for.
std::vector<std::string> names_at(const Command &command, std::string_view target) {
  Surroundings around = real_surroundings();
  around.ask_password = [](const std::string &) {
    return Result<std::string>(fail(Code::BadRequest, "not now"));
  };
  std::vector<std::string> names;
  auto access = access_of(command, around);
  if (!access)
    return names;
  access->options.connect_timeout = access->options.timeout = kCompletionPatience;
  WorkerApi worker(std::move(access->url), std::move(access->options),
                   std::move(access->authorization));
  if (const auto answer = worker.get(target)) {
    for (const json::Value &item : answer->items())
      names.emplace_back(item.text());
    for (const json::Member &member : answer->members())
      names.push_back(member.key);
  }
  return names;
}

// `sluice __complete WORD…`, which completion scripts call.
int complete_words(int argc, const char *const *argv) {
  const Known known{[](const Command &command) { return names_at(command, "/connectors"); },
                    [](const Command &command) { return names_at(command, "/admin/loggers"); },
                    [] {
                      std::vector<std::string> names;
                      if (const auto contexts = read_contexts(contexts_path()))
                        for (const Context &context : contexts->all)
                          names.push_back(context.name);
                      return names;
                    }};
  for (const std::string &word : completions({argv + 2, argv + argc}, known))
    std::cout << word << '\n';
  return kExitDone;
}

int run_verb(const Command &command, Screen &screen) {
  switch (command.verb) {
  case Verb::Try:
    return dry_run::run_try(command.dry_run, screen);
  case Verb::Completion:
    screen.write(completion_script(command.shell));
    return kExitDone;
  case Verb::ContextList:
  case Verb::ContextUse:
  case Verb::ContextSet:
  case Verb::ContextDelete:
    return change_contexts(command, screen, contexts_path());
  default:
    return run_at_worker(command, screen);
  }
}

int run_command(const Command &command) {
  Screen screen(std::cout, std::cerr, command.output, wants_colours(), on_terminal());
  const int code = run_verb(command, screen);
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
  if (argc > 1 && std::string_view(argv[1]) == "__complete")
    return complete_words(argc, argv);
  const ParsedCommand parsed = parse_command(argc, argv);
  return parsed.exit_code ? *parsed.exit_code : run_command(parsed.command);
}
