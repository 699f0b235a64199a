#include "host/app/cli_declare.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "host/app/version.h"

namespace host::app::cli {
namespace {

constexpr const char *kExamples = R"(Examples:
  sluice get                                    all connectors and how they are
  sluice apply -f file-source.json --wait       create or change one, and see it run
  sluice apply -f connectors/ --dry-run         what a folder of them would change
  sluice describe file-source                   config, tasks, traces, offsets
  sluice restart file-source --failed           restart what has failed
  sluice get -o json | jq keys                  for programs
  sluice --url http://worker2:8083 get plugins
  sluice context set prod --url https://worker:8443 --user ann    and then: sluice -c prod get

Exit status: 0 done; 1 the worker refused, or what was waited for did not come about; 2 wrong command
line or unreadable file; 3 no worker could be reached; 4 `apply --dry-run` would change something.
`sluice COMMAND --help` says more about each command.)";

void add_output(CLI::App &app, Texts &texts) {
  app.add_option("-o,--output", texts.output, "table for people, json and yaml for programs")
      ->check(CLI::IsMember({"table", "json", "yaml"}).description(""))
      ->type_name("table|json|yaml");
}

void add_access(CLI::App &app, Texts &texts) {
  app.add_option("--url", texts.command.url,
                 "The worker's REST address; else SLUICE_URL, the current context, or "
                 "http://localhost:8083")
      ->type_name("URL");
  app.add_option("-c,--context", texts.command.context,
                 "The worker by the name that `sluice context set` gave it")
      ->type_name("NAME");
  app.add_option("-u,--user", texts.command.user,
                 "For HTTP basic authentication, or SLUICE_USER; the password may be in "
                 "SLUICE_PASSWORD, else it is asked for")
      ->type_name("NAME[:PASSWORD]");
  app.add_option("--cacert", texts.command.cacert,
                 "The authorities to trust for https, PEM; else SSL_CERT_FILE, or the system's")
      ->type_name("FILE");
}

// The innermost command that was recognised, with its parents: `sluice offsets set`.
std::string path_of_command(const CLI::App *app) {
  return app->get_parent() == nullptr ? app->get_name()
                                      : path_of_command(app->get_parent()) + " " + app->get_name();
}

std::string failure_text(const CLI::App *root, const CLI::Error &error) {
  const CLI::App *app = root;
  while (!app->get_subcommands().empty())
    app = app->get_subcommands().front();
  std::string problem = error.what();
  const bool has_commands = !app->get_subcommands(nullptr).empty();
  const std::vector<std::string> rest = root->remaining(true);
  if (has_commands && error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError))
    problem = rest.empty() ? "a command is missing"
                           : fmt::format("there is no command `{}`", rest.front());
  return fmt::format("sluice: {}\nTry `{} --help`.\n", problem, path_of_command(app));
}

} // namespace

CLI::App &add_command(CLI::App &app, Texts &texts, const std::string &name, Verb verb,
                      const std::string &description, const std::string &examples) {
  CLI::App *command = app.add_subcommand(name, description)->group("Commands");
  command->footer("Examples:\n" + examples +
                  "\n\nAlso: --url URL, -c CONTEXT, -o table|json|yaml; see `sluice --help`.");
  // Before its own commands are seen: the innermost one counts.
  command->preparse_callback([&texts, verb](std::size_t) { texts.command.verb = verb; });
  return *command;
}

CLI::Option *add_names(CLI::App &command, Texts &texts, const std::string &description) {
  return command.add_option("NAME", texts.command.names, description)->type_name("")->required();
}

void add_name(CLI::App &command, Texts &texts) {
  add_names(command, texts, "The connector")->expected(1)->allow_extra_args(false);
}

void declare(CLI::App &app, Texts &texts) {
  app.get_formatter()->column_width(34);
  app.get_formatter()->label("SUBCOMMAND", "COMMAND");
  app.fallthrough(); // global options may stand behind the command
  app.require_subcommand(1);
  app.set_version_flag("--version", fmt::format("sluice {}", kVersion));
  app.footer(kExamples);
  app.failure_message(failure_text);
  add_access(app, texts);
  add_output(app, texts);
  declare_reading(app, texts);
  declare_files(app, texts);
  declare_acting(app, texts);
  declare_offsets(app, texts);
  declare_topics(app, texts);
  declare_top(app, texts);
  declare_try(app, texts);
  declare_logs(app, texts);
  declare_contexts(app, texts);
  declare_completion(app, texts);
}

} // namespace host::app::cli
