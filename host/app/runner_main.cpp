// sluice-runner: a runner in a program of its own (runner.spawn=exec), and a look into plugins for
// people.

#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>

#include "host/app/options.h"
#include "host/app/version.h"
#include "host/base/log.h"
#include "host/json/parse.h"
#include "host/plugin/library.h"
#include "host/runner/process.h"
#include "host/supervisor/runner_entry.h"

namespace host::app {
namespace {

constexpr const char *kFooter = R"(Example:
  sluice-runner --inspect plugins/file.so

Inspecting loads the file into this program and runs its static initialisers and its entry function,
nothing else. Exit status: 0 if the file can be used, 2 if not (the reason is on standard error), 1 for
a wrong command line. The host starts this program by itself when runner.spawn=exec.)";

int run_runner(const supervisor::RunnerFds &fds) {
  return runner::runner_main({fds.link, fds.log, fds.page});
}

// JSON with one member or item a line.
void append_indented(std::string &out, const json::Value &value, std::size_t depth) {
  const bool object = value.is_object();
  const std::size_t size = object ? value.members().size() : value.items().size();
  if ((!object && !value.is_array()) || size == 0)
    return json::append(out, value);
  out += object ? '{' : '[';
  for (std::size_t i = 0; i < size; ++i) {
    out += i == 0 ? "\n" : ",\n";
    out.append(2 * (depth + 1), ' ');
    if (object) {
      json::append(out, json::Value(value.members()[i].key));
      out += ": ";
      append_indented(out, value.members()[i].value, depth + 1);
    } else {
      append_indented(out, value.items()[i], depth + 1);
    }
  }
  out += '\n';
  out.append(2 * depth, ' ');
  out += object ? '}' : ']';
}

Result<std::string> inspect(const std::string &path) {
  std::error_code error;
  const std::string absolute = std::filesystem::absolute(path, error).string();
  HOST_ASSIGN(const auto library, plugin::Library::load(error ? path : absolute));
  HOST_ASSIGN(const json::Value document, json::parse(plugin::encode(library->descriptors())));
  std::string text;
  append_indented(text, document, 0);
  return text;
}

int inspect_for_people(const std::string &path) {
  const auto text = inspect(path);
  if (!text) {
    std::fprintf(stderr, "sluice-runner: %s\n", text.error().message().c_str());
    return kExitStartFailed;
  }
  std::printf("%s\n", text->c_str());
  return 0;
}

int run(int argc, char **argv) {
  CLI::App app("Runs one connector's plugin for the host, or shows what a plugin file offers.",
               "sluice-runner");
  std::string path;
  app.set_version_flag("--version", version_text());
  app.footer(kFooter);
  app.add_option("--inspect", path, "Print the connectors of a plugin file as JSON")
      ->type_name("FILE")
      ->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  return inspect_for_people(path);
}

} // namespace
} // namespace host::app

int main(int argc, char **argv) {
  using namespace host;
  supervisor::maybe_run_template(argc, argv, app::run_runner);
  return app::run(argc, argv);
}
